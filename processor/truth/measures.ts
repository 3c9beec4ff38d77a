import type { ClassCounts, Confusion } from './confusion.js';

/** Precision, recall and F1 in 0..1. */
export interface PrecisionRecallF1 {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** One class against the rest. A measure whose denominator is 0 is 0, and its flag says that it means nothing. */
export interface ClassMeasures extends PrecisionRecallF1, ClassCounts {
  readonly index: number;
  /** No prediction of the class. */
  readonly precisionUndefined: boolean;
  /** No true case of the class. */
  readonly recallUndefined: boolean;
  /** Neither. */
  readonly f1Undefined: boolean;
}

/** Everything that follows from a confusion matrix alone. */
export interface Classification {
  readonly n: number;
  readonly accuracy: number;
  /** Mean recall of the classes that occur in the truth. */
  readonly balancedAccuracy: number;
  /** Matthews correlation, -1..1; 0 where `mccUndefined`: truth or prediction is a single class. */
  readonly mcc: number;
  readonly mccUndefined: boolean;
  /** Cohen's kappa, -1..1; undefined where truth and prediction are the same single class. */
  readonly kappa: number | undefined;
  readonly perClass: readonly ClassMeasures[];
  /** Mean over all classes asked for, undefined ones as 0. */
  readonly macro: PrecisionRecallF1;
  /** Mean over the classes for which the measure is defined, each measure by itself; undefined where none is. */
  readonly macroDefined: { readonly [K in keyof PrecisionRecallF1]: number | undefined };
  /** Mean by true count. */
  readonly weighted: PrecisionRecallF1;
  /** Over all decisions; equals accuracy where each case has one class. */
  readonly micro: PrecisionRecallF1;
}

const NAMES = ['precision', 'recall', 'f1'] as const;

function divide(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

/** Precision, recall and F1 of one class. */
export function classMeasures(index: number, counts: ClassCounts): ClassMeasures {
  const { tp, fp, fn, tn } = counts;
  return {
    index,
    tp,
    fp,
    fn,
    tn,
    precision: divide(tp, tp + fp),
    recall: divide(tp, tp + fn),
    f1: divide(2 * tp, 2 * tp + fp + fn),
    precisionUndefined: tp + fp === 0,
    recallUndefined: tp + fn === 0,
    f1Undefined: tp + fp + fn === 0,
  };
}

function each(value: (name: keyof PrecisionRecallF1) => number): PrecisionRecallF1 {
  return { precision: value('precision'), recall: value('recall'), f1: value('f1') };
}

/**
 * All measures of a confusion matrix.
 * @param classes which classes macro and weighted means run over; all that the matrix knows if absent
 * @returns undefined for an empty matrix: without a label nothing is known
 * @see scikit-learn user guide 3.3.2 for the averages, Gorodkin 2004 for MCC of more than two classes, Cohen 1960 for kappa
 */
export function classification(
  matrix: Confusion,
  classes: readonly number[] = Array.from({ length: matrix.width }, (_, i) => i),
): Classification | undefined {
  const n = matrix.total;
  if (n === 0) return undefined;
  const perClass = classes.map(index => classMeasures(index, matrix.counts(index)));
  const occurring = perClass.filter(c => !c.recallUndefined);
  const accuracy = matrix.right / n;
  const defined = (name: (typeof NAMES)[number]): number | undefined => {
    const values = perClass.filter(c => !c[`${name}Undefined`]).map(c => c[name]);
    return values.length === 0 ? undefined : values.reduce((sum, v) => sum + v, 0) / values.length;
  };
  let chance = 0;
  let actualSquares = 0;
  let predictedSquares = 0;
  for (let i = 0; i < matrix.width; i++) {
    const actual = matrix.actual(i);
    const predicted = matrix.predicted(i);
    chance += actual * predicted;
    actualSquares += actual * actual;
    predictedSquares += predicted * predicted;
  }
  const spread = (n * n - actualSquares) * (n * n - predictedSquares);
  const beyondChance = matrix.right * n - chance;
  return {
    n,
    accuracy,
    balancedAccuracy: divide(
      occurring.reduce((sum, c) => sum + c.recall, 0),
      occurring.length,
    ),
    mcc: spread === 0 ? 0 : beyondChance / Math.sqrt(spread),
    mccUndefined: spread === 0,
    kappa: n * n === chance ? undefined : beyondChance / (n * n - chance),
    perClass,
    macro: each(name =>
      divide(
        perClass.reduce((sum, c) => sum + c[name], 0),
        perClass.length,
      ),
    ),
    macroDefined: { precision: defined('precision'), recall: defined('recall'), f1: defined('f1') },
    weighted: each(name => perClass.reduce((sum, c) => sum + c[name] * (c.tp + c.fn), 0) / n),
    micro: each(() => accuracy),
  };
}
