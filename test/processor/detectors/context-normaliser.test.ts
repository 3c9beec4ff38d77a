import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../core/json.js';
import { createRandom } from '../../../core/random.js';
import { ContextNormaliser, type FeatureScale } from '../../../processor/detectors/context-normaliser.js';

const MEASURE: FeatureScale = { kind: 'measure', spread: 0.7, least: 0.05 };
const SCALES: readonly FeatureScale[] = [MEASURE, { kind: 'rate' }];
const NAN = Number.NaN;

/** Nearly standard normal. */
function noise(random: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

/** The deviation of the first feature in spreads. */
function spreads(normaliser: ContextNormaliser, levels: readonly string[], value: number): number {
  return Math.sinh(normaliser.deviations(levels, Float64Array.of(value, NAN))[0]!);
}

function taught(levels: readonly string[], count: number, draw: (random: () => number) => number): ContextNormaliser {
  const normaliser = new ContextNormaliser(SCALES);
  const random = createRandom(5);
  for (let i = 0; i < count; i++) normaliser.learn(levels, Float64Array.of(draw(random), NAN));
  return normaliser;
}

describe('ContextNormaliser', () => {
  it('knows nothing at first: no value is near or far', () => {
    const out = new ContextNormaliser(SCALES).deviations(['a'], Float64Array.of(3, NAN));
    assert.deepEqual([...out], [NAN, NAN]);
  });

  it('finds centre and spread', () => {
    const normaliser = taught(['a'], 2000, random => 10 + 2 * noise(random));
    for (const [value, expected] of [
      [10, 0],
      [12, 1],
      [4, -3],
    ] as const)
      assert.ok(Math.abs(spreads(normaliser, ['a'], value) - expected) < 0.4, `${value}`);
  });

  it('is hardly moved by a few absurd values', () => {
    const random = createRandom(1);
    const normaliser = taught(['a'], 2000, () => (random() < 0.03 ? 1e6 : noise(random)));
    assert.ok(Math.abs(spreads(normaliser, ['a'], 0)) < 0.4);
    const three = spreads(normaliser, ['a'], 3);
    assert.ok(three > 1.8 && three < 3.5, `${three}`);
  });

  it('follows a lasting change', () => {
    const normaliser = taught(['a'], 1000, noise);
    const random = createRandom(2);
    for (let i = 0; i < 1500; i++) normaliser.learn(['a'], Float64Array.of(20 + noise(random), NAN));
    assert.ok(Math.abs(spreads(normaliser, ['a'], 20)) < 0.5);
    assert.ok(spreads(normaliser, ['a'], 0) < -5);
  });

  it('leaves missing values missing, and does not count them', () => {
    const normaliser = taught(['a'], 100, noise);
    for (let i = 0; i < 500; i++) normaliser.learn(['a'], Float64Array.of(NAN, NAN));
    assert.equal(normaliser.known(['a']), 100);
    assert.ok(Number.isNaN(normaliser.deviations(['a'], Float64Array.of(NAN, 0))[0]!));
  });

  it('never divides by a spread of nothing: below the least, differences are small', () => {
    const normaliser = taught(['a'], 500, () => 3);
    assert.ok(Math.abs(spreads(normaliser, ['a'], 3)) < 1e-9);
    assert.ok(Math.abs(spreads(normaliser, ['a'], 3.05)) < 1.1);
  });

  it('judges a new context by the wider one, and an old one by itself', () => {
    const normaliser = taught(['all', 'x'], 500, noise);
    assert.ok(spreads(normaliser, ['all', 'y'], 6) > 3);
    const random = createRandom(3);
    let before = Number.POSITIVE_INFINITY;
    for (const count of [1, 5, 60]) {
      for (let i = 0; i < count; i++) normaliser.learn(['all', 'y'], Float64Array.of(6 + noise(random) * 0.5, NAN));
      const now = Math.abs(spreads(normaliser, ['all', 'y'], 6));
      assert.ok(now <= before + 0.3, `${now} after ${before}`);
      before = now;
    }
    assert.ok(before < 0.5);
    assert.ok(spreads(normaliser, ['all', 'x'], 6) > 4);
  });

  it('counts what is rare but usual in its context less than what never happens there', () => {
    const normaliser = new ContextNormaliser(SCALES);
    const random = createRandom(4);
    for (let i = 0; i < 2000; i++) {
      normaliser.learn(['all', 'flaky'], Float64Array.of(NAN, random() < 0.2 ? 1 : 0));
      normaliser.learn(['all', 'sound'], Float64Array.of(NAN, 0));
    }
    const one = (context: string): number => normaliser.deviations(['all', context], Float64Array.of(NAN, 1))[1]!;
    assert.ok(Math.sinh(one('flaky')) < 3);
    assert.ok(Math.sinh(one('sound')) > 5);
  });

  it('does not learn from what it is asked', () => {
    const normaliser = taught(['a'], 50, noise);
    const first = spreads(normaliser, ['a'], 5);
    for (let i = 0; i < 20; i++) spreads(normaliser, ['a'], 5);
    assert.equal(spreads(normaliser, ['a'], 5), first);
  });

  it('keeps no more contexts than allowed', () => {
    const normaliser = new ContextNormaliser(SCALES, 10);
    for (let i = 0; i < 100; i++) normaliser.learn(['all', `user-${i}`], Float64Array.of(1, 0));
    assert.equal(normaliser.contexts, 10);
    // The wide context is in use all the time and stays.
    assert.equal(normaliser.known(['all']), 100);
  });

  it('goes on after restore(save()) as it would have', () => {
    const original = taught(['all', 'x'], 100, noise);
    const copy = new ContextNormaliser(SCALES);
    copy.restore(JSON.parse(JSON.stringify(original.save())) as Json);
    const random = createRandom(8);
    for (let i = 0; i < 100; i++) {
      const [levels, row] = [['all', i % 2 === 0 ? 'x' : 'z'], Float64Array.of(noise(random), i % 5 === 0 ? 1 : 0)];
      assert.deepEqual(copy.deviations(levels, row), original.deviations(levels, row));
      copy.learn(levels, row);
      original.learn(levels, row);
    }
  });

  it('refuses a state that is not its own', () => {
    const good = taught(['a'], 5, noise).save() as Record<string, Json>;
    for (const state of [
      7,
      { ...good, version: 2 },
      { ...good, width: 3 },
      { ...good, contexts: [['a', 'AAAA']] },
      { ...good, contexts: [null] },
    ] as Json[])
      assert.throws(() => new ContextNormaliser(SCALES).restore(state), { code: 'STATE_MISMATCH' });
  });
});
