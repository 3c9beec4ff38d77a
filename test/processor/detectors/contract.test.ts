import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../core/json.js';
import { createRandom } from '../../../core/random.js';
import type { Detector } from '../../../processor/detectors/detector.js';
import { createDetectors, DETECTOR_NAMES } from '../../../processor/detectors/registry.js';

const WIDTH = 5;

/** Usual deviations: asinh of about a standard normal, one in ten missing. */
function samples(count: number, seed: number): Float64Array[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: WIDTH }, (_, f) => {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += random();
      return f === 4 && random() < 0.1 ? Number.NaN : Math.asinh(sum);
    }),
  );
}

function create(name: string, seed = 1): Detector {
  return createDetectors(name, { width: WIDTH, seed })[0] as Detector;
}

function teach(detector: Detector, rows: readonly Float64Array[]): void {
  for (const row of rows) {
    detector.learnOne(row);
    if (detector.stale !== true || detector.refit === undefined) continue;
    const slices = detector.refit();
    while (slices.next().done !== true);
  }
}

for (const name of DETECTOR_NAMES) {
  describe(name, () => {
    const taught = create(name);
    teach(taught, samples(1500, 1));
    const usual = samples(300, 2);
    const odd = Float64Array.of(0.1, -0.2, Math.asinh(12), 0.3, 0);

    it('is ready after 1500 samples, and not at once', () => {
      assert.equal(create(name).ready, false);
      assert.equal(taught.ready, true);
      assert.equal(taught.learnt, 1500);
    });

    // Trees that halve boxes hardly see a single column: they must only rank it above most.
    it('ranks a value far out above nearly all usual samples, and names its column', () => {
      const score = taught.scoreOne(odd);
      const above = usual.filter(row => taught.scoreOne(row).value >= score.value).length;
      assert.ok(above <= (name === 'half_space_trees' ? 90 : 6), `${above} of 300`);
      const { contributions } = score;
      assert.equal(contributions.indexOf(Math.max(...contributions)), 2);
    });

    it('gives shares of at least 0 that add up to 1, or to 0 where it says nothing', () => {
      for (const row of [odd, ...usual]) {
        const { value, contributions } = taught.scoreOne(row);
        assert.ok(Number.isFinite(value));
        const sum = contributions.reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - 1) < 1e-9 || sum === 0, `${sum}`);
        assert.ok(contributions.every(share => share >= 0));
      }
    });

    it('is not changed by what it is asked', () => {
      const row = usual[0] as Float64Array;
      const before = taught.scoreOne(row).value;
      for (const other of usual) taught.scoreOne(other);
      assert.equal(taught.scoreOne(row).value, before);
    });

    it('has the same bytes after the same seed and samples', () => {
      const [first, second] = [create(name, 7), create(name, 7)];
      for (const detector of [first, second]) teach(detector, samples(700, 3));
      assert.equal(JSON.stringify(first.save()), JSON.stringify(second.save()));
    });

    it('goes on after restore(save()) as it would have, over the next refit', () => {
      const original = create(name, 5);
      teach(original, samples(900, 4));
      const copy = create(name, 5);
      copy.restore(JSON.parse(JSON.stringify(original.save())) as Json);
      for (const row of samples(1500, 6)) {
        assert.equal(copy.scoreOne(row).value, original.scoreOne(row).value);
        for (const detector of [copy, original]) teach(detector, [row]);
      }
      assert.equal(JSON.stringify(copy.save()), JSON.stringify(original.save()));
    });

    it('refuses samples and states of another width', () => {
      const narrow = new Float64Array(WIDTH - 1);
      assert.throws(() => taught.scoreOne(narrow), { code: 'INVALID_ARGUMENT' });
      assert.throws(() => taught.learnOne(narrow), { code: 'INVALID_ARGUMENT' });
      const wide = createDetectors(name, { width: WIDTH + 1, seed: 1 })[0] as Detector;
      assert.throws(() => wide.restore(taught.save()), { code: 'STATE_MISMATCH' });
      for (const state of [null, 7, {}, { ...(taught.save() as object), version: 99 }] as Json[])
        assert.throws(() => create(name).restore(state), { code: 'STATE_MISMATCH' });
    });

    it('refits in slices that leave the event loop room', () => {
      const detector = create(name);
      if (detector.refit === undefined) return;
      for (const row of samples(2500, 8)) detector.learnOne(row);
      const slices = detector.refit();
      let count = 0;
      while (slices.next().done !== true) count++;
      assert.ok(count >= 20, `${count} slices`);
    });
  });
}
