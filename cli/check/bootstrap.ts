import { createRandom } from '../../core/random.js';
import type { Interval } from '../../processor/truth/interval.js';

export const DRAWS = 2000;
/** With fewer rows the spread of the draws says too little of the spread of the measure. */
export const MIN_ROWS = 20;
/** Rows a draw takes at most: cost stays bounded, and the interval is scaled to all rows. */
export const MAX_DRAWN = 10_000;
/** Draws on which the measure may be undefined. */
const MAX_UNDEFINED = 0.05;
const SEED = 20_260_101;

export type Resampled =
  | { readonly interval: Interval }
  /** `few`: too few rows, or too many draws without a value; `same`: every draw gave the same value. */
  | { readonly interval?: undefined; readonly why: 'few' | 'same' };

/**
 * 95 % interval by resampling rows with replacement: the 2.5th and 97.5th percentile of 2,000 seeded draws. Beyond 10,000 rows
 * each draw takes 10,000 of them, and the distance from the value shrinks by the root of their share.
 * @param rows in the order that `measure` wants; a draw keeps it
 * @param value of the measure on all rows
 * @see Efron and Tibshirani 1993, chapter 13; Bickel, Götze, van Zwet 1997 for draws smaller than the sample
 */
export function bootstrap(
  rows: Int32Array,
  value: number,
  measure: (rows: Int32Array) => number | undefined,
): Resampled {
  const n = rows.length;
  if (n < MIN_ROWS) return { why: 'few' };
  const random = createRandom(SEED);
  const draw = drawer(rows, Math.min(n, MAX_DRAWN), () => Math.floor(random() * n));
  const values: number[] = [];
  for (let i = 0; i < DRAWS; i++) {
    const found = measure(draw());
    if (found !== undefined && !Number.isNaN(found)) values.push(found);
  }
  if (values.length < DRAWS * (1 - MAX_UNDEFINED)) return { why: 'few' };
  const sorted = Float64Array.from(values).sort();
  const low = sorted[Math.floor(0.025 * sorted.length)] as number;
  const high = sorted[Math.ceil(0.975 * sorted.length) - 1] as number;
  if (low === high) return { why: 'same' };
  const scale = Math.sqrt(Math.min(n, MAX_DRAWN) / n);
  return { interval: [value + (low - value) * scale, value + (high - value) * scale] };
}

/** How many times more rows than are drawn make sorting the drawn ones cheaper than walking all. */
const SPARSE = 8;

/** Draws `size` of the rows with replacement, in their order, into the same array each time. */
function drawer(rows: Int32Array, size: number, position: () => number): () => Int32Array {
  const drawn = new Int32Array(size);
  if (rows.length > size * SPARSE) {
    return () => {
      for (let i = 0; i < size; i++) drawn[i] = position();
      drawn.sort();
      for (let i = 0; i < size; i++) drawn[i] = rows[drawn[i] as number] as number;
      return drawn;
    };
  }
  const times = new Uint16Array(rows.length);
  return () => {
    times.fill(0);
    for (let i = 0; i < size; i++) times[position()]!++;
    let at = 0;
    for (let i = 0; i < times.length; i++) for (let k = times[i] as number; k > 0; k--) drawn[at++] = rows[i] as number;
    return drawn;
  };
}
