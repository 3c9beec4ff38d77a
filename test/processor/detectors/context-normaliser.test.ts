import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../core/json.js';
import { createRandom } from '../../../core/random.js';
import {
  ContextNormaliser,
  type Contexts,
  type FeatureScale,
} from '../../../processor/detectors/context-normaliser.js';

const MEASURE: FeatureScale = { kind: 'measure', spread: 0.7, least: 0.05, by: 'model', harm: 'both' };
const SCALES: readonly FeatureScale[] = [MEASURE, { kind: 'rate', by: 'prompt', harm: 'high' }];
const chain = (...levels: readonly string[]): Contexts => ({ model: levels, prompt: levels });
const NAN = Number.NaN;

/** Nearly standard normal. */
function noise(random: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

/** The deviation of the first feature in spreads. */
function spreads(normaliser: ContextNormaliser, levels: Contexts, value: number): number {
  return Math.sinh(normaliser.deviations(levels, Float64Array.of(value, NAN))[0]!);
}

function taught(levels: Contexts, count: number, draw: (random: () => number) => number): ContextNormaliser {
  const normaliser = new ContextNormaliser(SCALES);
  const random = createRandom(5);
  for (let i = 0; i < count; i++) normaliser.learn(levels, Float64Array.of(draw(random), NAN));
  return normaliser;
}

describe('ContextNormaliser', () => {
  it('knows nothing at first: no value is near or far', () => {
    const out = new ContextNormaliser(SCALES).deviations(chain('a'), Float64Array.of(3, NAN));
    assert.deepEqual([...out], [NAN, NAN]);
  });

  it('finds centre and spread', () => {
    const normaliser = taught(chain('a'), 2000, random => 10 + 2 * noise(random));
    for (const [value, expected] of [
      [10, 0],
      [12, 1],
      [4, -3],
    ] as const)
      assert.ok(Math.abs(spreads(normaliser, chain('a'), value) - expected) < 0.4, `${value}`);
  });

  it('is hardly moved by a few absurd values', () => {
    const random = createRandom(1);
    const normaliser = taught(chain('a'), 2000, () => (random() < 0.03 ? 1e6 : noise(random)));
    assert.ok(Math.abs(spreads(normaliser, chain('a'), 0)) < 0.4);
    const three = spreads(normaliser, chain('a'), 3);
    assert.ok(three > 1.8 && three < 3.5, `${three}`);
  });

  it('follows a lasting change', () => {
    const normaliser = taught(chain('a'), 1000, noise);
    const random = createRandom(2);
    for (let i = 0; i < 1500; i++) normaliser.learn(chain('a'), Float64Array.of(20 + noise(random), NAN));
    assert.ok(Math.abs(spreads(normaliser, chain('a'), 20)) < 0.5);
    assert.ok(spreads(normaliser, chain('a'), 0) < -5);
  });

  it('leaves missing values missing, and does not count them', () => {
    const normaliser = taught(chain('a'), 100, noise);
    for (let i = 0; i < 500; i++) normaliser.learn(chain('a'), Float64Array.of(NAN, NAN));
    assert.equal(normaliser.known('a'), 100);
    assert.ok(Number.isNaN(normaliser.deviations(chain('a'), Float64Array.of(NAN, 0))[0]!));
  });

  it('never divides by a spread of nothing: below the least, differences are small', () => {
    const normaliser = taught(chain('a'), 500, () => 3);
    assert.ok(Math.abs(spreads(normaliser, chain('a'), 3)) < 1e-9);
    assert.ok(Math.abs(spreads(normaliser, chain('a'), 3.05)) < 1.1);
  });

  it('judges a new context by the wider one, and an old one by itself', () => {
    const normaliser = taught(chain('all', 'x'), 500, noise);
    assert.ok(spreads(normaliser, chain('all', 'y'), 6) > 3);
    const random = createRandom(3);
    let before = Number.POSITIVE_INFINITY;
    for (const count of [1, 5, 60]) {
      for (let i = 0; i < count; i++)
        normaliser.learn(chain('all', 'y'), Float64Array.of(6 + noise(random) * 0.5, NAN));
      const now = Math.abs(spreads(normaliser, chain('all', 'y'), 6));
      assert.ok(now <= before + 0.3, `${now} after ${before}`);
      before = now;
    }
    assert.ok(before < 0.5);
    assert.ok(spreads(normaliser, chain('all', 'x'), 6) > 4);
  });

  it('counts what is rare but usual in its context less than what never happens there', () => {
    const normaliser = new ContextNormaliser(SCALES);
    const random = createRandom(4);
    for (let i = 0; i < 2000; i++) {
      normaliser.learn(chain('all', 'flaky'), Float64Array.of(NAN, random() < 0.2 ? 1 : 0));
      normaliser.learn(chain('all', 'sound'), Float64Array.of(NAN, 0));
    }
    const one = (context: string): number => normaliser.deviations(chain('all', context), Float64Array.of(NAN, 1))[1]!;
    assert.ok(Math.sinh(one('flaky')) < 3);
    assert.ok(Math.sinh(one('sound')) > 5);
  });

  it('leans on the model for what hangs on the model, on the prompt for the rest', () => {
    const scales = [MEASURE, { ...MEASURE, by: 'prompt' }] as const;
    const normaliser = new ContextNormaliser(scales);
    const random = createRandom(6);
    const contexts = (model: string, prompt: string): Contexts => ({
      model: ['all', model, `${model} ${prompt}`],
      prompt: ['all', prompt, `${model} ${prompt}`],
    });
    const draw = (model: string, prompt: string): Float64Array => {
      const [speed, length] = [model === 'fast' ? 0 : 5, prompt === 'short' ? 0 : 5];
      return Float64Array.of(speed + noise(random) / 4, length + noise(random) / 4);
    };
    for (let i = 0; i < 400; i++)
      for (const [model, prompt] of [
        ['fast', 'short'],
        ['slow', 'long'],
      ] as const)
        normaliser.learn(contexts(model, prompt), draw(model, prompt));
    const fresh = contexts('fast', 'long');
    const usual = normaliser.deviations(fresh, Float64Array.of(0, 5));
    assert.ok(Math.abs(usual[0]!) < 1 && Math.abs(usual[1]!) < 1, `${usual}`);
    const odd = normaliser.deviations(fresh, Float64Array.of(5, 0));
    assert.ok(Math.abs(odd[0]!) > 1.5 && Math.abs(odd[1]!) > 1.5, `${odd}`);
  });

  it('does not learn from what it is asked', () => {
    const normaliser = taught(chain('a'), 50, noise);
    const first = spreads(normaliser, chain('a'), 5);
    for (let i = 0; i < 20; i++) spreads(normaliser, chain('a'), 5);
    assert.equal(spreads(normaliser, chain('a'), 5), first);
  });

  it('keeps no more contexts than allowed', () => {
    const normaliser = new ContextNormaliser(SCALES, 10);
    for (let i = 0; i < 100; i++) normaliser.learn(chain('all', `user-${i}`), Float64Array.of(1, 0));
    assert.equal(normaliser.contexts, 10);
    // The wide context is in use all the time and stays.
    assert.equal(normaliser.known('all'), 100);
  });

  it('goes on after restore(save()) as it would have', () => {
    const original = taught(chain('all', 'x'), 100, noise);
    const copy = new ContextNormaliser(SCALES);
    copy.restore(JSON.parse(JSON.stringify(original.save())) as Json);
    const random = createRandom(8);
    for (let i = 0; i < 100; i++) {
      const [levels, row] = [
        chain('all', i % 2 === 0 ? 'x' : 'z'),
        Float64Array.of(noise(random), i % 5 === 0 ? 1 : 0),
      ];
      assert.deepEqual(copy.deviations(levels, row), original.deviations(levels, row));
      copy.learn(levels, row);
      original.learn(levels, row);
    }
  });

  it('refuses a state that is not its own', () => {
    const good = taught(chain('a'), 5, noise).save() as Record<string, Json>;
    for (const state of [
      7,
      { ...good, version: 1 },
      { ...good, width: 3 },
      { ...good, contexts: [['a', 'AAAA']] },
      { ...good, contexts: [null] },
    ] as Json[])
      assert.throws(() => new ContextNormaliser(SCALES).restore(state), { code: 'STATE_MISMATCH' });
  });
});
