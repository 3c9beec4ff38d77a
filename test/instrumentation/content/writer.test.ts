import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ROOT_CONTEXT, type Span, TraceFlags, trace } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { CAPTURE_VARIABLE } from '../../../core/content.js';
import { MonitorError } from '../../../core/errors.js';
import { createWiring } from '../../../core/wiring.js';
import { ContentWriter } from '../../../instrumentation/content/writer.js';
import { LlmInstrumentation, type LlmInstrumentationConfig, wrap } from '../../../instrumentation/index.js';
import { LlmSpanProcessor, maskText } from '../../../processor/index.js';
import { FakeClock } from '../../fake-clock.js';
import { fixture } from '../../provider/server.js';
import { memoryProviders } from '../otel.js';
import { memoryLogs } from './watched.js';

const OUTPUT = 'gen_ai.output.messages';
const MESSAGES = [{ role: 'user' as const, content: 'Where is it?' }];

/** A call over a clock that only moves by hand, so that what is put off stays so. */
function setUp(config: LlmInstrumentationConfig, options: { sampler?: AlwaysOffSampler } = {}) {
  const clock = new FakeClock();
  const wiring = createWiring({ clock });
  const otel = memoryProviders(options.sampler);
  const logs = memoryLogs();
  const on = new LlmInstrumentation({ wiring, modules: [], ...config });
  on.setTracerProvider(otel.tracerProvider);
  on.setMeterProvider(otel.meterProvider);
  on.setLoggerProvider(logs.provider);
  on.enable();
  const fetch = async () =>
    new Response(JSON.stringify(fixture('chat')), { headers: { 'content-type': 'application/json' } });
  const client = wrap(new OpenAI({ apiKey: 'test', maxRetries: 0, fetch }));
  return {
    clock,
    wiring,
    otel,
    logs,
    on,
    call: () => client.chat.completions.create({ model: 'm', messages: MESSAGES }),
  };
}

function faults({ store }: ReturnType<typeof createWiring>): { readonly faults: number; readonly refused: number } {
  return {
    faults: store.value('selfErrors', { component: 'content' }) ?? 0,
    refused: store.value('selfRejected', { field: 'content', reason: 'queue_full' }) ?? 0,
  };
}

describe('content is written after the caller has gone on', () => {
  it('and the span ends then, with the time the call ended', async () => {
    const { clock, otel, on, call } = setUp({ captureContent: 'span', redact: maskText });
    await call();
    const after = Date.now();
    assert.equal(otel.spans().length, 0, 'waits');
    const until = performance.now() + 30;
    while (performance.now() < until);
    clock.settle();
    const [span] = otel.spans();
    assert.match(String(span?.attributes[OUTPUT]), /parcel left our warehouse/);
    const end = (span?.endTime[0] ?? 0) * 1000 + (span?.endTime[1] ?? 0) / 1e6;
    assert.ok(end <= after + 5, `ended ${end - after} ms after the call`);
    on.disable();
  });

  it('or before a flush, a shutdown or a `disable` is over', async () => {
    for (const finish of ['flush', 'shutdown', 'disable'] as const) {
      const { wiring, otel, on, call } = setUp({ captureContent: 'span', redact: maskText });
      const processor = new LlmSpanProcessor({ wiring, detection: false });
      await call();
      assert.equal(otel.spans().length, 0);
      if (finish === 'flush') void processor.forceFlush();
      else if (finish === 'shutdown') void processor.shutdown();
      else on.disable();
      assert.match(String(otel.spans()[0]?.attributes[OUTPUT]), /parcel/, finish);
      on.disable();
    }
  });

  it('and without content at once', async () => {
    const { otel, logs, on, call } = setUp({ captureContent: 'none', redact: maskText });
    await call();
    assert.equal(otel.spans()[0]?.attributes[OUTPUT], undefined);
    assert.equal(logs.records.length, 0);
    on.disable();
  });

  it('into an event for a span that nobody samples, and not onto it', async () => {
    const { clock, otel, logs, on, call } = setUp(
      { captureContent: 'both', redact: maskText },
      { sampler: new AlwaysOffSampler() },
    );
    await call();
    clock.settle();
    assert.equal(otel.spans().length, 0);
    const [record] = logs.records;
    assert.ok(record?.attributes?.[OUTPUT] !== undefined);
    assert.ok(trace.getSpanContext(record?.context as typeof ROOT_CONTEXT)?.traceId !== undefined);
    on.disable();
  });

  it('or not: what breaks is counted, and the span ends', async () => {
    const broken: Record<string, (text: string) => string> = {
      throws: () => {
        throw new Error('no');
      },
      'gives no text': () => 7 as unknown as string,
    };
    for (const [name, redact] of Object.entries(broken)) {
      const { clock, wiring, otel, logs, on, call } = setUp({ captureContent: 'both', redact });
      await call();
      clock.settle();
      const [span] = otel.spans();
      assert.equal(span?.attributes['gen_ai.response.id'], 'chatcmpl-A1', name);
      assert.equal(span?.attributes[OUTPUT], undefined, name);
      assert.equal(logs.records.length, 0, name);
      assert.deepEqual(faults(wiring), { faults: 1, refused: 0 }, name);
      on.disable();
    }
  });

  it('or not: what cannot be read is counted, and the call goes on', async () => {
    const { clock, wiring, otel, on } = setUp({ captureContent: 'span', redact: maskText });
    const fetch = async () => new Response(JSON.stringify(fixture('chat')));
    const client = wrap(new OpenAI({ apiKey: 'test', maxRetries: 0, fetch }));
    let reads = 0;
    const message = {
      role: 'user' as const,
      get name(): string {
        reads++;
        if (reads === 1) throw new Error('not now');
        return 'ann';
      },
      content: 'Hello.',
    };
    await client.chat.completions.create({ model: 'm', messages: [message] });
    clock.settle();
    assert.equal(otel.spans().length, 1);
    assert.equal(faults(wiring).faults, 1);
    on.disable();
  });
});

