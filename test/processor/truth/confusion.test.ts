import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../../core/errors.js';
import { createRandom } from '../../../core/random.js';
import { Confusion } from '../../../processor/truth/confusion.js';
import { classification } from '../../../processor/truth/measures.js';

test('what enters and leaves in any order is what is left', () => {
  const random = createRandom(7);
  const matrix = new Confusion();
  const inside: [number, number][] = [];
  for (let i = 0; i < 5000; i++) {
    if (inside.length > 0 && random() < 0.45) {
      const [[actual, predicted]] = inside.splice(Math.floor(random() * inside.length), 1) as [[number, number]];
      matrix.remove(actual, predicted);
    } else {
      const pair: [number, number] = [Math.floor(random() * 9), Math.floor(random() * 9)];
      inside.push(pair);
      matrix.add(...pair);
    }
  }
  const expected = new Confusion();
  for (const pair of inside) expected.add(...pair);
  assert.deepEqual(matrix.toRows(9), expected.toRows(9));
  assert.deepEqual([matrix.total, matrix.right], [inside.length, inside.filter(([a, p]) => a === p).length]);
  for (let c = 0; c < 9; c++) {
    const { tp, fp, fn, tn } = matrix.counts(c);
    assert.equal(tp + fp + fn + tn, inside.length);
    assert.equal(tp + fn, inside.filter(([actual]) => actual === c).length);
    assert.equal(tp + fp, inside.filter(([, predicted]) => predicted === c).length);
  }
});

test('a pair that is not inside cannot leave', () => {
  const matrix = new Confusion();
  matrix.add(0, 1);
  for (const [actual, predicted] of [
    [1, 0],
    [5, 5],
  ] as const)
    assert.throws(
      () => matrix.remove(actual, predicted),
      error => MonitorError.is(error) && error.code === 'INVALID_ARGUMENT',
    );
  assert.equal(matrix.total, 1);
});

test('measures of nine right of twelve, by hand', () => {
  const matrix = new Confusion();
  matrix.add(0, 0, 4);
  matrix.add(0, 1, 1);
  matrix.add(1, 0, 2);
  matrix.add(1, 1, 5);
  const all = classification(matrix);
  assert.ok(all !== undefined);
  const [, positive] = all.perClass;
  assert.equal(all.accuracy, 9 / 12);
  assert.deepEqual([positive?.precision, positive?.recall, positive?.f1], [5 / 6, 5 / 7, 10 / 13]);
  assert.equal(all.balancedAccuracy, (4 / 5 + 5 / 7) / 2);
  assert.ok(Math.abs(all.mcc - (4 * 5 - 1 * 2) / Math.sqrt(6 * 6 * 5 * 7)) < 1e-12);
  assert.equal(classification(new Confusion()), undefined);
});
