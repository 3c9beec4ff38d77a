import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCall, type RawCall } from '../../core/call.js';
import { createWiring } from '../../core/wiring.js';
import { Detection } from '../../processor/detection.js';
import type { Evaluator } from '../../processor/index.js';
import { createPricing, LlmSpanProcessor, type LlmSpanProcessorOptions } from '../../processor/index.js';
import { FakeClock } from '../fake-clock.js';

function setUp(options: Omit<LlmSpanProcessorOptions, 'wiring'> = {}) {
  const clock = new FakeClock();
  const wiring = createWiring({ clock });
  const processor = new LlmSpanProcessor({ wiring, ...options });
  let made = 0;
  const publish = (change: RawCall = {}, answer = 'The branch opens at nine and closes at five.'): string => {
    made += 1;
    const id = `call-${made}`;
    const raw: RawCall = {
      id,
      responseId: `response-${made}`,
      provider: 'openai',
      operation: 'chat',
      model: { requested: 'gpt-4o', answered: 'gpt-4o-2024-08-06' },
      startedAt: clock.now(),
      duration: 1 + (made % 7) / 10,
      usage: { input_uncached: 100, output: 20, source: 'reported' },
      outcome: { kind: 'ok', finishReasons: ['stop'] },
      ...change,
    };
    const { call, rejected } = cleanCall(raw, clock.now());
    wiring.calls.publish({
      call,
      rejected,
      text: { input: [{ role: 'user', text: 'When do you open?' }], output: [answer] },
    });
    return id;
  };
  return { clock, store: wiring.store, processor, publish };
}
const OK = { provider: 'openai', model: 'gpt-4o', operation: 'chat', outcome: 'ok', error_type: '' } as const;
const refusal = { evaluator: 'refusal', model: 'gpt-4o', operation: 'chat' } as const;

test('counters move at once, scores in a later turn', () => {
  const { clock, store, publish } = setUp();
  publish({}, "I'm sorry, but I can't help with that.");
  assert.equal(store.value('calls', OK), 1);
  assert.ok((store.value('cost', { provider: 'openai', model: 'gpt-4o' }) ?? 0) > 0);
  assert.equal(store.value('qualityEvaluated', refusal), undefined);
  clock.settle();
  assert.equal(store.value('qualityEvaluated', refusal), 1);
  assert.equal(store.value('qualityFlagged', refusal), 1);
});

test('a scorer that blocks for 50 ms runs after the code of who published', async () => {
  const order: string[] = [];
  const slow: Evaluator = {
    name: 'slow',
    bad: 'high',
    evaluate() {
      const end = performance.now() + 50;
      while (performance.now() < end);
      order.push('scored');
      return { score: 0, flagged: false };
    },
  };
  const wiring = createWiring();
  const processor = new LlmSpanProcessor({ wiring, evaluators: [slow], detection: false });
  const { call, rejected } = cleanCall({ id: 'a', outcome: { kind: 'ok', finishReasons: [] } }, Date.now());
  wiring.calls.publish({ call, rejected, text: { input: [], output: ['x'] } });
  order.push('published');
  await Promise.resolve().then(() => order.push('continued'));
  await processor.forceFlush();
  assert.deepEqual(order, ['published', 'continued', 'scored']);
  await processor.shutdown();
});

test('the same call seen twice counts once', () => {
  const { clock, store, publish } = setUp();
  publish({ id: 'same' });
  publish({ id: 'same' });
  clock.settle();
  assert.equal(store.value('calls', OK), 1);
  assert.equal(store.value('qualityEvaluated', refusal), 1);
  assert.equal(store.value('selfRejected', { field: 'id', reason: 'duplicate' }), 1);
});

test('what cleaning refused is counted by field and reason, and the call counts', () => {
  const { store, publish } = setUp();
  publish({ duration: -1, usage: { input_uncached: Number.NaN, output: 5 } });
  assert.equal(store.value('calls', OK), 1);
  assert.equal(store.value('selfRejected', { field: 'duration', reason: 'negative' }), 1);
  assert.equal(store.value('selfRejected', { field: 'input_uncached', reason: 'not_a_number' }), 1);
});

test('a full queue drops the evaluation and counts it; the call and its label still count', () => {
  const { clock, store, processor, publish } = setUp({ queueCapacity: 2 });
  for (let i = 0; i < 5; i++) publish({ prediction: 'open' });
  processor.accept({ kind: 'label', by: 'response_id', id: 'response-5', task: 'intent', label: 'open' });
  clock.settle();
  assert.equal(store.value('calls', OK), 5);
  assert.equal(store.value('qualityEvaluated', refusal), 2);
  assert.equal(store.value('selfDropped', { reason: 'queue_full' }), 3);
  assert.equal(store.value('truthLabels', { task: 'intent', result: 'matched' }), 1);
});

