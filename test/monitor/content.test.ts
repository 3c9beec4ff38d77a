import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { afterEach, describe, it } from 'node:test';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { CAPTURE_VARIABLE } from '../../core/content.js';
import { createRandom } from '../../core/random.js';
import { createWiring } from '../../core/wiring.js';
import { LlmInstrumentation, wrap } from '../../instrumentation/index.js';
import { startMonitor } from '../../monitor/index.js';
import { LlmSpanProcessor, maskText } from '../../processor/index.js';
import { memoryLogs } from '../instrumentation/content/watched.js';
import { PII } from '../processor/evaluators/samples.js';
import { startOpenAiServer } from './openai-server.js';

const HARMLESS = 'zebrafish';
const EMAIL = (PII['email']?.(createRandom(11)) ?? '').replaceAll('|', '');
const SAID = `The ${HARMLESS} writes from ${EMAIL} today.`;
const INPUT = 'gen_ai.input.messages';
const OUTPUT = 'gen_ai.output.messages';

const { logs } = createRequire(createRequire(import.meta.url).resolve('@opentelemetry/instrumentation'))(
  '@opentelemetry/api-logs',
) as { logs: { setGlobalLoggerProvider(provider: unknown): unknown; disable(): void } };

interface Client {
  readonly chat: { readonly completions: { create(body: unknown): Promise<unknown> } };
}

/** A call, one that is streamed, and one that fails. */
async function talk(client: Client): Promise<void> {
  const messages = [{ role: 'user', content: SAID, name: EMAIL }];
  await client.chat.completions.create({ model: 'plain', messages, user: SAID });
  const stream = await client.chat.completions.create({ model: 'plain', messages, stream: true });
  for await (const _ of stream as AsyncIterable<unknown>);
  await assert.rejects(client.chat.completions.create({ model: 'error-500', messages }));
}

async function monitored(redaction?: 'off') {
  const told: string[] = [];
  const hear = (warning: Error): void => void told.push(warning.message);
  process.on('warning', hear);
  const provider = await startOpenAiServer(SAID);
  const spans = new InMemorySpanExporter();
  const events = memoryLogs();
  logs.setGlobalLoggerProvider(events.provider);
  const monitor = startMonitor({
    port: 0,
    spanProcessors: [new SimpleSpanProcessor(spans)],
    ...(redaction === undefined ? {} : { redaction }),
  });
  try {
    await monitor.ready;
    await talk(wrap(new OpenAI({ baseURL: provider.baseURL, apiKey: 'test', maxRetries: 0 })) as unknown as Client);
    await monitor.flush();
    const routes = await Promise.all(
      ['/metrics', '/healthz', '/', '/api/summary', '/api/calls'].map(async path =>
        (await fetch(new URL(path, monitor.url))).text(),
      ),
    );
    return {
      spans: spans.getFinishedSpans(),
      text: JSON.stringify(spans.getFinishedSpans().map(({ attributes, status }) => [attributes, status])),
      events: JSON.stringify(events.records.map(({ attributes }) => attributes)),
      rest: [...routes, ...told].join('\n'),
      told,
    };
  } finally {
    await monitor.shutdown();
    await provider.close();
    logs.disable();
    process.off('warning', hear);
  }
}

afterEach(() => {
  delete process.env[CAPTURE_VARIABLE];
});

describe('content of a monitored app', () => {
  it('leaves nowhere unless it is asked for', async () => {
    const { spans, text, events, rest } = await monitored();
    assert.equal(spans.length, 3);
    assert.ok(![text, events, rest].some(said => said.includes(HARMLESS) || said.includes(EMAIL)));
  });

  it('leaves masked when it is asked for, on spans and in events and nowhere else', async () => {
    process.env[CAPTURE_VARIABLE] = 'SPAN_AND_EVENT';
    const { spans, text, events, rest, told } = await monitored();
    assert.equal(spans.filter(({ attributes }) => String(attributes[INPUT]).includes(HARMLESS)).length, 3);
    assert.equal(spans.filter(({ attributes }) => String(attributes[OUTPUT]).includes(HARMLESS)).length, 2);
    assert.ok(text.includes('[EMAIL]') && events.includes('[EMAIL]') && events.includes(HARMLESS));
    assert.ok(![text, events, rest].some(said => said.includes(EMAIL)));
    assert.ok(!rest.includes(HARMLESS));
    assert.deepEqual(told, []);
  });

  it('leaves as it is when redaction is off by name, which is told', async () => {
    process.env[CAPTURE_VARIABLE] = 'SPAN_AND_EVENT';
    const { text, events, rest, told } = await monitored('off');
    assert.ok(text.includes(EMAIL) && events.includes(EMAIL));
    assert.ok(!rest.includes(EMAIL) && !rest.includes(HARMLESS));
    assert.ok(told.length === 1 && /redaction is off/.test(told[0] ?? ''), String(told));
  });
});

describe('content in a set-up of one’s own', () => {
  it('follows the variable, masked by what is handed in, and is there after a flush of the provider', async () => {
    process.env[CAPTURE_VARIABLE] = 'true';
    const provider = await startOpenAiServer(SAID);
    const wiring = createWiring();
    const spans = new InMemorySpanExporter();
    const processor = new LlmSpanProcessor({ wiring, detection: false });
    const tracerProvider = new NodeTracerProvider({ spanProcessors: [processor, new SimpleSpanProcessor(spans)] });
    const instrumentation = new LlmInstrumentation({ wiring, redact: maskText });
    instrumentation.setTracerProvider(tracerProvider);
    instrumentation.enable();
    await talk(wrap(new OpenAI({ baseURL: provider.baseURL, apiKey: 'test', maxRetries: 0 })) as unknown as Client);
    await tracerProvider.forceFlush();
    const said = spans.getFinishedSpans().map(({ attributes }) => String(attributes[INPUT]));
    assert.equal(said.length, 3);
    assert.ok(said.every(text => text.includes(HARMLESS) && text.includes('[EMAIL]') && !text.includes(EMAIL)));
    instrumentation.disable();
    await tracerProvider.shutdown();
    await provider.close();
  });
});