describe('the backlog', () => {
  function writer() {
    const clock = new FakeClock();
    const wiring = createWiring({ clock });
    const logs = memoryLogs();
    const made = new ContentWriter({
      wiring,
      capture: 'span',
      redaction: maskText,
      semconv: '1.41',
      loggerProvider: () => logs.provider,
    });
    const ended: number[] = [];
    const write = (id: number, content: string): void => {
      const span = {
        setAttribute: () => span,
        isRecording: () => true,
        end: () => ended.push(id),
        spanContext: () => ({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: TraceFlags.SAMPLED }),
      } as unknown as Span;
      const input = {
        system: [],
        messages: [{ role: 'user', parts: [{ type: 'text', content }] }],
        tools: [],
      } as const;
      made.write({ content: { input, output: [] }, span, endedAt: 1, endedAtEpoch: 1, attributes: () => ({}) });
    };
    return { clock, wiring, ended, write };
  }

  it('is bounded by number and by size: what finds no room ends at once, without content, and is counted', () => {
    const many = writer();
    for (let i = 0; i < 2050; i++) many.write(i, 'a');
    assert.deepEqual(many.ended, [2048, 2049]);
    assert.deepEqual(faults(many.wiring), { faults: 0, refused: 2 });
    many.wiring.calls.settle();
    assert.equal(many.ended.length, 2050);
    assert.deepEqual(many.ended.slice(2, 5), [0, 1, 2]);
    const heavy = writer();
    for (let i = 0; i < 3; i++) heavy.write(i, 'a'.repeat(5_000_000));
    assert.deepEqual(heavy.ended, [1, 2]);
    heavy.clock.settle();
    assert.deepEqual(heavy.ended, [1, 2, 0]);
  });
});

describe('what was asked for', () => {
  let told: string[] = [];
  const hear = (warning: Error): void => void told.push(warning.message);
  const turn = () => new Promise(resolve => setImmediate(resolve));
  beforeEach(() => {
    told = [];
    process.on('warning', hear);
  });
  afterEach(() => {
    process.off('warning', hear);
    delete process.env[CAPTURE_VARIABLE];
  });
  const writes = async (config: LlmInstrumentationConfig): Promise<string> => {
    const { clock, otel, logs, on, call } = setUp(config);
    await call();
    clock.settle();
    await turn();
    on.disable();
    const span = otel.spans()[0]?.attributes[OUTPUT] !== undefined;
    return `${span ? 'span' : ''}${logs.records.length > 0 ? 'event' : ''}`;
  };

  for (const [variable, config, expected, notice] of [
    ['true', { redact: maskText }, 'span', undefined],
    ['SPAN_ONLY', { redact: maskText }, 'span', undefined],
    ['event_only', { redact: maskText }, 'event', undefined],
    ['SPAN_AND_EVENT', { redact: maskText }, 'spanevent', undefined],
    ['false', { redact: maskText }, '', undefined],
    ['', { redact: maskText }, '', undefined],
    ['true', {}, '', /nothing was given to mask it with/],
    ['true', { redact: 'off' }, 'span', /leaves this process as it is, unmasked/],
    ['true', { captureContent: 'none', redact: 'off' }, '', undefined],
    ['all', { redact: maskText }, '', /CAPTURE_MESSAGE_CONTENT is "all"; expected true, false/],
    [undefined, { captureContent: 'both', redact: maskText }, 'spanevent', undefined],
    [undefined, { redact: 'off' }, '', undefined],
  ] as const)
    it(`by ${variable} and ${JSON.stringify({ ...config, redact: 'redact' in config && typeof config.redact })}`, async () => {
      if (variable !== undefined) process.env[CAPTURE_VARIABLE] = variable;
      assert.equal(await writes(config), expected);
      if (notice === undefined) assert.deepEqual(told, []);
      else assert.ok(told.length === 1 && notice.test(told[0] ?? ''), String(told));
    });

  it('in code is one of the words, or an error', () => {
    for (const config of [{ captureContent: 'all' }, { redact: 'none' }] as unknown as LlmInstrumentationConfig[])
      assert.throws(
        () => new LlmInstrumentation(config),
        (error: unknown) => MonitorError.is(error) && error.code === 'CONFIG_INVALID',
      );
  });

  it('into events without anybody who takes them is told once', async () => {
    const wiring = createWiring({ clock: new FakeClock() });
    const on = new LlmInstrumentation({ wiring, modules: [], captureContent: 'event', redact: maskText });
    on.enable();
    const fetch = async () => new Response(JSON.stringify(fixture('chat')));
    const client = wrap(new OpenAI({ apiKey: 'test', maxRetries: 0, fetch }));
    for (let i = 0; i < 2; i++) await client.chat.completions.create({ model: 'm', messages: MESSAGES });
    await turn();
    assert.equal(told.filter(line => /no LoggerProvider/.test(line)).length, 1);
    on.disable();
  });
});
