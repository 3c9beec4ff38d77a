// Cost of the detectors, as ratios to a plain implementation in the same run: `node dist/test/bench/detectors.js`.
import { createRequire } from 'node:module';
import { createRandom, type Random } from '../../core/random.js';
import { Calibrator } from '../../processor/detectors/calibrate.js';
import { ContextNormaliser } from '../../processor/detectors/context-normaliser.js';
import { IsolationForest, IsolationForestDetector } from '../../processor/detectors/isolation-forest.js';
import { averagePathLength } from '../../processor/detectors/isolation-tree.js';
import { FEATURE_SCALES } from '../../processor/features.js';

const WIDTH = 16;
const ROWS = 2048;
const TREES = 100;
const PSI = 256;
const ROUNDS = 31;

/** The same forest as objects that point to objects, as most would write it first. */
type PlainTree =
  | { readonly length: number }
  | { readonly f: number; readonly at: number; readonly less: PlainTree; readonly more: PlainTree };

function plainTree(rows: readonly Float64Array[], depth: number, limit: number, random: Random): PlainTree {
  const open = rows.length > 1 && depth < limit;
  const usable = open
    ? Array.from({ length: WIDTH }, (_, f) => f).filter(f => rows.some(row => row[f] !== rows[0]![f]))
    : [];
  const f = usable[Math.floor(random() * usable.length)];
  if (f === undefined) return { length: depth + averagePathLength(rows.length) };
  const values = rows.map(row => row[f]!);
  const low = Math.min(...values);
  const at = low + random() * (Math.max(...values) - low);
  const grow = (part: readonly Float64Array[]): PlainTree => plainTree(part, depth + 1, limit, random);
  return { f, at, less: grow(rows.filter(row => row[f]! < at)), more: grow(rows.filter(row => row[f]! >= at)) };
}

