import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { Coverage } from '../../../processor/truth/coverage.js';
import { NO_SLICES, NO_VERDICT, SlidingWindow } from '../../../processor/truth/sliding-window.js';
import { Task } from '../../../processor/truth/task.js';
import type { WindowMeasure } from '../../../processor/truth/window-measure.js';
import { windowMeasures } from '../../../processor/truth/window-measures.js';

interface Drawn {
  readonly actual: number;
  readonly predicted: number;
  readonly score?: number;
  readonly weight?: number;
}

function measuresOf(classes: readonly string[], drawn: readonly Drawn[]): Map<string, WindowMeasure> {
  const kind = classes.length === 2 ? 'binary' : 'multiclass';
  const task = new Task('t', { kind, classes }, [], { guessed: false, coverage: new Coverage() });
  const window = new SlidingWindow({ kind: 'count', pairs: 1_000_000 });
  for (const [seq, one] of drawn.entries())
    window.enter({ seq, at: 0, model: 'm', slices: NO_SLICES, verdict: { ...NO_VERDICT, ...one } });
  const all = windowMeasures(task, window);
  return new Map(all.map(one => [[one.measure, one.average, one.class].filter(part => part !== '').join(' '), one]));
}

type Random = () => number;

function choose(random: Random, shares: readonly number[]): number {
  let rest = random();
  const at = shares.findIndex(share => {
    rest -= share;
    return rest < 0;
  });
  return at < 0 ? shares.length - 1 : at;
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Five classes of falling size, each answered by its row. */
const PRIOR = [0.4, 0.3, 0.15, 0.1, 0.05];
const ANSWERS = [
  [0.9, 0.04, 0.03, 0.02, 0.01],
  [0.05, 0.85, 0.05, 0.03, 0.02],
  [0.08, 0.07, 0.8, 0.03, 0.02],
  [0.1, 0.05, 0.05, 0.75, 0.05],
  [0.1, 0.1, 0.1, 0.1, 0.6],
];
function five(random: Random): Drawn {
  const actual = choose(random, PRIOR);
  return { actual, predicted: choose(random, ANSWERS[actual] as number[]) };
}

/** A yes in three of ten, scored by two normal distributions that overlap. */
function scored(random: Random): Drawn {
  const actual = random() < 0.3 ? 1 : 0;
  const score = 1 / (1 + Math.exp(-((actual === 1 ? 1.2 : -1.2) + 1.3 * normal(random))));
  return { actual, predicted: score > 0.5 ? 1 : 0, score };
}

/** How often the interval of each measure holds what a very large sample says, and how many draws had one. */
function coverage(
  classes: readonly string[],
  draw: (random: Random) => Drawn,
  { n, runs, seed }: { readonly n: number; readonly runs: number; readonly seed: number },
): Map<string, { readonly share: number; readonly runs: number }> {
  const random = createRandom(seed);
  const sample = (size: number): Drawn[] => Array.from({ length: size }, () => draw(random));
  const truth = measuresOf(classes, sample(60_000));
  const counts = new Map<string, { hits: number; runs: number }>();
  for (let run = 0; run < runs; run++) {
    for (const [name, { interval }] of measuresOf(classes, sample(n))) {
      if (interval === undefined) continue;
      const count = counts.get(name) ?? { hits: 0, runs: 0 };
      counts.set(name, count);
      const value = truth.get(name)?.value ?? Number.NaN;
      count.runs++;
      if (interval[0] <= value && value <= interval[1]) count.hits++;
    }
  }
  return new Map(Array.from(counts, ([name, { hits, runs: of }]) => [name, { share: hits / of, runs: of }]));
}

const RUNS = 300;

// 300 runs of a true 95 % are within 92 and 98 % nearly always; the intervals of small and skewed figures are given a little more.
test('intervals of five classes hold the truth about 95 times of 100', () => {
  const found = coverage(['a', 'b', 'c', 'd', 'e'], five, { n: 200, runs: RUNS, seed: 5 });
  const averages = ['macro', 'micro', 'weighted'].flatMap(average =>
    ['precision', 'recall', 'f1'].map(rate => `${rate} ${average}`),
  );
  for (const name of ['accuracy', 'balanced_accuracy', 'mcc', 'kappa', 'f1 class a', 'f1 class e', ...averages]) {
    const { share = 0, runs = 0 } = found.get(name) ?? {};
    assert.equal(runs, RUNS, `${name} always has an interval`);
    assert.ok(share > 0.915 && share < 0.99, `${name}: ${share}`);
  }
});

test('intervals of scores hold the truth about 95 times of 100', () => {
  const found = coverage(['no', 'yes'], scored, { n: 150, runs: RUNS, seed: 6 });
  for (const name of ['auc', 'average_precision', 'log_loss', 'brier']) {
    const { share = 0, runs = 0 } = found.get(name) ?? {};
    assert.equal(runs, RUNS, `${name} always has an interval`);
    assert.ok(share > 0.915 && share < 0.99, `${name}: ${share}`);
  }
  assert.equal(found.has('ece'), false, 'the calibration error has none');
});

for (const [why, right] of [
  ['nothing but right answers', true],
  ['nothing but wrong answers', false],
] as const) {
  test(`an interval has some width after ${why}`, () => {
    const drawn = Array.from({ length: 30 }, (_, i) => ({ actual: i % 3, predicted: right ? i % 3 : (i + 1) % 3 }));
    const found = measuresOf(['a', 'b', 'c'], drawn);
    for (const name of ['accuracy', 'balanced_accuracy', 'f1 macro', 'precision macro', 'f1 weighted', 'f1 class a']) {
      const [low, high] = found.get(name)?.interval ?? [0, 0];
      const value = found.get(name)?.value ?? -1;
      assert.ok(Math.abs(value - Number(right)) < 1e-9, name);
      assert.ok(high - low > 0.05 && high - low < 0.5, `${name}: ${low} to ${high}`);
    }
  });
}

test('with equal weights every figure and interval is that without weights', () => {
  const random = createRandom(7);
  const drawn = Array.from({ length: 200 }, () => scored(random));
  const plain = measuresOf(['no', 'yes'], drawn);
  const weighed = measuresOf(
    ['no', 'yes'],
    drawn.map(one => ({ ...one, weight: 4 })),
  );
  assert.deepEqual([...weighed.keys()], [...plain.keys()]);
  for (const [name, { value, interval }] of plain) {
    const other = weighed.get(name);
    assert.ok(Math.abs(value - (other?.value ?? Number.NaN)) < 1e-12, name);
    for (const [i, end] of interval?.entries() ?? [])
      assert.ok(Math.abs(end - (other?.interval?.[i] ?? Number.NaN)) < 1e-12, `${name} ${i}`);
  }
});

test('a pair of weight 3 counts as three pairs', () => {
  const random = createRandom(8);
  const drawn = Array.from({ length: 60 }, (_, i) => ({ ...scored(random), weight: (i % 3) + 1 }));
  const copied = drawn.flatMap(({ weight, ...one }) => Array.from({ length: weight }, () => one));
  const weighed = measuresOf(['no', 'yes'], drawn);
  for (const [name, { value }] of measuresOf(['no', 'yes'], copied))
    assert.ok(Math.abs(value - (weighed.get(name)?.value ?? Number.NaN)) < 1e-9, name);
});

/** The model flags 6 of 100 rightly or wrongly; every flag gets a label, and one in twenty of the rest. */
const RATES = [0.05, 1];
function flags(random: Random): Drawn {
  const actual = random() < 0.06 ? 1 : 0;
  return { actual, predicted: random() < (actual === 1 ? 0.8 : 0.02) ? 1 : 0 };
}

test('labels of a sample are biased, their weights undo it, and the intervals hold the truth', () => {
  const random = createRandom(9);
  const runs = 200;
  const names = ['accuracy', 'precision class yes', 'recall class yes', 'f1 class yes', 'f1 macro'];
  const truth = measuresOf(
    ['no', 'yes'],
    Array.from({ length: 200_000 }, () => flags(random)),
  );
  const sums = new Map(names.map(name => [name, { plain: 0, weighed: 0, hits: 0 }]));
  for (let run = 0; run < runs; run++) {
    const labelled = Array.from({ length: 4000 }, () => flags(random)).filter(
      ({ predicted }) => random() < (RATES[predicted] as number),
    );
    const plain = measuresOf(['no', 'yes'], labelled);
    const weighed = measuresOf(
      ['no', 'yes'],
      labelled.map(one => ({ ...one, weight: 1 / (RATES[one.predicted] as number) })),
    );
    for (const [name, sum] of sums) {
      const value = truth.get(name)?.value ?? Number.NaN;
      const { value: found = Number.NaN, interval } = weighed.get(name) ?? {};
      sum.plain += (plain.get(name)?.value ?? Number.NaN) / runs;
      sum.weighed += found / runs;
      if (interval !== undefined && interval[0] <= value && value <= interval[1]) sum.hits++;
    }
  }
  for (const [name, { plain, weighed, hits }] of sums) {
    const value = truth.get(name)?.value ?? Number.NaN;
    assert.ok(Math.abs(weighed - value) < 0.02, `${name}: ${weighed} is not ${value}`);
    // Some 8 missed ones are seen a run: fewer than the intervals of recall and F1 would like. Kish's bound makes others wide.
    assert.ok(hits / runs > 0.9, `${name}: ${hits / runs}`);
    if (name.startsWith('accuracy') || name.startsWith('recall') || name.startsWith('f1 class'))
      assert.ok(Math.abs(plain - value) > 0.05, `${name}: ${plain} is ${value} without weights`);
  }
});
