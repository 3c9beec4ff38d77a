const BINS = 10;

/** Bin i holds i/10 < p <= (i+1)/10, the edges being the doubles i/10; bin 0 also holds 0. */
function binOf(p: number): number {
  let bin = Math.min(BINS - 1, Math.max(0, Math.ceil(p * BINS) - 1));
  while (bin > 0 && p <= bin / BINS) bin--;
  while (bin < BINS - 1 && p > (bin + 1) / BINS) bin++;
  return bin;
}

/**
 * Expected calibration error over ten bins of equal width: sum of (size / n) |mean p - mean y|. 0..1; undefined without a case.
 * @param p probability that was claimed, 0..1
 * @param y whether it came true, 1 or 0 if a number
 * @param weights what each case stands for; 1 if absent
 * @see Guo et al. 2017
 */
export function expectedCalibrationError(
  p: ArrayLike<number>,
  y: ArrayLike<boolean | number>,
  weights?: ArrayLike<number>,
): number | undefined {
  if (p.length === 0) return undefined;
  const gaps = new Float64Array(BINS);
  let total = 0;
  for (let i = 0; i < p.length; i++) {
    const claimed = p[i] as number;
    const weight = weights?.[i] ?? 1;
    gaps[binOf(claimed)]! += weight * (claimed - Number(y[i]));
    total += weight;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total;
}

/**
 * The same over ten runs of equal size of the cases sorted by probability, ties by position; the first n mod 10 runs hold one
 * more, and fewer than ten cases make one run each.
 */
export function calibrationErrorEqualMass(p: readonly number[], y: readonly boolean[]): number | undefined {
  const n = p.length;
  if (n === 0) return undefined;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => (p[a] as number) - (p[b] as number) || a - b);
  let error = 0;
  let from = 0;
  for (let run = 0; run < BINS; run++) {
    const to = from + Math.floor(n / BINS) + (run < n % BINS ? 1 : 0);
    let gap = 0;
    for (const i of order.slice(from, to)) gap += (p[i] as number) - (y[i] === true ? 1 : 0);
    error += Math.abs(gap);
    from = to;
  }
  return error / n;
}

/**
 * The probability that a yes-or-no prediction gave to what it said: the score, or what remains of it. Rounded to ten decimals,
 * so that 1 - 0.9 falls into the bin of 0.1.
 */
export function confidenceOf(score: number, saysPositive: boolean): number {
  return saysPositive ? score : Math.round((1 - score) * 1e10) / 1e10;
}
