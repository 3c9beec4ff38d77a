import type { Confusion } from './confusion.js';
import type { ClassMeasures, PrecisionRecallF1 } from './measures.js';
import type { Gradient } from './weighed-matrix.js';

/** Margins and diagonal as shares of all pairs. */
interface Shares {
  readonly width: number;
  readonly actual: (index: number) => number;
  readonly predicted: (index: number) => number;
  readonly right: (index: number) => number;
}

function sharesOf(matrix: Confusion): Shares {
  const { width, total } = matrix;
  return {
    width,
    actual: i => matrix.actual(i) / total,
    predicted: i => matrix.predicted(i) / total,
    right: i => matrix.count(i, i) / total,
  };
}

function flat(width: number): Gradient {
  return { actual: new Float64Array(width), predicted: new Float64Array(width), right: new Float64Array(width) };
}

function inverse(x: number): number {
  return x === 0 ? 0 : 1 / x;
}

/**
 * Gradient of a mean over classes of precision, recall or F1: the plain mean, or with `weighted` the one by true count.
 * @param classes those that the mean is over
 */
export function meanGradient(
  rate: keyof PrecisionRecallF1,
  matrix: Confusion,
  classes: readonly ClassMeasures[],
  weighted: boolean,
): Gradient {
  const { width, actual, predicted, right } = sharesOf(matrix);
  const out = flat(width);
  for (const { index, [rate]: value } of classes) {
    const [a, p, hit] = [actual(index), predicted(index), right(index)];
    const share = weighted ? a : 1 / classes.length;
    const whole = rate === 'f1' ? inverse(a + p) : inverse(rate === 'recall' ? a : p);
    const top = rate === 'f1' ? 2 : 1;
    const down = -share * top * hit * whole * whole;
    out.right[index] = share * top * whole;
    out.actual[index] = (rate === 'precision' ? 0 : down) + (weighted ? value : 0);
    out.predicted[index] = rate === 'recall' ? 0 : down;
  }
  return out;
}

/** Gradient of Cohen's kappa. @see Fleiss, Cohen, Everitt 1969, Psychological Bulletin 72:323-327 */
export function kappaGradient(matrix: Confusion): Gradient {
  const { width, actual, predicted } = sharesOf(matrix);
  const chance = sumOver(width, i => actual(i) * predicted(i));
  const accuracy = matrix.right / matrix.total;
  const byChance = -(1 - accuracy) / (1 - chance) ** 2;
  const out = flat(width);
  for (let i = 0; i < width; i++) {
    out.actual[i] = byChance * predicted(i);
    out.predicted[i] = byChance * actual(i);
    out.right[i] = 1 / (1 - chance);
  }
  return out;
}

/** Gradient of the Matthews correlation of any number of classes; only where it is defined. */
export function mccGradient(matrix: Confusion, mcc: number): Gradient {
  const { width, actual, predicted } = sharesOf(matrix);
  const rest = (share: (i: number) => number): number => 1 - sumOver(width, i => share(i) ** 2);
  const [restActual, restPredicted] = [rest(actual), rest(predicted)];
  const scale = 1 / Math.sqrt(restActual * restPredicted);
  const out = flat(width);
  for (let i = 0; i < width; i++) {
    out.actual[i] = -predicted(i) * scale + (mcc * actual(i)) / restActual;
    out.predicted[i] = -actual(i) * scale + (mcc * predicted(i)) / restPredicted;
    out.right[i] = scale;
  }
  return out;
}

function sumOver(width: number, term: (index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += term(i);
  return sum;
}
