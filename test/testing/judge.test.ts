import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test';
import { OpenAI } from 'openai';
import { unwatched } from '../../instrumentation/index.js';
import { type AsyncEvaluator, createJudge, type Evaluator, type JudgeOptions } from '../../processor/index.js';
import { createTestMonitor, type TestMonitor } from '../../testing/index.js';
import { completion, type JudgeServer, send, startJudgeServer } from '../processor/judge/judge-server.js';

const SERIES = { evaluator: 'judge', model: 'gpt-4o-mini', operation: 'chat' };
const VERDICT = '{"score": 2, "reason": "incorrect"}';
const CANARY = 'xylophone-canary-7731';

let server: JudgeServer;
before(async () => {
  server = await startJudgeServer();
});
beforeEach(() => {
  // The app's model and the judge are one server here: what asks for a score gets one.
  server.answer = (response, { body }) =>
    send(response, 200, completion(body.messages[0]?.content.includes('You score answers') ? VERDICT : CANARY));
});
after(() => server.close());

const newClient = (): OpenAI =>
  new OpenAI({ apiKey: 'sk-app', baseURL: server.endpoint, maxRetries: 0, logLevel: 'off' });
const ask = (client: OpenAI): PromiseLike<OpenAI.Chat.ChatCompletion> =>
  client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: `Say ${CANARY}` }] });

function judgeOf(options: Partial<JudgeOptions> = {}): AsyncEvaluator {
  return createJudge({
    ...(options.ask === undefined ? { endpoint: server.endpoint } : {}),
    model: 'judge-model',
    criteria: 'the answer is correct',
    sample: 1,
    ...options,
  });
}

function start(t: TestContext, ...customEvaluators: (AsyncEvaluator | Evaluator)[]): TestMonitor {
  const monitor = createTestMonitor({ evaluators: ['completion_status'], customEvaluators });
  t.after(() => monitor.shutdown());
  return monitor;
}

const skipped = (monitor: TestMonitor, reason: string): Promise<number | undefined> =>
  monitor.value('llm_monitor_quality_skipped_total', { evaluator: 'judge', reason });

