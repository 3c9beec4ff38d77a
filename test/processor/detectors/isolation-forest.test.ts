import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../core/json.js';
import { createRandom } from '../../../core/random.js';
import { IsolationForestDetector, type IsolationForestOptions } from '../../../processor/detectors/isolation-forest.js';

const WIDTH = 4;

function samples(count: number, seed: number): Float64Array[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: WIDTH }, () => (random() < 0.1 ? Number.NaN : random() + random() - 1)),
  );
}

function settle(detector: IsolationForestDetector): number {
  let slices = 0;
  for (const _ of detector.refit()) slices += 1;
  return slices;
}

function trained(count = 500, options: Partial<IsolationForestOptions> = {}): IsolationForestDetector {
  const detector = new IsolationForestDetector({ width: WIDTH, ...options });
  for (const row of samples(count, 1)) detector.learnOne(row);
  settle(detector);
  return detector;
}

describe('IsolationForestDetector', () => {
  it('is ready after its minimum and a fit, not before', () => {
    const detector = new IsolationForestDetector({ width: WIDTH, minimum: 50 });
    assert.equal(detector.ready, false);
    assert.throws(() => detector.scoreOne(new Float64Array(WIDTH)), { code: 'UNAVAILABLE' });
    for (const [i, row] of samples(50, 1).entries()) {
      assert.equal(detector.stale, false, `after ${i}`);
      detector.learnOne(row);
    }
    assert.equal(detector.stale, true);
    assert.equal(detector.ready, false);
    settle(detector);
    assert.equal(detector.ready, true);
    assert.equal(detector.stale, false);
    assert.equal(detector.learnt, 50);
  });

  it('wants a fit at each doubling, then every refitEvery samples', () => {
    const detector = new IsolationForestDetector({ width: WIDTH, minimum: 10, refitEvery: 30, trees: 2 });
    const fits: number[] = [];
    for (const row of samples(130, 1)) {
      detector.learnOne(row);
      if (!detector.stale) continue;
      fits.push(detector.learnt);
      settle(detector);
    }
    assert.deepEqual(fits, [10, 20, 40, 70, 100, 130]);
  });

  it('fits in slices, and the old forest scores until the last', () => {
    const detector = trained();
    const row = samples(1, 9)[0]!;
    const before = detector.scoreOne(row).value;
    for (const more of samples(300, 2)) detector.learnOne(more);
    const slices = detector.refit();
    let count = 0;
    let during = before;
    while (slices.next().done !== true) {
      during = detector.scoreOne(row).value;
      assert.equal(during, before);
      count += 1;
    }
    assert.ok(count >= 10, `${count} slices`);
    assert.notEqual(detector.scoreOne(row).value, before);
  });

  it('scores the same whether samples come between the slices of a fit or after it', () => {
    const rows = samples(400, 3);
    const run = (between: boolean): number => {
      const detector = new IsolationForestDetector({ width: WIDTH });
      for (const row of rows.slice(0, 300)) detector.learnOne(row);
      const slices = detector.refit();
      const rest = rows.slice(300);
      while (slices.next().done !== true) if (between && rest.length > 0) detector.learnOne(rest.shift()!);
      for (const row of rest) detector.learnOne(row);
      settle(detector);
      return detector.scoreOne(rows[0]!).value;
    };
    assert.equal(run(true), run(false));
  });

  it('does not learn from what it scores', () => {
    const detector = trained();
    const state = JSON.stringify(detector.save());
    detector.scoreOne(samples(1, 5)[0]!);
    assert.equal(JSON.stringify(detector.save()), state);
  });

  it('gives shares that add up to 1 and name the feature that is off', () => {
    const detector = trained(1000);
    for (let f = 0; f < WIDTH; f++) {
      const row = new Float64Array(WIDTH).fill(0.05);
      row[f] = -6;
      const { contributions } = detector.scoreOne(row);
      assert.ok(Math.abs(contributions.reduce((a, b) => a + b, 0) - 1) < 1e-9);
      assert.ok(contributions.every(share => share >= 0));
      assert.equal(contributions.indexOf(Math.max(...contributions)), f);
    }
  });

  it('depends on its seed and on nothing else', () => {
    const row = samples(1, 7)[0]!;
    const score = (seed: number): number => trained(500, { seed }).scoreOne(row).value;
    assert.equal(score(1), score(1));
    assert.notEqual(score(1), score(2));
  });

  it('scores and learns after restore(save()) as it would have', () => {
    const original = trained(3000, { capacity: 256, window: 512 });
    const state = JSON.parse(JSON.stringify(original.save())) as Json;
    const copy = new IsolationForestDetector({ width: WIDTH, capacity: 256, window: 512 });
    copy.restore(state);
    const check = (): void => {
      for (const row of samples(50, 8)) {
        assert.equal(copy.scoreOne(row).value, original.scoreOne(row).value);
        assert.deepEqual(copy.scoreOne(row).contributions, original.scoreOne(row).contributions);
      }
    };
    check();
    for (const detector of [original, copy]) {
      for (const row of samples(700, 4)) detector.learnOne(row);
      settle(detector);
    }
    check();
    assert.equal(copy.learnt, original.learnt);
  });

  it('restores one that was never fitted', () => {
    const copy = new IsolationForestDetector({ width: WIDTH });
    copy.restore(JSON.parse(JSON.stringify(new IsolationForestDetector({ width: WIDTH }).save())) as Json);
    assert.equal(copy.ready, false);
  });

  const good = trained(300, { trees: 2 }).save() as Record<string, Json>;
  const forest = good['forest'] as Record<string, Json>;
  const words = Buffer.from(forest['words'] as string, 'base64');
  const looped = Buffer.from(words);
  // The root's children become the root itself: a walk would never end.
  looped.writeInt32LE(0, 4);
  for (const [what, state] of [
    ['no object', null],
    ['another kind', { ...good, kind: 'half_space_trees' }],
    ['another version', { ...good, version: 99 }],
    ['another width', { ...good, width: WIDTH + 1 }],
    ['no reservoir', { ...good, reservoir: null }],
    ['a reservoir of another capacity', { ...good, reservoir: { ...(good['reservoir'] as object), capacity: 7 } }],
    ['rows cut short', { ...good, reservoir: { ...(good['reservoir'] as object), rows: 'AAAA' } }],
    ['a forest without roots', { ...good, forest: { ...forest, roots: [] } }],
    ['a root out of range', { ...good, forest: { ...forest, roots: [1_000_000] } }],
    ['lengths of another count', { ...good, forest: { ...forest, lengths: 'AAAAAAAA' } }],
    ['a circle of nodes', { ...good, forest: { ...forest, words: looped.toString('base64') } }],
  ] as const) {
    it(`refuses a state with ${what}, and stays as it was`, () => {
      const detector = trained();
      const row = samples(1, 5)[0]!;
      const before = detector.scoreOne(row).value;
      assert.throws(() => detector.restore(state as Json), { code: 'STATE_MISMATCH' });
      assert.equal(detector.scoreOne(row).value, before);
    });
  }

  it('refuses samples of another width', () => {
    const detector = trained();
    assert.throws(() => detector.learnOne(new Float64Array(3)), { code: 'INVALID_ARGUMENT' });
    assert.throws(() => detector.scoreOne(new Float64Array(5)), { code: 'INVALID_ARGUMENT' });
  });
});
