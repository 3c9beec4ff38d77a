import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import { cleanCall } from '../../core/call.js';
import { isUnwatched } from '../../core/unwatched.js';
import { AsyncLane, shareOf } from '../../processor/async-lane.js';
import type { AsyncEvaluator } from '../../processor/evaluators/async-evaluator.js';
import type { Evaluation } from '../../processor/evaluators/evaluator.js';
import { FakeClock } from '../fake-clock.js';

interface Asked {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly resolve: (evaluation: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const GOOD: Evaluation = { score: 1, flagged: false };
/** Promise callbacks run. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

function setUp(options: Partial<AsyncEvaluator> = {}) {
  const clock = new FakeClock();
  const asked: Asked[] = [];
  const results = new Map<string, Evaluation>();
  const evaluator: AsyncEvaluator = {
    name: 'judge',
    async: true,
    bad: 'low',
    evaluate: ({ call }, signal) =>
      new Promise((resolve, reject) => {
        asked.push({ id: call.id, signal, resolve: resolve as (evaluation: unknown) => void, reject });
      }),
    ...options,
  };
  const lane = new AsyncLane(evaluator, clock, () => {});
  const offer = (id: string, output = 'At nine.'): void => {
    const { call } = cleanCall({ id, operation: 'chat', outcome: { kind: 'ok', finishReasons: [] } }, clock.now());
    lane.offer(call, { input: [], output: [output] }, evaluation => {
      assert.equal(results.has(id), false, 'each call is answered once');
      results.set(id, evaluation);
    });
  };
  return { clock, asked, results, lane, offer };
}

describe('AsyncLane', () => {
  it('runs a few at a time, in order, and never in the turn of who offers', async () => {
    const { clock, asked, results, offer } = setUp({ concurrency: 2 });
    for (const id of ['a', 'b', 'c']) offer(id);
    assert.equal(asked.length, 0);
    clock.settle();
    assert.deepEqual(
      asked.map(({ id }) => id),
      ['a', 'b'],
    );
    asked[1]?.resolve(GOOD);
    await turn();
    clock.settle();
    assert.deepEqual(results, new Map([['b', GOOD]]));
    assert.deepEqual(
      asked.map(({ id }) => id),
      ['a', 'b', 'c'],
    );
  });

  const rows: readonly (readonly [string, (asked: Asked) => void, Evaluation])[] = [
    ['a good evaluation', asked => asked.resolve(GOOD), GOOD],
    ['a skip', asked => asked.resolve({ skipped: 'budget' }), { skipped: 'budget' }],
    ['a word that is not known', asked => asked.resolve({ skipped: 'whatever it likes' }), { skipped: 'other' }],
    ['a failure', asked => asked.reject(new Error('secret')), { skipped: 'error' }],
    ['no evaluation', asked => asked.resolve('good'), { skipped: 'error' }],
    ['a score beyond 1', asked => asked.resolve({ score: 7, flagged: false }), { skipped: 'error' }],
  ];
  for (const [name, end, expected] of rows) {
    it(`takes ${name}`, async () => {
      const { clock, asked, results, offer } = setUp();
      offer('a');
      clock.settle();
      end(asked[0] as Asked);
      await turn();
      assert.deepEqual(results.get('a'), expected);
    });
  }

  it('takes an evaluator that throws at once for one that failed', async () => {
    const { clock, results, offer } = setUp({
      evaluate: () => {
        throw new Error('broken');
      },
    });
    offer('a');
    clock.settle();
    await turn();
    assert.deepEqual(results.get('a'), { skipped: 'error' });
  });

  for (const usesClient of [undefined, true, false]) {
    it(`asks outside of any trace, and ${usesClient === false ? 'unmarked' : 'marked'} where usesClient is ${usesClient}`, async t => {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
      t.after(() => context.disable());
      const seen: unknown[] = [];
      const { clock, offer } = setUp({
        ...(usesClient === undefined ? {} : { usesClient }),
        async evaluate() {
          await Promise.resolve();
          const active = context.active();
          seen.push(isTracingSuppressed(active), trace.getSpan(active), isUnwatched());
          return GOOD;
        },
      });
      const span = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 });
      context.with(trace.setSpan(ROOT_CONTEXT, span), () => {
        offer('a');
        clock.settle();
      });
      await turn();
      assert.deepEqual(seen, [true, undefined, usesClient !== false]);
      assert.equal(isUnwatched(), false);
    });
  }

  it('gives up in time, tells the evaluator, and goes on with the next one', async () => {
    const { clock, asked, results, offer } = setUp({ concurrency: 1, timeout: 100 });
    offer('a');
    offer('b');
    clock.settle();
    clock.advance(99);
    assert.equal(results.size, 0);
    clock.advance(1);
    assert.deepEqual(results.get('a'), { skipped: 'timeout' });
    assert.equal(asked[0]?.signal.aborted, true);
    clock.settle();
    assert.equal(asked[1]?.id, 'b');
    asked[0]?.resolve(GOOD);
    asked[1]?.resolve(GOOD);
    await turn();
    assert.deepEqual(results.get('a'), { skipped: 'timeout' }, 'what comes too late is not heard');
    assert.deepEqual(results.get('b'), GOOD);
  });

  it('asks no more of an evaluator that never ends', () => {
    const { clock, asked, offer } = setUp({ concurrency: 1, timeout: 10 });
    for (let i = 0; i < 200; i++) {
      offer(`call-${i}`);
      clock.settle();
      clock.advance(10);
    }
    assert.equal(asked.length, 64);
  });

  it('lets a bounded number wait', () => {
    const { clock, results, offer } = setUp({ concurrency: 1 });
    for (let i = 0; i < 102; i++) {
      offer(`call-${i}`);
      if (i === 0) clock.settle();
    }
    assert.deepEqual([...results], [['call-101', { skipped: 'queue_full' }]]);
  });

  it('lets a bounded length of text wait', () => {
    const { results, offer } = setUp({ concurrency: 1 });
    offer('long', 'x'.repeat(3_000_000));
    offer('short');
    assert.deepEqual([...results], [['short', { skipped: 'queue_full' }]]);
  });

  it('judges a share of the calls, the same ones each time', () => {
    const drawn = (): string[] => {
      const { results, offer } = setUp({ sample: 0.25 });
      for (let i = 0; i < 4000; i++) offer(`3f9c0a1b2c4d-${i.toString(36)}`);
      return [...results]
        .filter(([, result]) => 'skipped' in result && result.skipped === 'sampled_out')
        .map(([id]) => id);
    };
    const first = drawn();
    // Four standard deviations of a binomial draw around 3,000.
    assert.ok(Math.abs(first.length - 3000) < 4 * Math.sqrt(4000 * 0.25 * 0.75), String(first.length));
    assert.deepEqual(drawn(), first);
  });

  it('draws calls without a name evenly, too, and none at a share of 0', () => {
    const { lane } = setUp({ sample: 0.5 });
    const { call } = cleanCall({ operation: 'chat', outcome: { kind: 'ok', finishReasons: [] } }, 1e12);
    let out = 0;
    for (let i = 0; i < 100; i++) lane.offer(call, { input: [], output: ['x'] }, () => out++);
    assert.ok(out > 20 && out < 80, String(out));
    const none = setUp({ sample: 0 });
    none.offer('a');
    assert.deepEqual(none.results.get('a'), { skipped: 'sampled_out' });
  });

  it('flushes what was offered before, and no longer than it was told to wait', async () => {
    const { clock, asked, lane, offer } = setUp({ concurrency: 2 });
    const done: string[] = [];
    await lane.flush(1000);
    offer('a');
    clock.settle();
    const all = lane.flush(1000).then(() => done.push('all'));
    offer('b');
    clock.settle();
    asked[0]?.resolve(GOOD);
    await all;
    assert.deepEqual(done, ['all'], 'b came later');
    const bounded = lane.flush(1000).then(() => done.push('bounded'));
    clock.advance(999);
    await turn();
    assert.equal(done.length, 1);
    clock.advance(1);
    await bounded;
    assert.equal(done.length, 2);
  });

  it('closes: what waits is left, what runs has its time, and then nothing comes', async () => {
    const { clock, asked, results, lane, offer } = setUp({ concurrency: 2 });
    for (const id of ['a', 'b', 'c']) offer(id);
    clock.settle();
    const closed = lane.close(500);
    assert.deepEqual(results.get('c'), { skipped: 'shutdown' });
    asked[0]?.resolve(GOOD);
    await turn();
    clock.advance(500);
    await closed;
    assert.deepEqual(results.get('a'), GOOD);
    assert.deepEqual(results.get('b'), { skipped: 'shutdown' });
    assert.equal(asked[1]?.signal.aborted, true);
    offer('d');
    assert.deepEqual(results.get('d'), { skipped: 'shutdown' });
    await lane.close(500);
  });
});

describe('shareOf', () => {
  it('is even over ids that count up', () => {
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) bins[Math.floor(shareOf(`call-${i}`) * 10)]! += 1;
    // Chi square with 9 degrees of freedom; 27.9 is exceeded by one in a thousand.
    const chi = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    assert.ok(chi < 27.9, String(chi));
  });
});
