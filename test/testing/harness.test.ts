import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { OpenAI } from 'openai';
import { MonitorError } from '../../core/errors.js';
import { withCallContext } from '../../instrumentation/index.js';
import type { Evaluator } from '../../processor/index.js';
import { createTestMonitor, type TestMonitor, type TestMonitorOptions } from '../../testing/index.js';
import { type OpenAiServer, startOpenAiServer } from '../monitor/openai-server.js';

const ANSWER = 'The parcel arrives on Thursday.';
const CALL = { provider: 'openai', model: 'gpt-4o-mini', operation: 'chat' };
const OK = { ...CALL, outcome: 'ok', error_type: '' };

let server: OpenAiServer;
before(async () => {
  server = await startOpenAiServer(ANSWER);
});
after(() => server.close());

const newClient = (): OpenAI => new OpenAI({ apiKey: 'test', baseURL: server.baseURL, maxRetries: 0, logLevel: 'off' });

/** One call. Each needs a body of its own: attempts of calls that share one cannot be told apart. */
function ask(client: OpenAI, model = 'gpt-4o-mini'): PromiseLike<OpenAI.Chat.ChatCompletion> {
  return client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Where is my parcel?' }] });
}

function start(t: TestContext, options?: TestMonitorOptions): TestMonitor {
  const monitor = createTestMonitor(options);
  t.after(() => monitor.shutdown());
  return monitor;
}

describe('a test monitor', () => {
  it('sees the calls of a wrapped client and gives their figures', async t => {
    const monitor = start(t);
    const client = newClient();
    assert.equal(monitor.wrap(client), client);
    const answer = await ask(client);
    assert.equal(answer.choices[0]?.message.content, ANSWER);
    for await (const _ of await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'And the other one?' }],
      stream: true,
    }));
    await assert.rejects(Promise.resolve(ask(client, 'error-429')));

    assert.deepEqual(
      monitor.calls.map(call => [call.model.requested, call.outcome.kind, call.attempts]),
      [
        ['gpt-4o-mini', 'ok', 1],
        ['gpt-4o-mini', 'ok', 1],
        ['error-429', 'error', 1],
      ],
    );
    assert.equal(await monitor.value('llm_monitor_calls_total', OK), 2);
    assert.equal(
      await monitor.value('llm_monitor_calls_total', {
        error_type: 'rate_limit',
        outcome: 'error',
        operation: 'chat',
        model: 'other',
        provider: 'openai',
      }),
      1,
    );
    assert.equal(
      await monitor.value('llm_monitor_tokens_total', {
        provider: 'openai',
        model: 'gpt-4o-mini',
        class: 'output',
        source: 'reported',
      }),
      4,
    );
    const text = await monitor.metrics();
    assert.match(text, /^gen_ai_client_operation_duration_seconds_count\{.*gen_ai_request_model="gpt-4o-mini".*\} 2$/m);
    assert.equal(text.includes(ANSWER), false);
  });

  it('has no value where there is no series', async t => {
    const monitor = start(t);
    monitor.wrap(newClient());
    assert.equal(await monitor.value('llm_monitor_calls_total', OK), undefined);
    assert.equal(await monitor.value('no_such_metric'), undefined);
  });

  it('scores with evaluators of the app beside ours', async t => {
    const heard: string[] = [];
    const late: Evaluator = {
      name: 'names_a_day',
      bad: 'low',
      evaluate: ({ text }) => {
        heard.push(...text.output);
        const named = /day\b/.test(text.output.join(' '));
        return { score: named ? 1 : 0, flagged: !named };
      },
    };
    const monitor = start(t, { evaluators: ['completion_status'], customEvaluators: [late] });
    await ask(monitor.wrap(newClient()));
    const labels = { evaluator: 'names_a_day', model: 'gpt-4o-mini', operation: 'chat' };
    assert.equal(await monitor.value('llm_monitor_quality_evaluated_total', labels), 1);
    assert.equal(await monitor.value('llm_monitor_quality_score_sum', labels), 1);
    assert.equal(
      await monitor.value('llm_monitor_quality_evaluated_total', { ...labels, evaluator: 'completion_status' }),
      1,
    );
    assert.equal(
      await monitor.value('llm_monitor_quality_evaluated_total', { ...labels, evaluator: 'pii' }),
      undefined,
    );
    assert.deepEqual(heard, [ANSWER]);
  });

  it('joins labels with the calls of a task', async t => {
    const monitor = start(t, { tasks: { late: { kind: 'binary' } } });
    const client = monitor.wrap(newClient());
    for (const prediction of [true, true, false]) await withCallContext({ prediction }, () => ask(client));
    await monitor.flush();
    const [first, second, third] = monitor.calls;
    for (const [call, label] of [
      [first, true],
      [second, false],
      [third, false],
    ] as const)
      monitor.label({ call_id: call?.id ?? '', task: 'late', label });
    assert.equal(await monitor.value('llm_monitor_truth_labels_total', { task: 'late', result: 'matched' }), 3);
    const outcome = (kind: string): Promise<number | undefined> =>
      monitor.value('llm_monitor_truth_outcomes_total', {
        task: 'late',
        model: 'gpt-4o-mini',
        class: 'true',
        outcome: kind,
      });
    assert.deepEqual([await outcome('tp'), await outcome('fp'), await outcome('tn')], [1, 1, 1]);
    assert.throws(
      () => monitor.label({ task: 'late', label: true }),
      (error: unknown) => error instanceof MonitorError && error.code === 'LABEL_INVALID',
    );
  });

  it('takes calls that no SDK made', async t => {
    const monitor = start(t);
    const other = start(t);
    await ask(other.wrap(newClient()));
    const [call] = other.calls;
    assert.ok(call !== undefined);
    monitor.publish({ call, rejected: [] });
    assert.equal(await monitor.value('llm_monitor_calls_total', OK), 1);
    assert.deepEqual(monitor.calls, [call]);
  });
});

