import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { wrap } from '../../instrumentation/index.js';
import { type MonitorConfig, startMonitor } from '../../monitor/index.js';
import type { Evaluator } from '../../processor/index.js';
import { type OpenAiServer, startOpenAiServer } from './openai-server.js';

// Each link of the chain is broken once: the app's own calls must succeed unchanged, and the fault must be counted.
const ANSWER = 'The branch opens at nine.';
let provider: OpenAiServer;
before(async () => {
  provider = await startOpenAiServer(ANSWER);
});
after(() => provider.close());

/** The value of a series in an exposition: the first line that begins with it. */
function valueOfSeries(exposition: string, series: string): number | undefined {
  const line = exposition.split('\n').find(one => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1).split(' ')[0]);
}

const ask = (client: OpenAI, model: string) =>
  client.chat.completions.create({ model, messages: [{ role: 'user', content: 'When do you open?' }] });

/** What a call gives or throws, as something that can be compared. */
async function fate(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    value => ({ value: JSON.parse(JSON.stringify(value)) as unknown }),
    (error: unknown) => ({ error: (error as object).constructor.name, message: (error as Error).message }),
  );
}

async function broken(
  config: MonitorConfig,
  models: readonly string[],
  counted: (exposition: string) => void,
): Promise<void> {
  const bare = new OpenAI({ baseURL: provider.baseURL, apiKey: 'test', maxRetries: 0 });
  const monitor = startMonitor({ port: 0, processMetrics: false, ...config });
  try {
    await monitor.ready;
    const watched = wrap(new OpenAI({ baseURL: provider.baseURL, apiKey: 'test', maxRetries: 0 }));
    for (const model of models) {
      assert.deepEqual(await fate(ask(watched, model)), await fate(ask(bare, model)), model);
      const chunks: unknown[] = [];
      for await (const chunk of await watched.chat.completions.create({
        model,
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
      }))
        chunks.push(chunk.choices[0]?.delta.content ?? '');
      assert.equal(chunks.join(''), ANSWER);
    }
    await monitor.flush();
    counted(await (await fetch(`${monitor.url}/metrics`)).text());
  } finally {
    await monitor.shutdown();
  }
}

test('the port of the endpoint is taken: another one serves, and the fault is counted', async () => {
  const other = createServer();
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  try {
    await broken({ port }, ['plain'], exposition => {
      assert.ok((valueOfSeries(exposition, 'llm_monitor_self_errors_total{component="endpoint"}') ?? 0) >= 1);
      assert.equal(
        valueOfSeries(
          exposition,
          'llm_monitor_calls_total{provider="openai",model="plain",operation="chat",outcome="ok",error_type=""}',
        ),
        2,
      );
    });
  } finally {
    await new Promise(resolve => other.close(resolve));
  }
});

test('where spans go throws: the call is whole, and the fault is counted', async () => {
  const throwing: SpanProcessor = {
    onStart() {},
    onEnd(_span: ReadableSpan) {
      throw new Error('the exporter is broken');
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  await broken({ spanProcessors: [throwing] }, ['plain'], exposition => {
    assert.equal(valueOfSeries(exposition, 'llm_monitor_self_errors_total{component="instrumentation"}'), 2);
    assert.equal(
      valueOfSeries(
        exposition,
        'llm_monitor_calls_total{provider="openai",model="plain",operation="chat",outcome="ok",error_type=""}',
      ),
      2,
    );
  });
});

test('an evaluator throws: the others still score, and the fault is counted', async () => {
  const throwing: Evaluator = {
    name: 'boom',
    bad: 'high',
    evaluate() {
      throw new Error('the evaluator is broken');
    },
  };
  await broken({ customEvaluators: [throwing] }, ['plain'], exposition => {
    assert.equal(valueOfSeries(exposition, 'llm_monitor_self_errors_total{component="evaluator"}'), 2);
    assert.equal(valueOfSeries(exposition, 'llm_monitor_quality_skipped_total{evaluator="boom",reason="threw"}'), 2);
    assert.equal(
      valueOfSeries(
        exposition,
        'llm_monitor_quality_evaluated_total{evaluator="refusal",model="plain",operation="chat"}',
      ),
      2,
    );
  });
});

test('what is no evaluator, or has the name of one of ours, stops the start with a clear error', () => {
  const rows: readonly (readonly [unknown, RegExp])[] = [
    [[{}], /own is \{\}; expected an object/],
    [[{ name: 'refusal', bad: 'high', evaluate: () => ({ score: 0, flagged: false }) }], /named refusal/],
    [{}, /expected an array of evaluators/],
  ];
  for (const [customEvaluators, message] of rows) {
    const config = { port: 0, customEvaluators } as MonitorConfig;
    assert.throws(() => startMonitor(config), { code: 'CONFIG_INVALID', message });
  }
});

test('the provider answers with something malformed: the app sees what it would see without us', async () => {
  const odd = ['empty-object', 'not-json', 'null-choices', 'odd-usage', 'error-500', 'error-429'];
  await broken({}, odd, exposition => {
    const ended = exposition
      .split('\n')
      .filter(line => line.startsWith('llm_monitor_calls_total{'))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    assert.equal(ended, odd.length * 2, 'every call ends exactly once');
    assert.ok(
      (valueOfSeries(exposition, 'llm_monitor_self_rejected_total{field="input_uncached",reason="negative"}') ?? 0) >=
        1 || /self_errors_total\{component="usage"\} [1-9]/.test(exposition),
      'odd usage is counted',
    );
    // The plain call failed before the model had ever answered, so it counts under `other`.
    const limited =
      'llm_monitor_calls_total{provider="openai",model="other",operation="chat",outcome="error",error_type="rate_limit"}';
    assert.equal(valueOfSeries(exposition, limited), 1);
  });
});

test('a label for a call that nobody made: accepted, and counted as an orphan', async () => {
  const monitor = startMonitor({ port: 0, processMetrics: false });
  try {
    await monitor.ready;
    const route = new URL('/v1/feedback', monitor.url);
    const response = await fetch(route, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response_id: 'chatcmpl-nobody', label: 'x' }),
    });
    assert.equal(response.status, 202);
    assert.deepEqual(await response.json(), { accepted: 1, rejected: [] });
    await monitor.flush();
    const exposition = await (await fetch(`${monitor.url}/metrics`)).text();
    assert.equal(valueOfSeries(exposition, 'llm_monitor_truth_labels_total{task="default",result="orphan"}'), 1);
  } finally {
    await monitor.shutdown();
  }
});