describe('a monitor with a judge', () => {
  it('counts scores, flags and what the judge took, apart from the app', async t => {
    const monitor = start(t, judgeOf({ price: { input: 1, output: 1 }, budget: { usdPerDay: 5 }, apiKey: 'sk-judge' }));
    await ask(monitor.wrap(newClient()));
    assert.equal(await monitor.value('llm_monitor_quality_evaluated_total', SERIES), 1);
    assert.equal(await monitor.value('llm_monitor_quality_flagged_total', SERIES), 1);
    assert.equal(await monitor.value('llm_monitor_quality_score_sum', SERIES), 0.25);
    assert.equal(
      await monitor.value('llm_monitor_self_judge_tokens_total', {
        evaluator: 'judge',
        class: 'output',
        source: 'reported',
      }),
      10,
    );
    assert.equal(await monitor.value('llm_monitor_self_judge_cost_usd_total', { evaluator: 'judge' }), 0.00011);
    assert.equal(await monitor.value('llm_monitor_budget_usd', { scope: 'judge', window: '1d' }), 5);
    const exposition = await monitor.metrics();
    assert.doesNotMatch(exposition, /judge-model|sk-judge|xylophone/);
    assert.equal(monitor.calls.length, 1);
  });

  it('never judges what its own judge asks, though through the watched client', async t => {
    const client = newClient();
    const own = judgeOf({
      ask: async (request, options) => {
        await Promise.resolve();
        return client.chat.completions.create(request, options);
      },
    });
    const monitor = start(t, own);
    monitor.wrap(client);
    const from = server.questions.length;
    await ask(client);
    await monitor.flush();
    assert.equal(await monitor.value('llm_monitor_quality_evaluated_total', SERIES), 1);
    assert.equal(server.questions.length - from, 2, 'one call, one judgement, and no end to it otherwise');
    assert.deepEqual(
      monitor.calls.map(({ model }) => model.requested),
      ['gpt-4o-mini'],
    );
    assert.doesNotMatch(await monitor.metrics(), /judge-model/);
  });

  it('takes the evaluators of a user that ask by a watched client for judges, too', async t => {
    const client = newClient();
    const monitor = start(t, {
      name: 'judge',
      async: true,
      bad: 'low',
      async evaluate(_input, signal) {
        await client.chat.completions.create({ model: 'x', messages: [{ role: 'user', content: 'y' }] }, { signal });
        return { score: 1, flagged: false };
      },
    });
    await ask(monitor.wrap(client));
    assert.equal(await monitor.value('llm_monitor_quality_evaluated_total', SERIES), 1);
    assert.equal(monitor.calls.length, 1);
  });

  const failures: readonly (readonly [string, string, JudgeServer['answer'], Partial<JudgeOptions>, number])[] = [
    ['is slow', 'timeout', () => {}, { timeout: 30 }, 1],
    ['answers 500', 'error', response => send(response, 500, '{}'), {}, 1],
    ['answers 429', 'error', response => send(response, 429, '{}', { 'retry-after': '60' }), {}, 1],
    ['says anything', 'error', 'I like it.', {}, 1],
    ['has no budget', 'budget', VERDICT, { budget: { callsPerMinute: 0 } }, 0],
    ['draws no call', 'sampled_out', VERDICT, { sample: 0 }, 0],
  ];
  for (const [name, reason, answer, options, faults] of failures) {
    it(`counts ${reason} where the judge ${name}, and scores the rest as ever`, async t => {
      const judges = await startJudgeServer(answer);
      t.after(() => judges.close());
      const monitor = start(t, judgeOf({ endpoint: judges.endpoint, ...options }));
      await ask(monitor.wrap(newClient()));
      assert.equal(await skipped(monitor, reason), 1);
      assert.equal(await monitor.value('llm_monitor_self_errors_total', { component: 'evaluator' }), faults);
      assert.equal(
        await monitor.value('llm_monitor_quality_evaluated_total', { ...SERIES, evaluator: 'completion_status' }),
        1,
      );
      assert.equal(await monitor.value('llm_monitor_quality_evaluated_total', SERIES), undefined);
    });
  }

  it('asks about no call that failed, and blames the judge for none', async t => {
    const monitor = start(t, judgeOf());
    const client = monitor.wrap(newClient());
    server.answer = response => send(response, 500, '{}');
    const from = server.questions.length;
    await assert.rejects(Promise.resolve(ask(client)));
    assert.equal(await skipped(monitor, 'no_output'), 1);
    assert.equal(await skipped(monitor, 'error'), undefined);
    assert.equal(server.questions.length - from, 1);
  });

  it('shuts down within its time while the judge hangs', async t => {
    const judges = await startJudgeServer(() => {});
    t.after(() => judges.close());
    const monitor = createTestMonitor({
      evaluators: ['none'],
      customEvaluators: [judgeOf({ endpoint: judges.endpoint })],
    });
    const arrived = judges.next();
    await ask(monitor.wrap(newClient()));
    await arrived;
    await monitor.shutdown();
    assert.equal(monitor.wiring.store.value('qualitySkipped', { evaluator: 'judge', reason: 'shutdown' }), 1);
    await monitor.shutdown();
  });

  it('refuses a judge by the name of another evaluator, and settings that make no sense', () => {
    const rows: readonly (readonly [Partial<AsyncEvaluator>, RegExp])[] = [
      [{ name: 'refusal' }, /refusal/],
      [{ timeout: 0 }, /timeout of evaluator judge is 0/],
      [{ concurrency: 1.5 }, /concurrency/],
      [{ sample: Number.NaN }, /sample/],
    ];
    for (const [change, message] of rows)
      assert.throws(() => createTestMonitor({ customEvaluators: [{ ...judgeOf(), ...change }] }), {
        code: 'CONFIG_INVALID',
        message,
      });
    assert.throws(() => createTestMonitor({ customEvaluators: [judgeOf(), judgeOf()] }), { code: 'CONFIG_INVALID' });
  });
});

describe('unwatched', () => {
  it('lets calls pass unseen, also streamed and later ones, and only those', async t => {
    const monitor = start(t);
    const client = monitor.wrap(newClient());
    const answer = await unwatched(async () => {
      await ask(client);
      await new Promise(resolve => setImmediate(resolve));
      server.answer = response => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(
          'data: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
        );
      };
      let words = '';
      for await (const chunk of await client.chat.completions.create({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: 'x' }],
        stream: true,
      }))
        words += chunk.choices[0]?.delta.content;
      return words;
    });
    assert.equal(answer, 'x');
    server.answer = CANARY;
    assert.equal(monitor.calls.length, 0);
    await ask(client);
    assert.equal(monitor.calls.length, 1);
    assert.throws(
      () =>
        unwatched(() => {
          throw new TypeError('as it is');
        }),
      TypeError,
    );
  });
});
