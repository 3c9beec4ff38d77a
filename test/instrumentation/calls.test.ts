import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { CallEvent } from '../../core/calls.js';
import { METRICS } from '../../core/catalog.js';
import { createWiring, type Wiring } from '../../core/wiring.js';
import { LlmInstrumentation, type LlmInstrumentationConfig, wrap } from '../../instrumentation/index.js';
import { CHAT } from '../provider/behaviour.js';
import { type Client, loadSdk, type Sdk } from '../provider/sdks.js';
import { ModelServer } from '../provider/server.js';
import { memoryProviders } from './otel.js';

let server: ModelServer;
let sdk: Sdk;
let wiring: Wiring;
let events: CallEvent[];
let instrumentation: LlmInstrumentation | undefined;
let run = 0;

before(async () => {
  server = await ModelServer.start();
  sdk = await loadSdk(6);
});
after(() => server.close());
beforeEach(() => {
  wiring = createWiring();
  events = [];
  wiring.calls.subscribe(event => events.push(event));
});
afterEach(() => {
  instrumentation?.disable();
  instrumentation = undefined;
});

/** Turns an instrumentation on over in-memory providers, and wraps a client of the scenario. */
function start(scenario: string, config: LlmInstrumentationConfig = {}, sampler?: AlwaysOffSampler) {
  const otel = memoryProviders(sampler);
  instrumentation = new LlmInstrumentation({ wiring, modules: [], ...config });
  instrumentation.setTracerProvider(otel.tracerProvider);
  instrumentation.setMeterProvider(otel.meterProvider);
  instrumentation.enable();
  return { otel, client: client(scenario) };
}

function client(scenario: string, options: Record<string, unknown> = {}): Client {
  const baseURL = server.baseURL(scenario, `c${++run}`);
  return wrap(new sdk.OpenAI({ apiKey: 'test', baseURL, maxRetries: 0, logLevel: 'off', ...options }));
}

