import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandleCache } from '../../processor/handle-cache.js';

test('three values name a handle, each in its place, and the number of handles is bounded', () => {
  const cache = new HandleCache<string>();
  assert.equal(cache.get('a', 'b', 'c'), undefined);
  assert.equal(cache.set('a', 'b', 'c', 'abc'), 'abc');
  assert.equal(cache.set('ab', '', 'c', 'other'), 'other');
  assert.deepEqual(
    [cache.get('a', 'b', 'c'), cache.get('ab', '', 'c'), cache.get('b', 'a', 'c')],
    ['abc', 'other', undefined],
  );
  for (let i = 0; i < 5000; i++) cache.set('a', `m${i}`, 'c', 'x');
  assert.equal(cache.get('a', 'b', 'c'), undefined, 'a flood starts it over');
  assert.equal(cache.get('a', 'm4999', 'c'), 'x');
});
