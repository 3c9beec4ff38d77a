import { Confusion } from './confusion.js';
import { type Estimate, f1OfJaccard, type Interval, shareInterval } from './interval.js';
import type { SlidingWindow } from './sliding-window.js';

/** A confusion matrix of pairs that each stand for so many calls. */
export interface WeighedMatrix {
  /** Sums of the weights: the numbers of calls, as they are estimated. */
  readonly matrix: Confusion;
  /** Sums of their squares: what the estimate's uncertainty is made of. */
  readonly squares: Confusion;
  readonly largest: number;
}

/**
 * The matrix of a window by weight. Without weights it is the one that is kept; with some it is summed up anew, as sums of
 * fractions that come and go would drift.
 */
export function weighedMatrix(window: SlidingWindow): WeighedMatrix {
  if (!window.weighed) return { matrix: window.matrix, squares: window.matrix, largest: 1 };
  const matrix = new Confusion();
  const squares = new Confusion();
  let largest = 0;
  window.each(({ actual, predicted, weight }) => {
    matrix.add(actual, predicted, weight);
    squares.add(actual, predicted, weight * weight);
    if (weight > largest) largest = weight;
  });
  return { matrix, squares, largest };
}

/** Interval of the share of hits among hits and misses, given with their squares. Undefined without any. */
function ratioInterval(
  [hits, misses]: readonly [number, number],
  [hitSquares, missSquares]: readonly [number, number],
  largest: number,
): Interval | undefined {
  const total = hits + misses;
  if (total === 0) return undefined;
  const value = hits / total;
  const variance = (hitSquares * (1 - value) ** 2 + missSquares * value ** 2) / total ** 2;
  return shareInterval({ value, variance, cases: total ** 2 / (hitSquares + missSquares), certain: total / largest });
}

/** Interval of accuracy; without weights it is Wilson's. */
export function accuracyInterval({ matrix, squares, largest }: WeighedMatrix): Interval | undefined {
  const hits = [matrix.right, matrix.total - matrix.right] as const;
  return ratioInterval(hits, [squares.right, squares.total - squares.right], largest);
}

/** Intervals of a class: without weights Wilson's for precision and recall, and the mapped one for F1. */
export function classIntervals(
  { matrix, squares, largest }: WeighedMatrix,
  index: number,
): Readonly<Record<'precision' | 'recall' | 'f1', Interval | undefined>> {
  const { tp, fp, fn } = matrix.counts(index);
  const square = squares.counts(index);
  return {
    precision: ratioInterval([tp, fp], [square.tp, square.fp], largest),
    recall: ratioInterval([tp, fn], [square.tp, square.fn], largest),
    f1: f1OfJaccard(ratioInterval([tp, fp + fn], [square.tp, square.fp + square.fn], largest)),
  };
}

/** Variance of the F1 of a class, by the delta method on J = tp / (tp + fp + fn). */
export function classVarianceOfF1({ matrix, squares }: WeighedMatrix, index: number): number {
  const { tp, fp, fn } = matrix.counts(index);
  const total = tp + fp + fn;
  if (total === 0) return 0;
  const square = squares.counts(index);
  const jaccard = tp / total;
  const variance = (square.tp * (1 - jaccard) ** 2 + (square.fp + square.fn) * jaccard ** 2) / total ** 2;
  return variance * (2 / (1 + jaccard) ** 2) ** 2;
}

/**
 * How fast a figure changes with the share of each cell: for the cell of truth a and prediction b it is `actual[a] +
 * predicted[b]`, and `right[a]` more on the diagonal. Every measure of a matrix by its margins and diagonal has this form.
 */
export interface Gradient {
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
  readonly right: Float64Array;
}

/** The figure with its variance, by the delta method on the multinomial distribution of the cells. */
export function estimate({ matrix, squares, largest }: WeighedMatrix, value: number, gradient: Gradient): Estimate {
  const { width, total } = matrix;
  let mean = 0;
  const slope = (actual: number, predicted: number): number =>
    (gradient.actual[actual] as number) +
    (gradient.predicted[predicted] as number) +
    (actual === predicted ? (gradient.right[actual] as number) : 0);
  const each = (visit: (slope: number, actual: number, predicted: number) => void): void => {
    for (let actual = 0; actual < width; actual++)
      for (let predicted = 0; predicted < width; predicted++)
        if (matrix.count(actual, predicted) > 0) visit(slope(actual, predicted), actual, predicted);
  };
  each((g, actual, predicted) => {
    mean += (matrix.count(actual, predicted) / total) * g;
  });
  let variance = 0;
  each((g, actual, predicted) => {
    variance += squares.count(actual, predicted) * (g - mean) ** 2;
  });
  return {
    value,
    variance: variance / total ** 2,
    cases: total ** 2 / squares.total,
    certain: total / largest,
  };
}