function plainForest(rows: readonly Float64Array[], random: Random): PlainTree[] {
  return Array.from({ length: TREES }, () => {
    const left = [...rows];
    const sample = Array.from({ length: PSI }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
    return plainTree(sample, 0, Math.ceil(Math.log2(PSI)), random);
  });
}

function plainScore(trees: readonly PlainTree[], row: Float64Array): number {
  let sum = 0;
  for (let tree of trees) {
    while ('f' in tree) tree = row[tree.f]! < tree.at ? tree.less : tree.more;
    sum += tree.length;
  }
  return 2 ** (-sum / trees.length / averagePathLength(PSI));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** Microseconds an item, medians of interleaved rounds. */
function compare(
  contestants: Readonly<Record<string, () => void>>,
  items: number,
  rounds = ROUNDS,
): Record<string, number> {
  const times = new Map(Object.keys(contestants).map(name => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const begin = performance.now();
      run();
      times.get(name)!.push(((performance.now() - begin) * 1000) / items);
    }
  }
  return Object.fromEntries([...times].map(([name, list]) => [name, median(list.slice(3))]));
}

function print(title: string, figures: Readonly<Record<string, number>>, unit: string): void {
  console.log(
    `${title}: ${Object.entries(figures)
      .map(([name, value]) => `${name} ${value.toFixed(2)}`)
      .join(', ')} ${unit}`,
  );
}

const gauss = (random: Random): number => {
  let sum = -3;
  for (let i = 0; i < 6; i++) sum += random();
  return sum;
};

interface Forest {
  predict(rows: readonly unknown[]): readonly number[];
}

/** The forests on npm, each with 100 trees of its own making: fitted, and asked for many rows at once, as they want it. */
function npmForests(rows: readonly Float64Array[]): Record<string, () => void> {
  const require = createRequire(import.meta.url);
  const { IsolationForest: Objects } = require('isolation-forest') as {
    readonly IsolationForest: new () => Forest & { fit(rows: readonly unknown[]): void };
  };
  const { IsolationForest: Arrays } = require('ml-isolation-forest') as {
    readonly IsolationForest: new (o: { nEstimators: number }) => Forest & { train(rows: readonly unknown[]): void };
  };
  const asObjects = rows.map(row => Object.fromEntries([...row].map((x, f) => [`f${f}`, x])));
  const asArrays = rows.map(row => [...row]);
  const objects = new Objects();
  objects.fit(asObjects);
  const arrays = new Arrays({ nEstimators: TREES });
  arrays.train(asArrays);
  return {
    'isolation-forest': () => void objects.predict(asObjects),
    'ml-isolation-forest': () => void arrays.predict(asArrays),
  };
}

let sink = 0;
for (const [law, draw] of [
  ['normal', gauss],
  ['uniform (full-depth paths)', (random: Random) => random()],
] as const) {
  const random = createRandom(7);
  const rows = Array.from({ length: ROWS }, () => Float64Array.from({ length: WIDTH }, () => draw(random)));
  const fit = (): IsolationForest =>
    IsolationForest.fit(rows, { trees: TREES, sampleSize: PSI, random, beyond: { share: 0.5, leastRange: 1 } });
  const forest = fit();
  const plain = plainForest(rows, random);
  const scores = compare(
    {
      packed: () => {
        for (const row of rows) sink += forest.score(row);
      },
      objects: () => {
        for (const row of rows) sink += plainScore(plain, row);
      },
      'packed, explained': () => {
        for (const row of rows) sink += forest.explain(row)[0]!;
      },
    },
    ROWS,
  );
  print(`score of a row, ${TREES} trees, ${WIDTH} features, ${law}`, scores, 'us');
  console.log(`  packed / objects: ${(scores['packed']! / scores['objects']!).toFixed(2)}`);
  const others = compare(
    {
      packed: () => {
        for (const row of rows) sink += forest.score(row);
      },
      ...npmForests(rows),
    },
    ROWS,
    9,
  );
  print('  beside the packages on npm', others, 'us');
  for (const name of ['isolation-forest', 'ml-isolation-forest'])
    console.log(`  packed / ${name}: ${(others['packed']! / others[name]!).toFixed(3)}`);
  const fits = compare({ packed: () => void fit(), objects: () => void plainForest(rows, random) }, 1000);
  print(`  fit to ${ROWS} rows`, fits, 'ms');
}

const random = createRandom(3);
const detector = new IsolationForestDetector({ width: WIDTH });
const rows = Array.from({ length: ROWS }, () => Float64Array.from({ length: WIDTH }, () => gauss(random)));
for (const row of rows) detector.learnOne(row);
const longest: number[] = [];
const total: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const slices = detector.refit();
  let most = 0;
  const start = performance.now();
  for (let done = false; !done; ) {
    const begin = performance.now();
    done = slices.next().done === true;
    most = Math.max(most, performance.now() - begin);
  }
  longest.push(most);
  total.push(performance.now() - start);
}
print(
  'refit in slices',
  {
    'whole, median': median(total),
    'longest slice, median': median(longest),
    'longest slice of all': Math.max(...longest),
  },
  'ms',
);

const calibrator = new Calibrator();
const normaliser = new ContextNormaliser(FEATURE_SCALES);
const features = Array.from({ length: ROWS }, () => Float64Array.from(FEATURE_SCALES, () => gauss(random)));
const contexts = Array.from({ length: 12 }, (_, i) => {
  const both = `chat model-${i % 3} template-${i}`;
  return { model: ['chat', `chat model-${i % 3}`, both], prompt: ['chat', `chat template-${i}`, both] };
});
const rest = compare(
  {
    'tail and learn': () => {
      for (let i = 0; i < ROWS; i++) {
        const score = random();
        sink += calibrator.tail(contexts[i % 12]!.model[1]!, score) ?? 0;
        calibrator.learn(contexts[i % 12]!.model[1]!, score);
      }
    },
    'deviations and learn': () => {
      for (let i = 0; i < ROWS; i++) {
        sink += normaliser.deviations(contexts[i % 12]!, features[i]!)[0]!;
        normaliser.learn(contexts[i % 12]!, features[i]!);
      }
    },
    'reservoir learn': () => {
      for (const row of rows) detector.learnOne(row);
    },
  },
  ROWS,
);
print('beside the forest, a call', rest, 'us');
// Printed, so that no loop is dropped as useless.
console.log(`checksum ${sink}`);
