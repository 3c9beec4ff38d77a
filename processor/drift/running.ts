/** Squares of residuals clipped at 2.5 under the normal law. */
const CLIP = 2.5;
const CLIPPED_VARIANCE = 0.97756;

/** Where a running level and a running rate lie in an array: a context keeps all of its own in one. */
export const LEVEL_STRIDE = 3;
export const RATE_STRIDE = 2;

/**
 * The robust centre and spread of a stream of values, at `at` of an array: count, centre, spread. New values weigh 1 / (n + 1),
 * later 1 / `memory`; a residual counts as at most 2.5 spreads, so that one absurd value moves nothing much.
 * @see Huber 1964, Ann. Math. Stat. 35(1):73-101
 * @param start the spread before there is any, worth two values
 * @param least the smallest spread
 */
export function learnLevel(
  state: Float64Array,
  at: number,
  x: number,
  start: number,
  least: number,
  memory: number,
): void {
  const n = state[at]!;
  state[at] = n + 1;
  if (n === 0) {
    state[at + 1] = x;
    state[at + 2] = start;
    return;
  }
  const spread = Math.max(state[at + 2]!, least);
  const residual = Math.max(-CLIP, Math.min(CLIP, (x - state[at + 1]!) / spread));
  const weight = Math.max(1 / (n + 1), 1 / memory);
  const spreadWeight = Math.max(1 / (n + 3), 1 / memory);
  state[at + 1]! += weight * spread * residual;
  state[at + 2] = spread * Math.sqrt(1 + spreadWeight * ((residual * residual) / CLIPPED_VARIANCE - 1));
}

/** Counts a 0 or 1 at `at` of an array: trials, ones. Past `memory` trials the old ones fade. */
export function learnRate(state: Float64Array, at: number, x: number, memory: number): void {
  if (state[at]! >= memory) {
    state[at + 1]! *= 1 - 1 / memory;
    state[at]! -= 1;
  }
  state[at]! += 1;
  state[at + 1]! += x;
}

/** The rate that was counted, shrunk to a wider one that is worth `weight` trials. */
export function rateOf(state: Float64Array, at: number, wider: number, weight: number): number {
  return (state[at + 1]! + wider * weight) / (state[at]! + weight);
}