test('a label sent right after its call waits behind it', () => {
  const { clock, store, processor, publish } = setUp();
  const id = publish({ prediction: 'open' });
  processor.accept({ kind: 'label', by: 'call_id', id, task: 'intent', label: 'open' });
  clock.settle();
  assert.equal(store.value('truthLabels', { task: 'intent', result: 'matched' }), 1);
  assert.equal(store.value('truthLabels', { task: 'intent', result: 'orphan' }) ?? 0, 0);
});

test('an odd call among many alike is flagged with the feature that made it odd', () => {
  const { clock, store, publish } = setUp({ detection: new Detection({ seed: 3 }) });
  for (let i = 0; i < 1200; i++) {
    publish();
    clock.settle();
  }
  const labels = { detector: 'combined', model: 'gpt-4o', operation: 'chat' } as const;
  const slow = (): number =>
    ['latency', 'latency_per_token', 'tokens_per_second'].reduce(
      (sum, feature) => sum + (store.value('anomalyFlagged', { ...labels, feature }) ?? 0),
      0,
    );
  const before = slow();
  publish({ duration: 80 });
  clock.settle();
  store.collect();
  assert.equal(store.value('detectorReady', { detector: 'combined' }), 1);
  assert.equal(slow() - before, 1);
});

test('a wall clock that jumps a year ahead and back does not change the age of a detector', () => {
  const { clock, store, publish } = setUp();
  const age = (): number | undefined => {
    store.collect();
    return store.value('detectorAge', { detector: 'combined' });
  };
  const year = 365 * 86_400_000;
  for (let i = 0; i < 300; i++) {
    if (i === 200) clock.jump(year);
    publish();
    clock.settle();
  }
  clock.advance(5000);
  assert.equal(age(), 5);
  clock.jump(-year);
  clock.advance(5000);
  assert.equal(age(), 10);
});

test('shutdown scores what waits and then hears nothing more', async () => {
  const { clock, store, processor, publish } = setUp();
  publish();
  const done = processor.shutdown();
  clock.settle();
  await done;
  publish();
  clock.settle();
  assert.equal(store.value('qualityEvaluated', refusal), 1);
  assert.equal(store.value('calls', OK), 1);
});

test('calls are priced by the built-in table, unless nobody wants it', () => {
  const labels = { provider: 'openai', model: 'gpt-4o' } as const;
  const priced = setUp();
  priced.publish();
  assert.equal(priced.store.value('cost', labels), (100 * 2.5 + 20 * 10) / 1e6);
  assert.match(priced.processor.pricesAsOf ?? '', /^\d{4}-/);
  const unpriced = setUp({ pricing: false });
  unpriced.publish();
  assert.equal(unpriced.store.value('cost', labels), undefined);
  assert.equal(unpriced.store.value('selfPriceMissing', { model: 'gpt-4o' }), undefined);
  assert.equal(unpriced.processor.pricesAsOf, undefined);
});

test('the prices are read in a turn of their own, not while the first call waits', () => {
  const order: string[] = [];
  const pricing = { ...createPricing(), warm: () => void order.push('warm') };
  const { clock, publish } = setUp({ pricing });
  order.push('started');
  clock.advance(1000);
  clock.settle();
  publish();
  assert.deepEqual(order, ['started', 'warm']);
});

test("an evaluator of the user sees the app's calls and no other", () => {
  const seen: string[] = [];
  const mine: Evaluator = {
    name: 'mine',
    bad: 'high',
    evaluate({ call }) {
      seen.push(call.id);
      return { score: 0, flagged: false };
    },
  };
  const { clock, publish } = setUp({ evaluators: [mine] });
  clock.advance(1000);
  clock.settle();
  const id = publish();
  clock.settle();
  assert.deepEqual(seen, [id]);
});

test('a price table that throws costs nothing but a count', () => {
  const { store, publish } = setUp({
    pricing: {
      ...createPricing(),
      cost() {
        throw new Error('broken');
      },
    },
  });
  publish();
  assert.equal(store.value('calls', OK), 1);
  assert.equal(store.value('selfErrors', { component: 'pricing' }), 1);
});

test('what is no evaluator is refused at once', () => {
  for (const wrong of [null, {}, { name: 'No', evaluate() {} }])
    assert.throws(() => setUp({ evaluators: [wrong as never] }), { code: 'CONFIG_INVALID' });
});
