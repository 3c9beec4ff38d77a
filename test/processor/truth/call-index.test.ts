import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { type CallIds, CallIndex } from '../../../processor/truth/call-index.js';

test('a name that a later call took over is not forgotten with the earlier one', () => {
  const index = new CallIndex({ ttl: 1000, capacity: 2 });
  index.add({ callId: 'a', responseId: 'cached' }, 0);
  const second = index.add({ callId: 'b', responseId: 'cached' }, 1);
  index.add({ callId: 'c' }, 2);
  assert.equal(index.find('call_id', 'a'), undefined);
  assert.equal(index.find('response_id', 'cached'), second);
});

test('a call without a name of one kind is not found under an empty one, nor by a name of another kind', () => {
  const index = new CallIndex({ ttl: 1000, capacity: 2 });
  const number = index.add({ callId: '', spanId: 's' }, 0);
  assert.equal(index.find('call_id', ''), undefined);
  assert.equal(index.find('response_id', 's'), undefined);
  assert.equal(index.find('span_id', 's'), number);
});

for (const name of ['a', 'x'.repeat(256), 'ümlaut-ÿ', '注文-1', '\ud800 half', 'a\0b']) {
  test(`a name reads as it was given: ${JSON.stringify(name.slice(0, 12))}`, () => {
    const index = new CallIndex({ ttl: 1000, capacity: 2 });
    const ids: CallIds = { callId: 'first', responseId: name, spanId: `${name}!` };
    const number = index.add(ids, 0);
    assert.deepEqual(index.ids(number), ids);
    assert.equal(index.find('response_id', name), number);
    assert.equal(index.find('span_id', `${name}!`), number);
    assert.equal(index.find('response_id', `${name}!`), undefined);
  });
}

test('memory is flat: however many calls pass, the capacity is held, and leaving is told once a call, in order', () => {
  const left: string[] = [];
  const forgotten: number[] = [];
  const index = new CallIndex({
    ttl: 10,
    capacity: 50,
    onLeave: (number, why) => left.push(`${number} ${why}`),
    onForget: number => forgotten.push(number),
  });
  for (let i = 0; i < 1000; i++) index.add({ callId: `c${i}` }, i < 500 ? 0 : i);
  assert.equal([...index.held()].length, 50);
  assert.equal(index.size, 11);
  assert.deepEqual([...index.numbers()].length, 11);
  assert.deepEqual(
    left.map(line => Number(line.split(' ')[0])),
    Array.from({ length: 989 }, (_, i) => i),
  );
  assert.equal(left[0], '0 evicted');
  assert.equal(left.at(-1), '988 expired');
  assert.equal(forgotten.length, 950);
});

for (const seed of [1, 2, 3]) {
  test(`it finds what a plain map finds, over many calls with names that come again (seed ${seed})`, () => {
    const random = createRandom(seed);
    const capacity = 9000;
    const index = new CallIndex({ ttl: 1e9, capacity });
    const plain = new Map<string, number>();
    const names: string[] = [];
    for (let i = 0; i < 30_000; i++) {
      const responseId = `r${Math.floor(random() * 20_000)}`;
      names.push(responseId);
      plain.set(responseId, index.add({ callId: `c${i}`, responseId }, i));
      const old = i - capacity;
      if (old >= 0 && plain.get(names[old] as string) === old) plain.delete(names[old] as string);
    }
    for (let i = 0; i < 20_000; i++) assert.equal(index.find('response_id', `r${i}`), plain.get(`r${i}`), `r${i}`);
    for (let i = 0; i < 30_000; i++) assert.equal(index.find('call_id', `c${i}`), i < 21_000 ? undefined : i);
  });
}
