/**
 * Fits every detector to whole sets of rows, unlabelled, and says how well its scores of the same rows agree with their labels.
 *
 *     node dist/test/outliers.js CSV_DIR
 *
 * Each NAME.csv has a column a feature and a last one `label` (1 = outlier). Prints one JSON object: a set, a detector, the ROC AUC
 * and the average precision, means of five seeds (which also say in what order the rows come).
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../core/random.js';
import { createDetectors, DETECTOR_NAMES } from '../processor/detectors/registry.js';

interface LabelledRows {
  readonly rows: readonly Float64Array[];
  readonly outlier: readonly boolean[];
}

const SEEDS = [1, 2, 3, 4, 5];

function read(path: string): LabelledRows {
  const lines = readFileSync(path, 'utf8').trim().split('\n').slice(1);
  const numbers = lines.map(line => line.split(',').map(Number));
  return { rows: standardised(numbers.map(row => row.slice(0, -1))), outlier: numbers.map(row => row.at(-1) === 1) };
}

/** As live calls come: distances from the usual (the median), in spreads. */
function standardised(rows: readonly (readonly number[])[]): Float64Array[] {
  const out = rows.map(row => new Float64Array(row.length));
  for (let f = 0; f < (rows[0]?.length ?? 0); f++) {
    const column = rows.map(row => row[f] as number);
    const middle = [...column].sort((a, b) => a - b)[column.length >> 1] as number;
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    const spread = Math.sqrt(column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / column.length) || 1;
    column.forEach((x, i) => {
      (out[i] as Float64Array)[f] = (x - middle) / spread;
    });
  }
  return out;
}

/** ROC AUC and average precision, ties shared. */
export function measure(
  scores: readonly number[],
  outlier: readonly boolean[],
): { readonly auc: number; readonly ap: number } {
  const order = scores.map((_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const all = outlier.filter(Boolean).length;
  let hits = 0;
  let misses = 0;
  let area = 0;
  let ap = 0;
  for (let at = 0; at < order.length; ) {
    let found = 0;
    let end = at;
    for (; end < order.length && scores[order[end] as number] === scores[order[at] as number]; end++)
      if (outlier[order[end] as number]) found++;
    const missed = end - at - found;
    area += missed * (hits + found / 2);
    hits += found;
    misses += missed;
    ap += (found / all) * (hits / (hits + misses));
    at = end;
  }
  return { auc: area / (all * misses), ap };
}

function judge(name: string, { rows, outlier }: LabelledRows, seed: number): { auc: number; ap: number } {
  const width = rows[0]?.length ?? 0;
  const [detector] = createDetectors(name, { width, seed });
  if (detector === undefined) throw new Error(`no detector ${name}`);
  const random = createRandom(seed);
  const order = rows.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  // Twice: what is ranked among earlier scores needs the scores of what was fitted.
  for (let pass = 0; pass < 2; pass++) {
    for (const i of order) detector.learnOne(rows[i] as Float64Array);
    if (pass === 0 && detector.refit !== undefined) {
      const slices = detector.refit();
      while (slices.next().done !== true);
    }
  }
  return measure(
    rows.map(row => detector.scoreOne(row).value),
    outlier,
  );
}

const folder = process.argv[2];
if (folder === undefined || !existsSync(folder)) {
  console.error('usage: node dist/test/outliers.js CSV_DIR (CSV_DIR holds NAME.csv)');
  process.exitCode = 2;
} else {
  const round = (values: readonly number[]): number =>
    Math.round((values.reduce((a, b) => a + b, 0) / values.length) * 10_000) / 10_000;
  const result: Record<string, Record<string, { roc_auc: number; avg_precision: number }>> = {};
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.csv')) continue;
    const set = read(join(folder, file));
    const figures: Record<string, { roc_auc: number; avg_precision: number }> = {};
    for (const name of DETECTOR_NAMES) {
      const runs = SEEDS.map(seed => judge(name, set, seed));
      figures[name] = { roc_auc: round(runs.map(run => run.auc)), avg_precision: round(runs.map(run => run.ap)) };
    }
    result[file.slice(0, -'.csv'.length)] = figures;
    console.error(file);
  }
  console.log(JSON.stringify(result));
}
