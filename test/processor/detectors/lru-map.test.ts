import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LruMap } from '../../../processor/detectors/lru-map.js';

test('past the capacity the entry used longest ago goes, and the rest is told in the order of use', () => {
  const map = new LruMap<number>(3);
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ] as const)
    map.set(key, value);
  assert.equal(map.get('a'), 1);
  map.set('b', 4);
  map.set('d', 5);
  assert.equal(map.get('c'), undefined);
  assert.deepEqual(map.entries(), [
    ['a', 1],
    ['b', 4],
    ['d', 5],
  ]);
  assert.equal(map.size, 3);
  map.clear();
  assert.deepEqual([map.size, map.get('a')], [0, undefined]);
});
