import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallIndex } from '../../../processor/truth/call-index.js';
import { TextBudget } from '../../../processor/truth/text-budget.js';
import { type TrackedCall, trackedCall } from '../../../processor/truth/tracked-call.js';

test('beyond the limit the calls that came first lose their text, and keep their class', () => {
  const index = new CallIndex<TrackedCall>({ ttl: 1000, capacity: 100 });
  const texts = new TextBudget();
  texts.limit = 250;
  const held = Array.from({ length: 4 }, (_, i) => {
    const call = trackedCall('m', { value: i === 1 ? 'p'.repeat(100) : 'card' });
    call.text = i === 1 ? undefined : 't'.repeat(100);
    const one = index.add({ callId: `c${i}` }, i, call);
    texts.count(one);
    return one;
  });
  assert.deepEqual(
    held.map(({ call }) => [call.text?.length, call.prediction?.value]),
    [
      [undefined, 'card'],
      [undefined, undefined],
      [100, 'card'],
      [100, 'card'],
    ],
  );
  assert.equal(texts.used, 200);
  texts.limit = 100;
  assert.equal(held[2]?.call.text, undefined);
  texts.forget(held[3] as (typeof held)[number]);
  assert.deepEqual([texts.used, held[3]?.call.text], [0, undefined]);
});

test('text that changes is counted again', () => {
  const index = new CallIndex<TrackedCall>({ ttl: 1000, capacity: 100 });
  const texts = new TextBudget();
  texts.limit = 1000;
  const held = index.add({ callId: 'a' }, 0, trackedCall('m'));
  texts.count(held);
  assert.equal(texts.used, 0);
  held.call.predictions = new Map([['qa', { value: 'x'.repeat(70) }]]);
  texts.count(held);
  texts.count(held);
  assert.equal(texts.used, 70);
  texts.forget(held);
  assert.deepEqual([...held.call.predictions], [['qa', null]]);
});

test('a call whose text went early and came again is counted once, and goes in its turn', () => {
  const index = new CallIndex<TrackedCall>({ ttl: 1000, capacity: 5000 });
  const texts = new TextBudget();
  texts.limit = 200;
  const add = (id: string) => {
    const held = index.add({ callId: id }, 0, trackedCall('m'));
    held.call.text = 't'.repeat(100);
    texts.count(held);
    return held;
  };
  const [first, second] = [add('a'), add('b')];
  texts.forget(second);
  assert.equal(texts.used, 100);
  second.call.text = 'u'.repeat(50);
  texts.count(second);
  assert.equal(texts.used, 150);
  for (let i = 0; i < 4000; i++) add(`c${i}`);
  assert.deepEqual([first.call.text, second.call.text, texts.used], [undefined, undefined, 200]);
});
