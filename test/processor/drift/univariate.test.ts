import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../../core/errors.js';
import type { Json } from '../../../core/json.js';
import { createRandom } from '../../../core/random.js';
import { ksChance, ksDistance } from '../../../processor/drift/kswin.js';
import { Adwin, Cusum, type DriftDetector, Kswin, PageHinkley, SeriesWatch } from '../../../processor/index.js';

const near = (actual: number, expected: number, tolerance = 1e-9): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

/** Where a detector speaks anew, and what it says. */
function changes(detector: DriftDetector, values: readonly number[]): string[] {
  const out: string[] = [];
  let before = 'quiet';
  for (const [i, x] of values.entries()) {
    const { state } = detector.update(x, i);
    if (state !== before && state !== 'quiet') out.push(`${i} ${state}`);
    before = state;
  }
  return out;
}

function normal(seed: number, count: number, mean = 0, deviation = 1): number[] {
  const random = createRandom(seed);
  return Array.from(
    { length: count },
    () => mean + deviation * Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6),
  );
}

const MAKERS: Readonly<Record<string, () => DriftDetector>> = {
  cusum: () => new Cusum({ warmUp: 100, threshold: 12 }),
  'page-hinkley': () => new PageHinkley({ delta: 0.3, threshold: 25 }),
  adwin: () => new Adwin(),
  kswin: () => new Kswin({ alpha: 1e-5, seed: 4 }),
  'series-watch': () => new SeriesWatch(),
};

for (const [name, make] of Object.entries(MAKERS)) {
  test(`${name}: a quiet series stays quiet`, () => {
    for (const seed of [1, 2, 3]) assert.deepEqual(changes(make(), normal(seed, 1500)), [], `seed ${seed}`);
  });

  for (const [direction, shift] of [
    ['up', 4],
    ['down', -4],
  ] as const) {
    test(`${name}: a shift is seen soon after it, on the right side`, () => {
      const values = [...normal(5, 500), ...normal(6, 100, shift)];
      const [first] = changes(make(), values);
      const [at, state] = (first ?? '-1 none').split(' ');
      assert.equal(state, direction);
      assert.ok(Number(at) >= 500 && Number(at) < 550, first);
    });
  }

  test(`${name}: the same values and a state taken up in the middle give the same verdicts`, () => {
    const values = [...normal(7, 300), ...normal(8, 300, 3), ...normal(9, 300, -2)];
    const [whole, first, second] = [make(), make(), make()];
    const expected = values.map((x, i) => whole.update(x, i));
    const got = values.slice(0, 310).map((x, i) => first.update(x, i));
    second.restore(JSON.parse(JSON.stringify(first.save())) as Json);
    got.push(...values.slice(310).map((x, i) => second.update(x, i + 310)));
    const states = (verdicts: typeof got): string[] => verdicts.map(({ state }) => state);
    assert.deepEqual(states(got), states(expected));
    for (const [i, { evidence }] of got.entries()) near(evidence, expected[i]!.evidence, 1e-9);
    assert.equal(JSON.stringify(second.save()), JSON.stringify(whole.save()));
  });

  test(`${name}: what is no number is left out, and a reset is a new start`, () => {
    const values = [...normal(5, 500), ...normal(6, 100, 4)];
    const odd = values.flatMap((x, i) => (i % 50 === 0 ? [Number.NaN, x, Number.POSITIVE_INFINITY] : [x]));
    const detector = make();
    const states = odd.map((x, i) => detector.update(x, i).state).filter((_, i) => Number.isFinite(odd[i]));
    const clean = make();
    assert.deepEqual(
      states,
      values.map((x, i) => clean.update(x, i).state),
    );
    detector.reset();
    assert.equal(JSON.stringify(detector.save()), JSON.stringify(make().save()));
  });

  test(`${name}: a state of something else is refused`, () => {
    for (const state of [null, {}, { kind: 'other', version: 1 }, { ...(make().save() as object), version: 9 }])
      assert.throws(
        () => make().restore(state as Json),
        (error: unknown) => MonitorError.is(error) && error.code === 'STATE_MISMATCH',
      );
  });
}

test('cusum: the concentrations of a chemical process, target 99, K 1, H 10', () => {
  // Montgomery & Runger, Applied Statistics and Probability for Engineers, example of a tabular CUSUM: it never passes H.
  const x = [
    102.0, 94.8, 98.3, 98.4, 102.0, 98.5, 99.0, 97.7, 100.0, 98.1, 101.3, 98.7, 101.1, 98.4, 97.0, 96.7, 100.3, 101.4,
    97.2, 101.0,
  ];
  const up = [2, 0, 0, 0, 2, 0.5, 0, 0, 0, 0, 1.3, 0, 1.1, 0, 0, 0, 0.3, 1.7, 0, 1];
  const down = [0, 3.2, 2.9, 2.5, 0, 0, 0, 0.3, 0, 0, 0, 0, 0, 0, 1, 2.3, 0, 0, 0.8, 0];
  const cusum = new Cusum({ mean: 99, deviation: 1, slack: 1, threshold: 10 });
  for (const [i, value] of x.entries()) {
    assert.equal(cusum.update(value).state, 'quiet');
    near(cusum.sums.up, up[i]!);
    near(cusum.sums.down, down[i]!);
  }
});

test('cusum: a change lasts until its sum is back at nothing, then it is over once', () => {
  const cusum = new Cusum({ mean: 0, deviation: 1, slack: 0.5, threshold: 4 });
  const states = [3, 3, 0, -9, 0].map(x => cusum.update(x).state);
  assert.deepEqual(states, ['quiet', 'up', 'up', 'down', 'down']);
  cusum.reset();
  assert.deepEqual(
    [3, 3, -5, 0, 0].map(x => cusum.update(x).state),
    ['quiet', 'up', 'down', 'down', 'down'],
  );
  cusum.reset();
  assert.deepEqual(
    [3, 3, -2, -2, -1, 0].map(x => cusum.update(x).state),
    ['quiet', 'up', 'up', 'recovered', 'quiet', 'quiet'],
  );
});