async function read(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

const STREAM = { ...CHAT, stream: true as const };
const port = (): number => Number(new URL(server.origin).port);

describe('the record of a call', () => {
  it('holds what the reply says', async () => {
    const { client } = start('chat');
    await client.chat.completions.create(CHAT);
    const { call, rejected, text } = events[0] as CallEvent;
    assert.deepEqual(rejected, []);
    assert.equal(call.provider, 'openai');
    assert.equal(call.operation, 'chat');
    assert.deepEqual(call.model, { requested: 'gpt-4o-mini', answered: 'gpt-4o-mini-2024-07-18' });
    assert.equal(call.responseId, 'chatcmpl-A1');
    assert.equal(call.attempts, 1);
    assert.ok(call.duration > 0 && call.duration < 5);
    assert.deepEqual(call.usage, {
      input_uncached: 176,
      cache_read: 1024,
      cache_write: 0,
      output: 84,
      reasoning: 256,
      source: 'reported',
    });
    assert.match(call.template ?? '', /^[0-9a-f]{8}$/);
    assert.deepEqual(text, {
      input: [
        { role: 'system', text: 'You help with parcels.' },
        { role: 'user', text: 'Where is order 4711?' },
      ],
      output: ['The parcel left our warehouse on Monday.'],
      jsonRequested: false,
      logprobs: [-0.1, -0.25],
    });
  });

  it('holds what a stream said, with its first chunk, and estimates tokens nobody counted', async () => {
    const { client } = start('chat');
    await read(await client.chat.completions.create(STREAM));
    const { call, text } = events[0] as CallEvent;
    assert.ok((call.timeToFirstChunk as number) > 0 && (call.timeToFirstChunk as number) <= call.duration);
    // 42 characters went in and 26 came out, at 4 a token.
    assert.deepEqual(call.usage, { input_uncached: 11, output: 7, source: 'estimated' });
    assert.deepEqual(text?.output, ['The parcel left on Monday.']);
    assert.deepEqual(
      text?.logprobs,
      [-0, -0.5, -1, -1.5, -2, -2.5].map(value => value + 0),
    );
  });

  it('takes the usage of a stream that has it', async () => {
    const { client } = start('usage');
    await read(await client.chat.completions.create({ ...STREAM, stream_options: { include_usage: true } }));
    assert.deepEqual(events[0]?.call.usage, {
      input_uncached: 16,
      cache_read: 4,
      cache_write: 0,
      output: 7,
      reasoning: 0,
      source: 'reported',
    });
  });

  it('estimates what a stream left early had said', async () => {
    const { client } = start('streamhold');
    for await (const chunk of await client.chat.completions.create(STREAM))
      if (chunk.choices[0]?.delta.content === ' parcel') break;
    assert.deepEqual(events[0]?.call.outcome, { kind: 'aborted', by: 'caller' });
    assert.deepEqual(events[0]?.call.usage, { input_uncached: 11, output: 3, source: 'estimated' });
    assert.deepEqual(events[0]?.text?.output, ['The parcel']);
  });

  it('holds the answer of a promise that was first asked for its response', async () => {
    const { client } = start('chat');
    const promise = client.chat.completions.create(CHAT);
    await promise.asResponse();
    assert.equal(events.length, 0);
    await promise;
    assert.equal(events[0]?.call.usage?.output, 84);
    assert.deepEqual(events[0]?.text?.output, ['The parcel left our warehouse on Monday.']);
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(events.length, 1);
  });

  it('of a raw response ends at its headers', async t => {
    const { client } = start('chat');
    await client.chat.completions.create(CHAT).asResponse();
    const { now } = performance;
    const at = performance.now();
    // The rest of the turn takes an hour.
    t.mock.method(performance, 'now', () => now.call(performance) + 3_600_000);
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(events[0]?.call.attempts, 1);
    assert.ok((events[0]?.call.duration as number) * 1000 <= at);
  });

  it('of a raw response is no call that shutdown cut off', async () => {
    const { client } = start('chat');
    await client.chat.completions.create(CHAT).asResponse();
    instrumentation?.disable();
    assert.deepEqual(events[0]?.call.outcome, { kind: 'ok', finishReasons: [] });
  });

  it('counts the attempts of the SDK', async () => {
    const { client: base } = start('flaky');
    await base.withOptions({ maxRetries: 2 }).chat.completions.create(CHAT);
    assert.equal(events[0]?.call.attempts, 3);
  });

  it('gathers no words when nobody listens', async () => {
    wiring = createWiring();
    const { client, otel } = start('chat', { wiring });
    await client.chat.completions.create(CHAT);
    await read(await client.chat.completions.create(STREAM));
    assert.equal(otel.spans().length, 2);
    assert.equal(events.length, 0);
  });

  it('reads the words at the start, whatever the app does to its messages afterwards', async () => {
    const { client } = start('chat');
    const messages = [{ role: 'user' as const, content: 'first' }];
    const promise = client.chat.completions.create({ ...CHAT, messages });
    messages.push({ role: 'user', content: 'second' });
    await promise;
    assert.deepEqual(events[0]?.text?.input, [{ role: 'user', text: 'first' }]);
  });

  it('reads the Responses API, embeddings and legacy completions', async () => {
    const { client: responses } = start('responses');
    await responses.responses.create({ model: 'gpt-4.1', instructions: 'Answer in one line.', input: 'Refund?' });
    await read(await responses.responses.create({ model: 'gpt-4.1', input: 'Refund?', stream: true }));
    await client('embeddings').embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
    await client('completion').completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Tell' });
    assert.deepEqual(
      events.map(event => [event.call.operation, event.call.responseId, event.text?.input.length, event.text?.output]),
      [
        ['chat', 'resp_R1', 2, ['Refunds take five days.']],
        ['chat', 'resp_R1', 1, ['Refunds take five days.']],
        ['embeddings', undefined, 2, []],
        ['text_completion', 'cmpl-C1', 1, [' once upon a time']],
      ],
    );
    const usage = { input_uncached: 260, cache_read: 512, cache_write: 128, output: 40, reasoning: 20 };
    assert.deepEqual(events[0]?.call.usage, { ...usage, source: 'reported' });
    assert.deepEqual(events[1]?.call.usage, { ...usage, source: 'reported' });
    assert.deepEqual(events[2]?.call.usage, { input_uncached: 16, source: 'reported' });
    assert.deepEqual(events[3]?.text?.logprobs, [-0.5, -0.125]);
  });
});

describe('attempts', () => {
  it('are unknown where two calls at once share one body, and known again afterwards', async () => {
    const { client } = start('chat');
    await Promise.all([client.chat.completions.create(CHAT), client.chat.completions.create(CHAT)]);
    await client.chat.completions.create(CHAT);
    assert.deepEqual(
      events.map(event => event.call.attempts),
      [undefined, undefined, 1],
    );
  });

  it('are unknown for a request that was never sent', async () => {
    const { client } = start('chat');
    await assert.rejects(client.chat.completions.create(CHAT, { signal: AbortSignal.abort() }) as Promise<unknown>);
    await assert.rejects(client.chat.completions.create({ ...CHAT, seed: 1n as never }) as Promise<unknown>);
    assert.deepEqual(
      events.map(event => event.call.attempts),
      [undefined, undefined],
    );
  });

  for (const major of [4, 5, 6, 7] as const) {
    it(`of openai ${major} are counted on failures too`, async () => {
      start('chat');
      const other = await loadSdk(major);
      const baseURL = server.baseURL('broken', `m${major}`);
      const made = wrap(new other.OpenAI({ apiKey: 'test', baseURL, maxRetries: 1, logLevel: 'off' }));
      await assert.rejects(made.chat.completions.create({ ...CHAT }) as Promise<unknown>);
      assert.equal(events[0]?.call.attempts, 2);
      assert.equal(server.requests(`m${major}`).length, 2);
    });
  }
});

describe('the span of a call', () => {
  for (const [why, config, expected, faults] of [
    ['without a word to mask them with', {}, undefined, 0],
    ['masked', { redact: () => '[masked]' }, ['[masked]'], 0],
    ['as they are, where that was asked for by name', { redact: 'off' }, ['Anna:'], 0],
    ['not where masking fails', { redact: () => assert.fail() }, undefined, 1],
    ['not where masking gives no text', { redact: () => Promise.reject(new Error('late')) as never }, undefined, 1],
  ] as const)
    it(`has stop sequences ${why}`, async () => {
      const { client, otel } = start('chat', config);
      await client.chat.completions.create({ ...CHAT, stop: ['Anna:'] });
      assert.deepEqual(otel.spans()[0]?.attributes['gen_ai.request.stop_sequences'], expected);
      assert.equal(wiring.store.value('selfErrors', { component: 'content' }) ?? 0, faults);
    });

  it('has the attributes of the conventions and no words', async () => {
    const { client, otel } = start('chat', { redact: text => text.replaceAll('Anna', '[name]') });
    const settings = { temperature: 0.5, max_tokens: 40, n: 1, seed: 7, stop: ['#', 'Anna:'] };
    await client.chat.completions.create({ ...CHAT, ...settings });
    const [span] = otel.spans();
    assert.equal(span?.name, 'chat gpt-4o-mini');
    assert.equal(span?.kind, SpanKind.CLIENT);
    assert.equal(span?.status.code, SpanStatusCode.UNSET);
    const { call } = events[0] as CallEvent;
    assert.deepEqual(span?.attributes, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'server.address': '127.0.0.1',
      'server.port': port(),
      'openai.api.type': 'chat_completions',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 40,
      'gen_ai.request.seed': 7,
      'gen_ai.request.stop_sequences': ['#', '[name]:'],
      'gen_ai.response.id': 'chatcmpl-A1',
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.output_tokens': 340,
      'gen_ai.usage.cache_read.input_tokens': 1024,
      'gen_ai.usage.cache_creation.input_tokens': 0,
      'gen_ai.usage.reasoning.output_tokens': 256,
      'openai.response.service_tier': 'default',
      'openai.response.system_fingerprint': 'fp_44709d6fcb',
      'llm_monitor.call.id': call.id,
      'llm_monitor.call.outcome': 'ok',
      'llm_monitor.call.template': call.template,
      'llm_monitor.call.attempts': 1,
      'llm_monitor.usage.source': 'reported',
    });
    assert.equal(call.serviceTier, 'default');
    assert.equal(call.traceId, span?.spanContext().traceId);
    assert.deepEqual(events[0]?.exemplar, { traceId: call.traceId, spanId: call.spanId });
  });

  it('keeps the provider own word for why it stopped, and writes no estimate as usage', async () => {
    const { client: tool, otel } = start('tool');
    await tool.chat.completions.create(CHAT);
    await read(await client('chat').chat.completions.create(STREAM));
    const [first, second] = otel.spans();
    assert.deepEqual(first?.attributes['gen_ai.response.finish_reasons'], ['tool_calls']);
    assert.equal(second?.attributes['gen_ai.usage.output_tokens'], undefined);
    assert.equal(second?.attributes['llm_monitor.usage.source'], 'estimated');
    assert.equal(second?.attributes['gen_ai.request.stream'], true);
    assert.ok((second?.attributes['gen_ai.response.time_to_first_chunk'] as number) > 0);
  });

  it('of a failure says its kind and never its message', async () => {
    const { client, otel } = start('toolong');
    await assert.rejects(client.chat.completions.create(CHAT) as Promise<unknown>);
    const [span] = otel.spans();
    assert.deepEqual(span?.status, { code: SpanStatusCode.ERROR, message: 'context_length_exceeded' });
    assert.equal(span?.attributes['error.type'], 'context_length_exceeded');
    assert.equal(JSON.stringify(span?.attributes).includes('128000'), false);
    assert.deepEqual(span?.events, []);
  });

  it('of a call that the caller left is no failure', async () => {
    const { client, otel } = start('streamhold', { semconv: 'both' });
    for await (const _ of await client.chat.completions.create(STREAM)) break;
    const [span] = otel.spans();
    assert.equal(span?.status.code, SpanStatusCode.UNSET);
    assert.equal(span?.attributes['llm_monitor.call.aborted_by'], 'caller');
    assert.deepEqual(span?.attributes['gen_ai.response.finish_reasons'], ['error']);
  });

  it('follows the newest conventions where asked', async () => {
    const { client, otel } = start('responses', { semconv: 'latest' });
    await client.responses.create({
      model: 'gpt-4.1',
      input: 'a',
      reasoning: { effort: 'low' },
      previous_response_id: 'resp_0',
    });
    const attributes = otel.spans()[0]?.attributes;
    assert.equal(attributes?.['gen_ai.request.reasoning.level'], 'low');
    assert.equal(attributes?.['gen_ai.request.previous_response.id'], 'resp_0');
    assert.equal(attributes?.['gen_ai.usage.cache_write.input_tokens'], 128);
    assert.equal(attributes?.['gen_ai.usage.cache_creation.input_tokens'], undefined);
    assert.equal(attributes?.['openai.api.type'], 'responses');
  });

  it('may be sampled away or turned off: the call is published all the same', async () => {
    const { client: off, otel } = start('chat', {}, new AlwaysOffSampler());
    await off.chat.completions.create(CHAT);
    assert.equal(otel.spans().length, 0);
    assert.equal(events.length, 1);
    assert.match(events[0]?.call.traceId ?? '', /^[0-9a-f]{32}$/);
    assert.equal(events[0]?.exemplar, undefined);
    instrumentation?.setConfig({ wiring, modules: [], spans: false });
    await off.chat.completions.create(CHAT);
    assert.equal(events.length, 2);
    assert.equal(events[1]?.call.traceId, undefined);
  });

  it('is a child of the active span and leaves that one active', async () => {
    const { client, otel } = start('chat');
    const tracer = otel.tracerProvider.getTracer('test');
    otel.tracerProvider.register();
    try {
      await tracer.startActiveSpan('outer', async outer => {
        const promise = client.chat.completions.create(STREAM);
        assert.equal(trace.getActiveSpan(), outer);
        for await (const _ of await promise) assert.equal(trace.getActiveSpan(), outer);
        assert.equal(trace.getActiveSpan(), outer);
        assert.equal(otel.spans()[0]?.parentSpanContext?.spanId, outer.spanContext().spanId);
        outer.end();
      });
    } finally {
      trace.disable();
    }
  });
});

