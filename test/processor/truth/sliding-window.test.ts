import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MAX_WINDOW_PAIRS,
  NO_SLICES,
  NO_VERDICT,
  type Pair,
  SlidingWindow,
} from '../../../processor/truth/sliding-window.js';

function pair(seq: number, at: number): Pair {
  return { seq, at, model: 'm', slices: NO_SLICES, verdict: { ...NO_VERDICT, actual: seq % 2, score: seq } };
}

test('a time window under a flood of labels stays bounded: the oldest leave early', () => {
  const window = new SlidingWindow({ kind: 'time', ms: 1000 });
  for (let i = 0; i < MAX_WINDOW_PAIRS + 10; i++) window.enter(pair(i, 0));
  assert.equal(window.size, MAX_WINDOW_PAIRS);
  assert.equal(window.matrix.total, MAX_WINDOW_PAIRS);
  assert.equal(window.pairs().next().value?.seq, 10);
  window.advance(1000);
  assert.deepEqual([window.size, window.matrix.total], [0, 0]);
});

test('each shows all verdicts or the newest, oldest first', () => {
  const window = new SlidingWindow({ kind: 'count', pairs: 4 });
  for (let i = 0; i < 7; i++) window.enter(pair(i, i));
  const seen = (newest?: number): number[] => {
    const scores: number[] = [];
    window.each(verdict => scores.push(verdict.score), newest);
    return scores;
  };
  assert.deepEqual(seen(), [3, 4, 5, 6]);
  assert.deepEqual(seen(2), [5, 6]);
  assert.deepEqual(seen(9), [3, 4, 5, 6]);
});

test('the version moves with every change and with nothing else', () => {
  const window = new SlidingWindow({ kind: 'time', ms: 10 });
  const one = pair(0, 0);
  window.enter(one);
  const entered = window.version;
  window.advance(9);
  assert.equal(window.version, entered);
  window.advance(10);
  assert.notEqual(window.version, entered);
  const left = window.version;
  window.change(one, one.verdict);
  assert.equal(window.version, left);
});
