import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { withCallContext, wrap } from '../../instrumentation/index.js';
import { startMonitor } from '../../monitor/index.js';
import { startOpenAiServer } from './openai-server.js';

// A word that stands in every prompt, answer, label and prediction is searched for in everything that leaves the process.
const CANARY = 'xylophone-canary-7731';

test('message text is in no span, metric, log or route', async () => {
  const provider = await startOpenAiServer(`The answer holds ${CANARY} too.`);
  const spans = new InMemorySpanExporter();
  const logged: string[] = [];
  const hear = (...parts: unknown[]): void => void logged.push(parts.map(String).join(' '));
  diag.setLogger({ error: hear, warn: hear, info: hear, debug: hear, verbose: hear }, { logLevel: DiagLogLevel.ALL });
  const written: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = ((chunk: string) => written.push(String(chunk)) > 0) as typeof write;
  const monitor = startMonitor({
    port: 0,
    spanProcessors: [new SimpleSpanProcessor(spans)],
    truth: { tasks: { default: { kind: 'text' } } },
  });
  try {
    await monitor.ready;
    const client = wrap(new OpenAI({ baseURL: provider.baseURL, apiKey: 'test', maxRetries: 0 }));
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'system', content: `You are ${CANARY}.` },
      { role: 'user', content: [{ type: 'text', text: `Say ${CANARY}.` }] },
    ];
    const { id } = await client.chat.completions.create({
      model: 'plain',
      messages,
      user: CANARY,
      metadata: { note: CANARY },
    });
    for await (const _chunk of await client.chat.completions.create({ model: 'plain', messages, stream: true }))
      void _chunk;
    await assert.rejects(client.chat.completions.create({ model: 'error-500', messages }));
    await withCallContext({ prediction: CANARY }, () => client.chat.completions.create({ model: 'plain', messages }));
    const post = (body: unknown, type = 'application/json') =>
      fetch(new URL('/v1/feedback', monitor.url), {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify(body),
      }).then(async response => `${response.status} ${await response.text()}`);
    const answers = [
      await post({ response_id: id, label: `The answer holds ${CANARY} too.` }),
      await post({ response_id: id, label: { text: CANARY } }),
      await post([{ response_id: CANARY, label: CANARY }, { label: CANARY }]),
      await post(`${CANARY}`),
    ];
    await monitor.flush();
    const routes = await Promise.all(
      ['/metrics', '/healthz', '/readyz', '/', '/api/summary', `/${CANARY.slice(0, 4)}`].map(async path =>
        (
          await fetch(new URL(path, monitor.url), { headers: { accept: 'application/openmetrics-text;version=1.0.0' } })
        ).text(),
      ),
    );
    assert.match(routes[0] as string, /llm_monitor_calls_total\{[^}]*outcome="ok"[^}]*\} 3/, 'the calls were seen');
    assert.match(
      routes[0] as string,
      /llm_monitor_truth_labels_total\{task="default",result="matched"\} 1/,
      'the label was joined',
    );
    const finished = spans.getFinishedSpans();
    assert.equal(finished.length, 4);
    const said = [
      ...finished.map(span =>
        JSON.stringify([span.name, span.attributes, span.status, span.events, span.links, span.resource.attributes]),
      ),
      ...routes,
      ...answers,
      ...logged,
      ...written,
    ];
    assert.deepEqual(
      said.filter(text => text.includes(CANARY)),
      [],
    );
  } finally {
    process.stderr.write = write;
    await monitor.shutdown();
    diag.disable();
    await provider.close();
  }
});