test('page-hinkley: by hand', () => {
  const test = new PageHinkley({ delta: 0.1, threshold: 2, minInstances: 3 });
  // Means 1, 1, 1, 1.75: 4 - 1.75 - 0.1 = 2.15.
  assert.deepEqual(
    [1, 1, 1].map(x => test.update(x).state),
    ['quiet', 'quiet', 'quiet'],
  );
  const { state, evidence } = test.update(4);
  assert.equal(state, 'up');
  near(evidence, 2.15 / 2);
});

/** A stream that is often used to show these detectors: 0 and 1, then 4 to 7. */
const STEP = Array.from({ length: 2000 }, (_, i) => (i < 1000 ? (i * 7919) % 2 : 4 + ((i * 104_729) % 4)));

for (const [name, make, latest] of [
  ['page-hinkley', () => new PageHinkley(), 1015],
  ['kswin', () => new Kswin({ alpha: 0.0001, seed: 42 }), 1025],
  ['adwin, at its next look', () => new Adwin(), 1023],
] as const) {
  test(`${name}: a step from 0..1 to 4..7`, () => {
    const [first] = changes(make(), STEP);
    const [at, state] = (first ?? '').split(' ');
    assert.equal(state, 'up');
    assert.ok(Number(at) >= 1000 && Number(at) <= latest, first);
  });
}

test('adwin: the window grows while nothing changes, in few buckets, and is cut to what is new', () => {
  const adwin = new Adwin();
  for (const x of normal(3, 20_000, 10, 2)) adwin.update(x);
  assert.equal(adwin.width, 20_000);
  assert.ok(adwin.buckets <= 5 * Math.ceil(Math.log2(20_000)), `${adwin.buckets}`);
  near(adwin.mean, 10, 0.1);
  near(adwin.variance, 4, 0.2);
  for (const x of normal(4, 1000, 14, 2)) adwin.update(x);
  assert.ok(adwin.width < 1200, `${adwin.width}`);
  near(adwin.mean, 14, 0.3);
});

test('adwin: the cut is that of the paper', () => {
  // 32 times 0 and 32 times 1: v = 0.25, 1/m = 1/16, ln(2/d') = ln(2 ln 64 / 0.002) = 8.332; the bound is 1.368 > 1.
  const bound = (n: number, delta: number): number => {
    const logs = Math.log((2 * Math.log(n)) / delta);
    return Math.sqrt((2 / (n / 4)) * 0.25 * logs) + (2 / (3 * (n / 4))) * logs;
  };
  const at = (n: number): { state: string; evidence: number } => {
    const adwin = new Adwin({ clock: n });
    let last = { state: 'none', evidence: 0 };
    for (let i = 0; i < n; i++) last = adwin.update(i < n / 2 ? 0 : 1);
    return last;
  };
  assert.ok(bound(32, 0.002) > 1 && bound(256, 0.002) < 1);
  assert.equal(at(32).state, 'quiet');
  near(at(32).evidence, 1 / bound(32, 0.002), 1e-9);
  assert.equal(at(256).state, 'up');
});

test('kswin: distance and chance of two samples', () => {
  assert.deepEqual(ksDistance([1, 2, 3, 4], [3, 4, 5, 6]), { distance: 0.5, up: true });
  assert.deepEqual(ksDistance([3, 4, 5, 6], [1, 2, 3, 4]), { distance: 0.5, up: false });
  assert.equal(ksDistance([1, 1, 2], [1, 1, 2]).distance, 0);
  assert.equal(ksDistance([], [1]).distance, 0);
  // Kolmogorov's limit: 1.3581 is passed in 5 % of cases, 1.6276 in 1 %.
  const root = Math.sqrt(5000);
  near(ksChance(1.3581 / root, 10_000, 10_000), 0.05, 1e-3);
  near(ksChance(1.6276 / root, 10_000, 10_000), 0.01, 1e-3);
  assert.equal(ksChance(0, 30, 30), 1);
});

test('kswin: a spread that doubles is a change though the mean stays', () => {
  const values = [...normal(5, 500), ...normal(6, 300, 0, 4)];
  assert.ok(changes(new Kswin({ alpha: 1e-4, windowSize: 400, statSize: 150, seed: 2 }), values).length > 0);
});

test('series-watch: a value farther away than any before stands out at once, and is over with it', () => {
  const watch = new SeriesWatch();
  for (const x of normal(2, 500, 20, 1)) watch.update(x, 0);
  assert.equal(watch.update(60, 0).state, 'up');
  assert.notEqual(watch.update(20, 0).state, 'up');
});

for (const [name, make] of [
  ['a threshold of 0', () => new Cusum({ threshold: 0 })],
  ['a deviation of 0', () => new Cusum({ mean: 0, deviation: 0 })],
  ['a negative delta', () => new PageHinkley({ delta: -1 })],
  ['a confidence of 1', () => new Adwin({ delta: 1 })],
  ['an alpha of 0', () => new Kswin({ alpha: 0 })],
  ['a sample of more than half the window', () => new Kswin({ windowSize: 50, statSize: 40 })],
  ['a memory of none', () => new SeriesWatch({ memory: Number.NaN })],
] as const) {
  test(`${name} is refused`, () => {
    assert.throws(make, (error: unknown) => MonitorError.is(error) && error.code === 'INVALID_ARGUMENT');
  });
}
