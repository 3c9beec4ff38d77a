import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_SLICES } from '../../../processor/truth/sliding-window.js';
import { TextBudget } from '../../../processor/truth/text-budget.js';
import { TrackedCalls } from '../../../processor/truth/tracked-calls.js';

function setUp(limit: number) {
  const calls = new TrackedCalls({ ttl: 1000, capacity: 5000 });
  const texts = new TextBudget(calls);
  texts.limit = limit;
  const add = (text: string | undefined, prediction?: string): number => {
    const said = prediction === undefined ? undefined : { value: prediction };
    const call = { model: 'm', prediction: said, predictions: undefined, text, slices: NO_SLICES, samplingRate: 1 };
    const number = calls.add({ callId: 'a' }, 0, call);
    texts.count(number);
    return number;
  };
  const kept = (number: number) => [calls.get(number).text?.length, calls.get(number).prediction?.value];
  return { calls, texts, add, kept };
}

test('beyond the limit the calls that came first lose their text, and keep their class', () => {
  const { texts, add, kept } = setUp(250);
  const numbers = [
    add('t'.repeat(100), 'card'),
    add(undefined, 'p'.repeat(100)),
    add('t'.repeat(100), 'card'),
    add('t'.repeat(100), 'card'),
  ];
  assert.deepEqual(numbers.map(kept), [
    [undefined, 'card'],
    [undefined, undefined],
    [100, 'card'],
    [100, 'card'],
  ]);
  assert.equal(texts.used, 200);
  texts.limit = 100;
  assert.deepEqual(numbers.map(kept).slice(2), [
    [undefined, 'card'],
    [100, 'card'],
  ]);
  for (const number of numbers) texts.release(number);
  assert.deepEqual([texts.used, kept(numbers[3] as number)], [0, [undefined, 'card']]);
});

test('text that changes is counted again', () => {
  const { calls, texts, add } = setUp(1000);
  const number = add(undefined);
  assert.equal(texts.used, 0);
  calls.setPrediction(number, 'qa', { value: 'x'.repeat(70) });
  texts.count(number);
  texts.count(number);
  assert.equal(texts.used, 70);
  texts.release(number);
  assert.equal(texts.used, 0);
  assert.deepEqual(calls.get(number).predictions, new Map([['qa', null]]));
});

test('a call whose turn has passed gets no text any more; the limit holds over many calls', () => {
  const { calls, texts, add, kept } = setUp(200);
  const first = add('t'.repeat(100));
  const numbers = Array.from({ length: 4000 }, () => add('t'.repeat(100)));
  calls.setPrediction(first, 'qa', { value: 'x'.repeat(70) });
  texts.count(first);
  assert.deepEqual([kept(first), texts.used], [[undefined, undefined], 200]);
  assert.deepEqual(calls.get(first).predictions, new Map([['qa', null]]));
  assert.deepEqual(
    numbers.slice(-3).map(number => kept(number)[0]),
    [undefined, 100, 100],
  );
});
