import { meanGradient } from './gradients.js';
import type { Interval } from './interval.js';
import type { ClassMeasures, PrecisionRecallF1 } from './measures.js';
import { classIntervals, classVarianceOfF1, estimate, type WeighedMatrix } from './weighed-matrix.js';

/**
 * Interval of the mean over classes of precision, recall or F1: the distances to the ends of the single intervals, added as
 * variances are. It is as good for a rare class as the interval of that class, where the delta method is not. A class without a
 * value, which the mean counts as 0, may be anything.
 *
 * Recalls vary apart from each other, and so do precisions; F1 does not, as one mistake lowers it in two classes: the distances
 * are stretched by what the delta method says of all together over what it says of each (at most the root of 2).
 * @see Zou and Donner 2008, Statistics in Medicine 27:1693-1702 (MOVER); Takahashi et al. 2022, Applied Intelligence 52:4961-4972,
 * for the variance of macro F1
 */
export function macroInterval(
  rate: keyof PrecisionRecallF1,
  weighed: WeighedMatrix,
  classes: readonly ClassMeasures[],
): Interval | undefined {
  if (classes.length === 0) return undefined;
  let value = 0;
  let below = 0;
  let above = 0;
  for (const one of classes) {
    const [low, high] = classIntervals(weighed, one.index)[rate] ?? NOTHING_KNOWN;
    value += one[rate] / classes.length;
    below += (one[rate] - low) ** 2;
    above += (high - one[rate]) ** 2;
  }
  const stretch = (rate === 'f1' ? together(weighed, classes) : 1) / classes.length;
  return [Math.max(0, value - stretch * Math.sqrt(below)), Math.min(1, value + stretch * Math.sqrt(above))];
}

function together(weighed: WeighedMatrix, classes: readonly ClassMeasures[]): number {
  let apart = 0;
  for (const { index } of classes) apart += classVarianceOfF1(weighed, index) / classes.length ** 2;
  const all = estimate(weighed, 0, meanGradient('f1', weighed.matrix, classes, false)).variance;
  return apart > TINY ? Math.min(Math.SQRT2, Math.sqrt(all / apart)) : Math.SQRT2;
}

const NOTHING_KNOWN: Interval = [0, 1];
/** What rounding leaves of a variance of 0. */
const TINY = 1e-20;
