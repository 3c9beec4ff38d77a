import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { FeatureTails } from '../../../processor/detectors/feature-tails.js';
import { TailHistogram } from '../../../processor/detectors/tail-histogram.js';

describe('TailHistogram', () => {
  it('has an analytic tail before the first value: further out is more surprising, the middle is not', () => {
    const histogram = new TailHistogram(1);
    const nats = [0, 0.5, 1, 2, 4].map(deviation => histogram.surprise(0, deviation));
    assert.equal(nats[0], 0);
    for (let i = 1; i < nats.length; i++) assert.ok(nats[i]! > nats[i - 1]!);
    assert.ok(nats[4]! > 8);
    assert.equal(histogram.surprise(0, Number.NaN), 0);
  });

  it('discounts what is rare but usual, on its side only', () => {
    const histogram = new TailHistogram(1);
    const random = createRandom(1);
    for (let i = 0; i < 3000; i++) histogram.learn(0, random() < 0.01 ? 3 : random() - 0.5);
    const usual = histogram.surprise(0, 3);
    assert.ok(Math.abs(usual - -Math.log(2 * 0.01)) < 0.4, `${usual}`);
    assert.ok(histogram.surprise(0, -3) > usual + 2);
    assert.ok(histogram.surprise(0, 4) > usual + 2);
  });

  it('forgets: what was usual long ago is surprising again', () => {
    const histogram = new TailHistogram(1);
    for (let i = 0; i < 2000; i++) histogram.learn(0, i % 20 === 0 ? 3 : 0.1);
    const before = histogram.surprise(0, 3);
    for (let i = 0; i < 40_000; i++) histogram.learn(0, 0.1);
    assert.ok(histogram.surprise(0, 3) > before + 3);
  });
});

describe('FeatureTails', () => {
  it('lets a rare value in at its usual rate, and keeps a flood of it out', () => {
    const tails = new FeatureTails(1);
    const learn = (deviation: number): boolean => {
      let kept = true;
      tails.learn(Float64Array.of(deviation), undefined, () => {
        kept = false;
      });
      return kept;
    };
    for (let i = 0; i < 1000; i++) learn(0.3 * Math.sin(i));
    let admitted = 0;
    for (let i = 0; i < 300; i++) if (learn(3)) admitted++;
    assert.ok(admitted < 20, `${admitted} of a flood of 300`);
    assert.equal(learn(0.1), true);
  });
});
