import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCall } from '../../core/call.js';
import { HistogramSeries } from '../../core/series.js';
import { createWiring } from '../../core/wiring.js';
import { DEFAULT_EVALUATORS, evaluateSteps } from '../../processor/evaluators/registry.js';
import { createEvaluators, type Evaluator, evaluate, LlmSpanProcessor } from '../../processor/index.js';
import { FakeClock } from '../fake-clock.js';
import { prose } from './evaluators/answers.js';

const LONGEST = 5;

/** Every look at it takes a millisecond: who asks between pieces of work whether to go on is seen by the number of turns. */
class TickingClock extends FakeClock {
  #ticks = 0;

  override monotonic(): number {
    this.#ticks += 1;
    return super.monotonic() + this.#ticks;
  }
}

const callOf = (id: string) =>
  cleanCall({ id, operation: 'chat', model: { requested: 'm' }, outcome: { kind: 'ok', finishReasons: ['stop'] } }, 0)
    .call;

/** A processor whose evaluators take so many milliseconds each, and note when they ran. */
function setUp(takes: number, count = 6) {
  const clock = new FakeClock();
  const wiring = createWiring({ clock });
  const order: string[] = [];
  const evaluators = Array.from(
    { length: count },
    (_, i): Evaluator => ({
      name: `slow_${i}`,
      bad: 'high',
      evaluate({ call }) {
        clock.advance(takes);
        order.push(`${call.id} ${i}`);
        if (call.id === 'broken' && i === count - 1) throw new Error('broken');
        return { score: i / count, flagged: false };
      },
    }),
  );
  const processor = new LlmSpanProcessor({ wiring, evaluators, detection: false, pricing: false });
  const publish = (id: string): void =>
    wiring.calls.publish({ call: callOf(id), rejected: [], text: { input: [], output: ['At nine.'] } });
  /** Milliseconds that each turn took, until nothing is left to do. */
  const turns = (): readonly number[] => {
    const taken: number[] = [];
    for (let before = clock.monotonic(); clock.turn() > 0; before = clock.monotonic())
      taken.push(clock.monotonic() - before);
    return taken;
  };
  const evaluated = (evaluator: string): number | undefined =>
    wiring.store.value('qualityEvaluated', { evaluator, model: 'm', operation: 'chat' });
  return { clock, store: wiring.store, order, processor, publish, turns, evaluated };
}

test('a call that takes long is scored over several turns, none of them long', () => {
  const { publish, turns, order, evaluated } = setUp(2);
  publish('a');
  const taken = turns();
  assert.ok(taken.length >= 3, `${taken.length} turns`);
  assert.ok(Math.max(...taken) < LONGEST, `the longest took ${Math.max(...taken)} ms`);
  assert.equal(order.length, 6);
  assert.equal(evaluated('slow_5'), 1);
});

test('the next call waits until one is scored to its end', () => {
  const { publish, turns, order } = setUp(2, 3);
  for (const id of ['a', 'b', 'c']) publish(id);
  turns();
  assert.deepEqual(
    order,
    ['a', 'b', 'c'].flatMap(id => [0, 1, 2].map(i => `${id} ${i}`)),
  );
});

test('short calls share a turn', () => {
  const { clock, publish, order } = setUp(0);
  for (const id of ['a', 'b', 'c']) publish(id);
  clock.turn();
  assert.equal(order.length, 18);
});

test('a flush and a shutdown in the middle of a call wait for its end', async () => {
  const { clock, publish, turns, processor, evaluated } = setUp(4);
  publish('a');
  clock.turn();
  let flushed = false;
  const flush = processor.forceFlush().then(() => {
    flushed = true;
  });
  const shut = processor.shutdown();
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(flushed, false);
  turns();
  await Promise.all([flush, shut]);
  assert.equal(evaluated('slow_5'), 1);
});

test('an evaluator that throws in a later turn loses only its own score', () => {
  const { publish, turns, evaluated, store } = setUp(2);
  publish('broken');
  publish('b');
  turns();
  assert.equal(evaluated('slow_0'), 2);
  assert.equal(evaluated('slow_5'), 1);
  assert.equal(store.value('selfErrors', { component: 'evaluator' }), 1);
});