describe('the metrics of the conventions', () => {
  it('have the catalogue names, buckets and labels', async () => {
    const { client, otel } = start('chat');
    await client.chat.completions.create(CHAT);
    await read(await client.chat.completions.create(STREAM));
    const histograms = await otel.histograms();
    assert.deepEqual(
      [...histograms.keys()].sort(),
      [METRICS.operationDuration, METRICS.tokenUsage, METRICS.timeToFirstChunk, METRICS.timePerOutputChunk]
        .map(def => def.name)
        .sort(),
    );
    const [duration] = histograms.get(METRICS.operationDuration.name) ?? [];
    const labels = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'server.address': '127.0.0.1',
      'server.port': port(),
    };
    assert.deepEqual(duration?.attributes, labels);
    assert.equal(duration?.value.count, 2);
    assert.deepEqual(duration?.value.buckets.boundaries, [...METRICS.operationDuration.buckets]);
    const tokens = histograms.get(METRICS.tokenUsage.name) ?? [];
    assert.deepEqual(
      tokens.map(point => [point.attributes['gen_ai.token.type'], point.value.sum, point.value.count]).sort(),
      [
        ['input', 1200, 1],
        ['output', 340, 1],
      ],
    );
    assert.equal(histograms.get(METRICS.timeToFirstChunk.name)?.[0]?.value.count, 1);
    assert.equal(histograms.get(METRICS.timePerOutputChunk.name)?.[0]?.value.count, 7);
  });

  it('carry the error type of failures, and no model nobody answered under', async () => {
    const { client, otel } = start('missing');
    await assert.rejects(client.chat.completions.create({ ...CHAT, model: 'gpt-9' }) as Promise<unknown>);
    const [duration] = (await otel.histograms()).get(METRICS.operationDuration.name) ?? [];
    assert.equal(duration?.attributes['error.type'], 'model_not_found');
    assert.equal(duration?.attributes['gen_ai.request.model'], 'other');
  });

  it('keep the names of models that were asked for apart from those that answered', async () => {
    wiring = createWiring({ modelLimit: 3 });
    const { otel } = start('chat', { wiring });
    let answers = 0;
    const fetch = async (): Promise<Response> =>
      Response.json({ id: 'x', model: `build-${answers++}`, choices: [{ finish_reason: 'stop' }] });
    const made = client('chat', { fetch });
    for (let i = 0; i < 5; i++) await made.chat.completions.create({ ...CHAT, model: 'a' });
    await made.chat.completions.create({ ...CHAT, model: 'b' });
    const points = (await otel.histograms()).get(METRICS.operationDuration.name) ?? [];
    assert.deepEqual(
      points.map(({ attributes, value }) => [
        attributes['gen_ai.request.model'],
        attributes['gen_ai.response.model'],
        value.count,
      ]),
      [
        ['a', 'build-0', 1],
        ['a', 'build-1', 1],
        ['a', 'build-2', 1],
        ['a', 'other', 2],
        ['b', 'other', 1],
      ],
    );
  });

  for (const [semconv, inference, embeddings] of [
    ['1.41', [METRICS.operationDuration.name], [METRICS.operationDuration.name]],
    ['latest', [METRICS.inferenceDuration.name], [METRICS.operationDuration.name]],
    ['both', [METRICS.operationDuration.name, METRICS.inferenceDuration.name], [METRICS.operationDuration.name]],
  ] as const) {
    it(`are those of profile ${semconv}`, async () => {
      const { client: chat, otel } = start('chat', { semconv });
      await chat.chat.completions.create(CHAT);
      await client('embeddings').embeddings.create({ model: 'text-embedding-3-small', input: 'a' });
      const timed = [...(await otel.histograms())].filter(([name]) => name.endsWith('.duration'));
      const of = (operation: string): string[] =>
        timed
          .filter(([, points]) => points.some(point => point.attributes['gen_ai.operation.name'] === operation))
          .map(([name]) => name)
          .sort();
      assert.deepEqual(of('chat'), [...inference].sort());
      assert.deepEqual(of('embeddings'), [...embeddings].sort());
    });
  }
});

