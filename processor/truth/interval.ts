/** Lower and upper end, both in 0..1. */
export type Interval = readonly [low: number, high: number];

/** Quantile of the normal distribution that leaves 2.5 % on each side. */
const Z95 = 1.959963984540054;

/**
 * Wilson interval for a proportion.
 * @param hits successes, 0 <= hits <= n
 * @param n trials; n = 0 gives undefined, not [0, 1]
 * @param z 95 % unless it says otherwise
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
  const jaccard = wilson(tp, tp + fp + fn);
  return jaccard === undefined ? undefined : [fromJaccard(jaccard[0]), fromJaccard(jaccard[1])];
}

function fromJaccard(share: number): number {
  return (2 * share) / (1 + share);
}
