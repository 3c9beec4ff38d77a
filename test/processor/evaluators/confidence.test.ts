import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skipWithoutShared } from '../../shared.js';
import { scored } from './answers.js';
import { areaUnderCurve, judgeText, rowsOf } from './judge-rows.js';

const judge = (logprobs?: readonly number[]) =>
  judgeText('confidence', { input: [], output: ['x'], ...(logprobs === undefined ? {} : { logprobs }) });
const score = (logprobs: readonly number[]) => scored(judge(logprobs)).score;

describe('confidence', () => {
  it('is 1 where every token was sure and falls with each that was not', () => {
    assert.equal(score([0, 0, 0]), 1);
    assert.ok(score([0, Math.log(0.9)]) > score([0, Math.log(0.5)]));
    assert.ok(score([0, Math.log(0.5)]) > score([Math.log(0.5), Math.log(0.5)]));
    assert.ok(score([Number.NEGATIVE_INFINITY]) < 0.5);
  });

  it('does not hide one unsure token behind many sure ones, nor drown in a long answer', () => {
    const sure = Array.from({ length: 1000 }, () => -0.0001);
    assert.ok(score([...sure, -2]) < 0.55);
    const middling = (length: number) => Array.from({ length }, () => -0.3);
    assert.equal(score(middling(64)), score(middling(2000)));
  });

  it('leaves out what is no number and takes what is above 0 for sure', () => {
    assert.equal(score([Number.NaN, 0]), 1);
    assert.equal(score([3]), 1);
  });

  for (const [name, logprobs] of [
    ['no probabilities', undefined],
    ['an empty list', []],
    ['no number', [Number.NaN]],
  ] as const)
    it(`skips ${name}`, () => assert.deepEqual(judge(logprobs), { skipped: 'not_reported' }));

  it('never flags', () => assert.equal(scored(judge([-20, -20])).flagged, false));

  it('tells right from wrong answers of a tiny model', {
    skip: skipWithoutShared('data', 'quality', 'logprob'),
  }, () => {
    const rows = rowsOf('logprob');
    const of = (label: number) => rows.filter(row => row.label === label).map(row => score(row.logprobs));
    const auc = areaUnderCurve(of(1), of(0));
    assert.ok(auc >= 0.8, `AUC ${auc}`);
  });
});