describe('faults', () => {
  it('of a listener leave the call as it is', async () => {
    const { client } = start('chat');
    wiring.calls.subscribe(() => {
      throw new Error('mine');
    });
    const value = await client.chat.completions.create(CHAT);
    assert.equal(value.id, 'chatcmpl-A1');
    assert.equal(events.length, 1);
  });

  it('of a tracer or a meter leave the call as it is, and are counted', async () => {
    const { client } = start('chat');
    instrumentation?.setTracerProvider({
      getTracer: () => {
        throw new Error('no tracer');
      },
    });
    instrumentation?.setMeterProvider({
      getMeter: () => {
        throw new Error('no meter');
      },
    });
    assert.equal((await client.chat.completions.create(CHAT)).id, 'chatcmpl-A1');
    assert.equal(events.length, 1);
    assert.equal(wiring.store.value('selfErrors', { component: 'instrumentation' }), 2);
  });

  it('in a usage count are set to 0 and counted', async () => {
    const { client } = start('clamped');
    await client.chat.completions.create(CHAT);
    assert.deepEqual(events[0]?.call.usage, {
      input_uncached: 0,
      cache_read: 12,
      cache_write: 0,
      output: 0,
      reasoning: 9,
      source: 'reported',
    });
    assert.equal(wiring.store.value('selfErrors', { component: 'usage' }), 1);
  });
});

