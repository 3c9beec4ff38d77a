import type { Estimate } from './interval.js';

/**
 * Mean of figures where each stands for `weights` cases (Hájek's estimator), with the variance of its linear part; with equal
 * weights the mean and s^2 / n (n, not n - 1, in s). Undefined without a figure.
 * @param largest weight that could have been drawn; the largest of these if absent
 * @see Horvitz and Thompson 1952, JASA 47:663-685; Hájek 1971; Särndal, Swensson, Wretman 1992, section 5.7
 */
export function weighedMean(
  figures: ArrayLike<number>,
  weights: ArrayLike<number>,
  largest?: number,
): Estimate | undefined {
  if (figures.length === 0) return undefined;
  let total = 0;
  let squares = 0;
  let sum = 0;
  let top = largest ?? 0;
  for (let i = 0; i < figures.length; i++) {
    const weight = weights[i] as number;
    total += weight;
    squares += weight * weight;
    sum += weight * (figures[i] as number);
    if (weight > top) top = weight;
  }
  const value = sum / total;
  let spread = 0;
  for (let i = 0; i < figures.length; i++) spread += ((weights[i] as number) * ((figures[i] as number) - value)) ** 2;
  return { value, variance: spread / total ** 2, cases: total ** 2 / squares, certain: total / top };
}
