/** Lower and upper end. */
export type Interval = readonly [low: number, high: number];

/** Quantile of the normal distribution that leaves 2.5 % on each side. */
const Z95 = 1.959963984540054;
/** With fewer cases the spread that is seen says too little of the spread there is. */
const MIN_SPREAD = 20;

/**
 * Wilson interval for a proportion.
 * @param hits successes, 0 <= hits <= n
 * @param n trials; n = 0 gives undefined, not [0, 1]
 * @param z 95 % unless it says otherwise
 * @returns in 0..1
 * @see Wilson 1927, JASA 22(158):209-212
 */
export function wilson(hits: number, n: number, z = Z95): Interval | undefined {
  if (n <= 0) return undefined;
  const p = hits / n;
  const scale = 1 + (z * z) / n;
  const center = (p + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, center - half), Math.min(1, center + half)];
}

/**
 * Interval for F1. F1 = 2J / (1 + J) rises with J = tp / (tp + fp + fn), a proportion: Wilson's interval of J is mapped.
 * Undefined where F1 is: neither a prediction of the class nor a true one.
 */
export function f1Interval(tp: number, fp: number, fn: number): Interval | undefined {
  return f1OfJaccard(wilson(tp, tp + fp + fn));
}

/** The interval of J as one of F1. */
export function f1OfJaccard(jaccard: Interval | undefined): Interval | undefined {
  return jaccard === undefined ? undefined : [fromJaccard(jaccard[0]), fromJaccard(jaccard[1])];
}

function fromJaccard(share: number): number {
  return (2 * share) / (1 + share);
}

/** What rounding leaves of 0. */
const TINY = 1e-15;

/** A figure that was estimated, and how much it would vary. */
export interface Estimate {
  readonly value: number;
  readonly variance: number;
  /** Cases it is of, by weight: the effective number of Kish, (sum of w)^2 / sum of w^2. */
  readonly cases: number;
  /** Cases it is of if nothing varied: the sum of w over the largest w. What was not seen may weigh that much. */
  readonly certain: number;
}

/**
 * Wilson's interval for a figure in 0..1 that is no plain proportion: with as many cases as would give a proportion of this value
 * this variance, at most `cases`.
 * @see Korn and Graubard 1998, Survey Methodology 24(2):193-201, for the effective number; Kish 1965 for its bound
 */
export function shareInterval({ value, variance, cases, certain }: Estimate): Interval | undefined {
  const most = value * (1 - value);
  const n = variance > TINY && most > TINY ? Math.min(cases, most / variance) : certain;
  return wilson(value * n, n);
}

/** Interval for a correlation, -1..1, in Fisher's z; undefined at its ends, where the variance says nothing. */
export function correlationInterval({ value, variance }: Estimate): Interval | undefined {
  if (!(variance > 0) || Math.abs(value) >= 1) return undefined;
  const half = (Z95 * Math.sqrt(variance)) / (1 - value * value);
  const z = Math.atanh(value);
  return [Math.tanh(z - half), Math.tanh(z + half)];
}

/** Interval for a mean that has no upper bound and is not negative, by the normal distribution; undefined below 20 cases. */
export function meanInterval({ value, variance, cases }: Estimate): Interval | undefined {
  if (!(variance > 0) || cases < MIN_SPREAD) return undefined;
  const half = Z95 * Math.sqrt(variance);
  return [Math.max(0, value - half), value + half];
}