describe('switching off', () => {
  it('ends open calls as aborted by shutdown, once, and lets later ones pass', async () => {
    const { client } = start('streamhold');
    const iterator = (await client.chat.completions.create(STREAM))[Symbol.asyncIterator]();
    await iterator.next();
    instrumentation?.disable();
    assert.deepEqual(events[0]?.call.outcome, { kind: 'aborted', by: 'shutdown' });
    await iterator.return?.();
    assert.equal(events.length, 1);
    assert.equal(instrumentation?.getConfig().enabled, false);
  });

  it('gives classes back as they were', async () => {
    const { instrument } = await import('../../instrumentation/index.js');
    const before = [
      sdk.OpenAI.Chat.Completions.prototype.create,
      Object.getOwnPropertyDescriptor(sdk.OpenAI.prototype, 'buildRequest')?.value,
    ];
    const undo = instrument(sdk, { wiring });
    const again = instrument(sdk, { wiring });
    assert.notEqual(sdk.OpenAI.Chat.Completions.prototype.create, before[0]);
    again();
    assert.notEqual(sdk.OpenAI.Chat.Completions.prototype.create, before[0]);
    undo();
    assert.deepEqual(
      [
        sdk.OpenAI.Chat.Completions.prototype.create,
        Object.getOwnPropertyDescriptor(sdk.OpenAI.prototype, 'buildRequest')?.value,
      ],
      before,
    );
  });
});

