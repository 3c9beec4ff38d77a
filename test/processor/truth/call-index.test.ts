import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallIndex } from '../../../processor/truth/call-index.js';

test('a name that a later call took over is not forgotten with the earlier one', () => {
  const index = new CallIndex<string>({ ttl: 1000, capacity: 2 });
  index.add({ callId: 'a', responseId: 'cached' }, 0, 'first');
  index.add({ callId: 'b', responseId: 'cached' }, 1, 'second');
  index.add({ callId: 'c' }, 2, 'third');
  assert.equal(index.find('call_id', 'a'), undefined);
  assert.equal(index.find('response_id', 'cached')?.call, 'second');
});

test('a call without a name of one kind is not found under an empty one', () => {
  const index = new CallIndex<string>({ ttl: 1000, capacity: 2 });
  index.add({ callId: '', spanId: 's' }, 0, 'x');
  assert.equal(index.find('call_id', ''), undefined);
  assert.equal(index.find('span_id', 's')?.call, 'x');
});

test('memory is flat: however many calls pass, the capacity is held, and leaving is told once a call', () => {
  const left: string[] = [];
  const index = new CallIndex<number>({
    ttl: 10,
    capacity: 50,
    onLeave: ({ call }, why) => left.push(`${call} ${why}`),
  });
  for (let i = 0; i < 1000; i++) index.add({ callId: `c${i}` }, i < 500 ? 0 : i, i);
  assert.equal([...index.held()].length, 50);
  assert.equal(index.size, 11);
  assert.equal(left.length, 1000 - 11);
  assert.equal(new Set(left.map(line => line.split(' ')[0])).size, left.length);
  assert.equal(left[0], '0 evicted');
  assert.equal(left.at(-1), '988 expired');
});
