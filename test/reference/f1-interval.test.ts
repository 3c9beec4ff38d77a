import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Confusion } from '../../processor/truth/confusion.js';
import { f1Interval, type Interval } from '../../processor/truth/interval.js';
import { macroInterval } from '../../processor/truth/macro-interval.js';
import { classification } from '../../processor/truth/measures.js';
import { skipWithoutShared } from '../shared.js';
import { type ReferenceCase, type ReferenceLabel, referenceCases } from './reference-files.js';

type Case = ReferenceCase<{
  readonly n: number;
  readonly f1_bootstrap95?: { readonly low: number; readonly high: number } | null;
  readonly per_class: readonly { readonly tp: number; readonly fp: number; readonly fn: number }[];
}>;

const cases: readonly Case[] = referenceCases();

function ours({ labels, positive, y_true, y_pred }: Case): Interval | undefined {
  const matrix = new Confusion();
  for (const [i, truth] of y_true.entries())
    matrix.add(labels.indexOf(truth), labels.indexOf(y_pred[i] as ReferenceLabel));
  if (positive !== null) {
    const { tp, fp, fn } = matrix.counts(labels.indexOf(positive));
    return f1Interval(tp, fp, fn);
  }
  const all = classification(
    matrix,
    labels.map((_, i) => i),
  );
  return macroInterval('f1', { matrix, squares: matrix, largest: 1 }, all?.perClass ?? []);
}

// The bootstrap is random, and of no use where nothing or everything is right: [0, 0] and [1, 1]. Where it is of use, in cases of
// some size whose classes all have ten mistakes or hits to draw from, two intervals for one thing must lie close together.
test('intervals of F1, of a class and macro, are where the bootstrap says', {
  skip: skipWithoutShared('data', 'reference', 'classification.json'),
}, () => {
  let compared = 0;
  for (const one of cases) {
    const boot = one.expected.f1_bootstrap95;
    if (boot === undefined || boot === null) continue;
    const interval = ours(one);
    assert.ok(interval !== undefined && interval[0] < interval[1], `${one.name} has an interval of some width`);
    const spread = one.expected.per_class.every(({ tp, fp, fn }) => tp >= 10 && fp + fn >= 4);
    if (one.expected.n < 100 || !spread || boot.low === boot.high) continue;
    assert.ok(Math.abs(interval[0] - boot.low) < 0.02, `${one.name}: ${interval[0]} is not near ${boot.low}`);
    assert.ok(Math.abs(interval[1] - boot.high) < 0.02, `${one.name}: ${interval[1]} is not near ${boot.high}`);
    compared++;
  }
  assert.ok(compared >= 10, `${compared} compared`);
});