describe('an OpenTelemetry set-up', () => {
  it('turns it on and off and gives it the providers', async () => {
    const { registerInstrumentations } = await import('@opentelemetry/instrumentation');
    const otel = memoryProviders();
    const made = new LlmInstrumentation({ wiring, modules: [] });
    assert.equal(made.getConfig().enabled, false);
    const off = registerInstrumentations({
      instrumentations: [made],
      tracerProvider: otel.tracerProvider,
      meterProvider: otel.meterProvider,
    });
    assert.equal(made.getConfig().enabled, true);
    await client('chat').chat.completions.create(CHAT);
    assert.equal(otel.spans().length, 1);
    assert.equal((await otel.histograms()).get(METRICS.operationDuration.name)?.[0]?.value.count, 1);
    off();
    assert.equal(made.getConfig().enabled, false);
  });
});

describe('wrap and instrument', () => {
  it('count a call once, whatever is patched, in any order', async () => {
    const { instrument } = await import('../../instrumentation/index.js');
    const baseURL = server.baseURL('chat', 'once');
    const made = new sdk.OpenAI({ apiKey: 'test', baseURL });
    const early = wrap(made, { wiring });
    const undo = instrument(sdk, { wiring });
    try {
      const late = wrap(new sdk.OpenAI({ apiKey: 'test', baseURL }), { wiring });
      assert.equal(early, made);
      assert.equal(wrap(early, { wiring }), early);
      for (const each of [early, late, new sdk.OpenAI({ apiKey: 'test', baseURL })]) {
        events.length = 0;
        await each.chat.completions.create({ ...CHAT });
        assert.equal(events.length, 1);
        assert.equal(events[0]?.call.attempts, 1);
      }
    } finally {
      undo();
    }
  });

  for (const [name, thing] of [
    ['an object of another shape', { chat: { completions: {} } }],
    ['a frozen client', Object.freeze({ chat: { completions: Object.freeze({ create: () => {} }) } })],
    ['null', null],
    ['text', 'client'],
  ] as const) {
    it(`leave ${name} alone and say so`, async () => {
      const { instrument } = await import('../../instrumentation/index.js');
      assert.equal(wrap(thing, { wiring }), thing);
      instrument(thing, { wiring })();
      const said = wiring.store.collect().find(family => family.key === 'selfUninstrumented');
      assert.ok((said?.series.size ?? 0) > 0);
    });
  }

  it('leave a promise of another shape alone and say so', async () => {
    const promise = Promise.resolve('answer');
    class OpenAI {
      readonly chat = { completions: { create: () => promise } };
    }
    const client = wrap(new OpenAI(), { wiring });
    assert.equal(client.chat.completions.create(), promise);
    assert.equal(wiring.store.value('selfUninstrumented', { module: 'openai', reason: 'unknown_promise' }), 1);
    assert.equal(wiring.store.value('callsInFlight', { provider: 'openai', model: 'other', operation: 'chat' }), 0);
    assert.equal(events.length, 0);
  });

  it('leave a promise of another shape alone where its span cannot end', () => {
    const promise = Promise.resolve('answer');
    class OpenAI {
      readonly chat = { completions: { create: () => promise } };
    }
    const tracerProvider = new BasicTracerProvider({
      spanProcessors: [
        {
          onStart() {},
          onEnd() {
            throw new Error('a processor of the app');
          },
          forceFlush: async () => {},
          shutdown: async () => {},
        },
      ],
    });
    const client = wrap(new OpenAI(), { wiring, tracerProvider });
    assert.equal(client.chat.completions.create(), promise);
    assert.equal(wiring.store.value('selfErrors', { component: 'instrumentation' }), 1);
  });

  for (const [name, options, provider, address, serverPort] of [
    ['a proxy', { baseURL: 'http://127.0.0.1:9/v1' }, 'openai', '127.0.0.1', 9],
    [
      'Azure by its host',
      { baseURL: 'https://mine.openai.azure.com/openai/v1' },
      'azure.ai.openai',
      'mine.openai.azure.com',
      undefined,
    ],
    ['a known host', { baseURL: 'https://api.deepseek.com' }, 'deepseek', 'api.deepseek.com', 443],
    ['a base that is no address', { baseURL: 'nowhere' }, 'openai', undefined, undefined],
  ] as const) {
    it(`name the provider: ${name}`, async () => {
      const { otel } = start('chat');
      const fetch = async (): Promise<Response> => Response.json({ id: 'x', choices: [] });
      const made = wrap(new sdk.OpenAI({ apiKey: 'test', maxRetries: 0, fetch, logLevel: 'off', ...options }));
      await (made.chat.completions.create(CHAT) as Promise<unknown>).catch(() => {});
      const attributes = otel.spans()[0]?.attributes;
      assert.equal(attributes?.['gen_ai.provider.name'], provider);
      assert.equal(attributes?.['server.address'], address);
      assert.equal(attributes?.['server.port'], serverPort);
    });
  }

  it('name Azure by its class, and its deployment as the model', async () => {
    const { otel } = start('chat');
    const fetch = async (): Promise<Response> => Response.json({ id: 'x', model: 'gpt-4o', choices: [] });
    const made = wrap(
      new sdk.AzureOpenAI({
        apiKey: 'test',
        apiVersion: '2024-10-21',
        endpoint: 'http://127.0.0.1:9',
        deployment: 'mine',
        fetch,
      }),
    );
    await made.chat.completions.create({ ...CHAT, model: '' });
    assert.equal(otel.spans()[0]?.name, 'chat mine');
    assert.equal(events[0]?.call.provider, 'azure.ai.openai');
    assert.equal(events[0]?.call.attempts, 1);
  });
});
