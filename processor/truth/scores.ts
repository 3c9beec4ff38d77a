/** Scores of the true and of the other cases, apart: what ranking measures need. */
export interface SplitScores {
  readonly positive: Float64Array;
  readonly negative: Float64Array;
}

/** Keeps log loss finite for a prediction that was certain and wrong. */
const EPSILON = 1e-15;

/** Keeps a probability off 0 and 1, for its logarithm. */
export function clip(p: number): number {
  return Math.min(Math.max(p, EPSILON), 1 - EPSILON);
}

/** @param scores probability of the positive class a case; @param truth whether the case is positive */
export function splitScores(scores: readonly number[], truth: readonly boolean[]): SplitScores {
  const positive: number[] = [];
  const negative: number[] = [];
  for (let i = 0; i < scores.length; i++) (truth[i] === true ? positive : negative).push(scores[i] as number);
  return { positive: Float64Array.from(positive).sort(), negative: Float64Array.from(negative).sort() };
}

/**
 * Area under the ROC curve: the chance that a positive case is scored above a negative one, ties counting half. 0..1.
 * Undefined unless both occur. Both arrays ascending, as `splitScores` gives them.
 * @see Mann and Whitney 1947
 */
export function rocAuc({ positive, negative }: SplitScores): number | undefined {
  if (positive.length === 0 || negative.length === 0) return undefined;
  let below = 0;
  let upTo = 0;
  let wins = 0;
  for (const score of positive) {
    while (below < negative.length && (negative[below] as number) < score) below++;
    upTo = Math.max(upTo, below);
    while (upTo < negative.length && (negative[upTo] as number) <= score) upTo++;
    wins += below + (upTo - below) / 2;
  }
  return wins / (positive.length * negative.length);
}

/**
 * Average precision: the sum of (R_i - R_(i-1)) P_i over the distinct scores from the highest down. 0..1. Undefined without a
 * positive case. Both arrays ascending.
 */
export function averagePrecision({ positive, negative }: SplitScores): number | undefined {
  const total = positive.length;
  if (total === 0) return undefined;
  let tp = 0;
  let fp = 0;
  let sum = 0;
  while (tp < total) {
    const score = positive[total - 1 - tp] as number;
    const before = tp;
    while (tp < total && positive[total - 1 - tp] === score) tp++;
    while (fp < negative.length && (negative[negative.length - 1 - fp] as number) >= score) fp++;
    sum += ((tp - before) / total) * (tp / (tp + fp));
  }
  return sum;
}

/** Mean log loss in nats, probabilities clipped to [1e-15, 1 - 1e-15]; undefined without a case. */
export function logLoss({ positive, negative }: SplitScores): number | undefined {
  const n = positive.length + negative.length;
  if (n === 0) return undefined;
  let sum = 0;
  for (const p of positive) sum -= Math.log(clip(p));
  for (const p of negative) sum -= Math.log(1 - clip(p));
  return sum / n;
}

/** Brier score of a yes-or-no prediction: mean (p - y)^2, 0..1; undefined without a case. */
export function brier({ positive, negative }: SplitScores): number | undefined {
  const n = positive.length + negative.length;
  if (n === 0) return undefined;
  let sum = 0;
  for (const p of positive) sum += (p - 1) ** 2;
  for (const p of negative) sum += p * p;
  return sum / n;
}

/** Probabilities of all classes for each case, and the index of the true one. */
export interface ClassScores {
  readonly rows: readonly (readonly number[])[];
  readonly truth: readonly number[];
  readonly classes: number;
}

function everyClassOccurs({ truth, classes }: ClassScores): boolean {
  return classes > 1 && new Set(truth).size === classes;
}

function oneAgainst(scores: ClassScores, index: number, among: (actual: number) => boolean): number {
  const kept = scores.truth.map((actual, i) => [actual, i] as const).filter(([actual]) => among(actual));
  const split = splitScores(
    kept.map(([, i]) => scores.rows[i]?.[index] ?? 0),
    kept.map(([actual]) => actual === index),
  );
  return rocAuc(split) ?? Number.NaN;
}

/** Mean over the classes of the AUC of each against the rest; undefined unless every class occurs. */
export function rocAucOneVsRest(scores: ClassScores): number | undefined {
  if (!everyClassOccurs(scores)) return undefined;
  let sum = 0;
  for (let c = 0; c < scores.classes; c++) sum += oneAgainst(scores, c, () => true);
  return sum / scores.classes;
}

/**
 * Mean over the pairs of classes of the AUC of one against the other, both ways; undefined unless every class occurs.
 * @see Hand and Till 2001, Machine Learning 45:171-186
 */
export function rocAucOneVsOne(scores: ClassScores): number | undefined {
  if (!everyClassOccurs(scores)) return undefined;
  let sum = 0;
  let pairs = 0;
  for (let a = 0; a < scores.classes; a++) {
    for (let b = a + 1; b < scores.classes; b++) {
      const among = (actual: number): boolean => actual === a || actual === b;
      sum += (oneAgainst(scores, a, among) + oneAgainst(scores, b, among)) / 2;
      pairs++;
    }
  }
  return sum / pairs;
}

/** Mean log loss in nats over rows of class probabilities, clipped and then divided by their sum; undefined without a case. */
export function logLossOfClasses({ rows, truth }: ClassScores): number | undefined {
  if (rows.length === 0) return undefined;
  let sum = 0;
  for (const [i, row] of rows.entries()) {
    const clipped = row.map(clip);
    const whole = clipped.reduce((a, b) => a + b, 0);
    sum -= Math.log((clipped[truth[i] ?? -1] ?? EPSILON) / whole);
  }
  return sum / rows.length;
}

/** Brier score over rows of class probabilities: mean of the sum over classes of (p - y)^2, 0..2; undefined without a case. */
export function brierOfClasses({ rows, truth }: ClassScores): number | undefined {
  if (rows.length === 0) return undefined;
  let sum = 0;
  for (const [i, row] of rows.entries()) for (const [c, p] of row.entries()) sum += (p - (c === truth[i] ? 1 : 0)) ** 2;
  return sum / rows.length;
}