test('the time between the turns of a call is not in the duration of its evaluation', () => {
  const { clock, publish, store } = setUp(2);
  publish('a');
  while (clock.turn() > 0) clock.advance(1000);
  const durations = store.collect().find(({ def }) => def.name === 'llm_monitor.self.evaluation.duration');
  const [series] = [...(durations?.series.values() ?? [])];
  assert.ok(series instanceof HistogramSeries);
  assert.deepEqual([series.count, series.sum], [1, 0.012]);
});

test('steps end in what an evaluation at once gives: one for each evaluator, and more for a long text', () => {
  const evaluators = createEvaluators();
  const taken = (prompt: number, answer: number): number => {
    const text = { input: [{ role: 'user' as const, text: prose(prompt, 2) }], output: [prose(answer)] };
    const steps = evaluateSteps(evaluators, callOf('a'), text);
    let count = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) count++;
    assert.deepEqual(step.value, evaluate(evaluators, callOf('a'), text));
    return count;
  };
  assert.equal(taken(300, 300), evaluators.length);
  const long = taken(300, 16_384) - evaluators.length;
  assert.ok(long >= 4 && long < 40, `${long} steps more for a long answer`);
  const asked = taken(16_384, 300) - evaluators.length;
  assert.ok(asked >= 4 && asked < 80, `${asked} steps more for a long prompt`);
});

test('an evaluator of a user may take its work in steps', () => {
  const stepped: Evaluator = {
    name: 'stepped',
    bad: 'high',
    evaluate: () => ({ score: 0, flagged: false }),
    *evaluateInSteps({ text }) {
      for (let i = 0; i < 3; i++) yield;
      if (text.output[0] === 'throws') throw new Error('broken');
      return { score: 0.25, flagged: false };
    },
  };
  const plain = Object.assign({ ...stepped, name: 'no_steps' }, { evaluateInSteps: () => 'nothing' });
  const failed: string[] = [];
  const judge = (answer: string) =>
    evaluate([stepped, plain as unknown as Evaluator], callOf('a'), { input: [], output: [answer] }, name =>
      failed.push(name),
    );
  assert.deepEqual(judge('is fine').get('stepped'), { score: 0.25, flagged: false });
  assert.deepEqual(judge('throws').get('stepped'), { skipped: 'threw' });
  assert.deepEqual(judge('is fine').get('no_steps'), { skipped: 'threw' });
  assert.deepEqual(failed, ['no_steps', 'stepped', 'no_steps', 'no_steps']);
});

test('calls whose steps take turns with those of others are scored as if alone', () => {
  const evaluators = createEvaluators();
  const texts = [1, 2, 3].map(seed => ({
    input: [{ role: 'user' as const, text: prose(9000, seed + 10) }],
    output: [prose(9000, seed)],
  }));
  const running = texts.map(text => evaluateSteps(evaluators, callOf('a'), text));
  const results = new Map<number, unknown>();
  while (results.size < running.length)
    for (const [i, steps] of running.entries()) {
      const step = steps.next();
      if (step.done === true && !results.has(i)) results.set(i, step.value);
    }
  for (const [i, text] of texts.entries())
    assert.deepEqual(results.get(i), evaluate(evaluators, callOf('a'), text), `text ${i}`);
});

test('the warm-up is in many pieces, and calls go before it', () => {
  const clock = new TickingClock();
  const wiring = createWiring({ clock });
  new LlmSpanProcessor({ wiring, detection: false });
  clock.advance(1000);
  let turns = 0;
  for (; turns < 5; turns++) clock.turn();
  wiring.calls.publish({ call: callOf('a'), rejected: [], text: { input: [], output: ['At nine.'] } });
  const scored = (): number | undefined =>
    wiring.store.value('qualityEvaluated', { evaluator: 'refusal', model: 'm', operation: 'chat' });
  for (let waited = 0; scored() === undefined; waited++, turns++) {
    assert.ok(clock.turn() > 0 && waited < 3 * DEFAULT_EVALUATORS.length, 'the call waits for the warm-up');
  }
  while (clock.turn() > 0) turns++;
  // Some 80 pieces of prompt injection, and 14 a round over the sample: a piece takes a tick or more, a turn three.
  assert.ok(turns > 60, `${turns} turns`);
});