describe('one client and a monitor for each test', () => {
  let shared: OpenAI;
  before(() => {
    shared = newClient();
  });

  for (const which of ['first', 'second', 'third']) {
    it(`the ${which} sees its calls and no others`, async t => {
      const monitor = start(t);
      await ask(monitor.wrap(shared));
      assert.equal(monitor.calls.length, 1);
      assert.equal(monitor.calls[0]?.attempts, 1);
      assert.equal(await monitor.value('llm_monitor_calls_total', OK), 1);
    });
  }

  it('is as it was once the last has shut down', async () => {
    const client = newClient();
    const bare = client.chat.completions.create;
    const own = Object.getOwnPropertyNames(client.chat.completions);
    const monitor = createTestMonitor();
    monitor.wrap(client);
    assert.notEqual(client.chat.completions.create, bare);
    await monitor.shutdown();
    await monitor.shutdown();
    assert.equal(client.chat.completions.create, bare);
    assert.deepEqual(Object.getOwnPropertyNames(client.chat.completions), own);
    await ask(client);
    assert.equal(monitor.calls.length, 0);
  });
});

describe('two monitors over one client', () => {
  it('the latest sees the calls, once, and after it the one before', async t => {
    const outer = start(t);
    const inner = start(t);
    const client = outer.wrap(newClient());
    inner.wrap(client);
    await ask(client);
    assert.deepEqual([outer.calls.length, inner.calls.length], [0, 1]);
    await inner.shutdown();
    await ask(client);
    assert.deepEqual([outer.calls.length, inner.calls.length], [1, 1]);
  });

  it('the earlier may leave first', async t => {
    const outer = start(t);
    const inner = start(t);
    const client = inner.wrap(outer.wrap(newClient()));
    await outer.shutdown();
    await ask(client);
    assert.deepEqual([outer.calls.length, inner.calls.length], [0, 1]);
    assert.equal(inner.calls[0]?.attempts, 1);
  });

  it('wrapping twice with one changes nothing', async t => {
    const monitor = start(t);
    const client = monitor.wrap(monitor.wrap(newClient()));
    await ask(client);
    assert.equal(monitor.calls.length, 1);
    await monitor.shutdown();
    await ask(client);
    assert.equal(monitor.calls.length, 1);
  });

  it('copies of the client go where the client goes', async t => {
    const outer = start(t);
    const inner = start(t);
    const client = inner.wrap(outer.wrap(newClient()));
    const copy = client.withOptions({ timeout: 5000 });
    await ask(copy);
    assert.deepEqual([outer.calls.length, inner.calls.length], [0, 1]);
    await inner.shutdown();
    await ask(copy);
    assert.deepEqual([outer.calls.length, inner.calls.length], [1, 1]);
    await outer.shutdown();
    await ask(copy);
    assert.deepEqual([outer.calls.length, inner.calls.length], [1, 1]);
  });

  it('a client of another one keeps its attempts when the first leaves', async t => {
    const first = start(t);
    const second = start(t);
    first.wrap(newClient());
    const client = second.wrap(newClient());
    await first.shutdown();
    await ask(client);
    assert.equal(second.calls[0]?.attempts, 1);
  });
});
