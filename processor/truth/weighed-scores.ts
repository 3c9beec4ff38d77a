import type { Estimate } from './interval.js';

/** How much Student's t is wider than the normal distribution at 95 %, over the degrees of freedom: (z^2 + 1) / 4. */
const STUDENT = 1.21;

/** Scores of the cases of one side, ascending, and the weights that go with them. */
export interface WeighedSide {
  readonly scores: Float64Array;
  readonly weights: Float64Array;
}

/** Scores of the positive and of the other cases, apart. */
export interface WeighedScores {
  readonly positive: WeighedSide;
  readonly negative: WeighedSide;
}

/**
 * @param scores probability of the positive class a case
 * @param truth 1 where the case is positive, else 0
 * @param weights of the cases; equal ones if absent, which is faster
 */
export function weighedScores(
  scores: ArrayLike<number>,
  truth: ArrayLike<number>,
  weights?: ArrayLike<number>,
): WeighedScores {
  const side = (wanted: number): WeighedSide => {
    const places: number[] = [];
    for (let i = 0; i < scores.length; i++) if (truth[i] === wanted) places.push(i);
    if (weights === undefined) {
      const sorted = new Float64Array(places.length);
      for (let i = 0; i < places.length; i++) sorted[i] = scores[places[i] as number] as number;
      return { scores: sorted.sort(), weights: new Float64Array(sorted.length).fill(1) };
    }
    places.sort((a, b) => (scores[a] as number) - (scores[b] as number));
    return {
      scores: Float64Array.from(places, i => scores[i] as number),
      weights: Float64Array.from(places, i => weights[i] as number),
    };
  };
  return { positive: side(1), negative: side(0) };
}

function total({ weights }: WeighedSide): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  return sum;
}

/** Kish's effective number of cases. */
function effective({ weights }: WeighedSide): number {
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return sum ** 2 / squares;
}

function largest({ weights }: WeighedSide): number {
  let top = 0;
  for (const weight of weights) if (weight > top) top = weight;
  return top;
}

/** For each case of `side`, the share of `other` that lies below it, ties counting half. */
function shareBelow(side: WeighedSide, other: WeighedSide): Float64Array {
  const whole = total(other);
  const out = new Float64Array(side.scores.length);
  let below = 0;
  let belowWeight = 0;
  let upTo = 0;
  let upToWeight = 0;
  for (let i = 0; i < out.length; i++) {
    const score = side.scores[i] as number;
    while (below < other.scores.length && (other.scores[below] as number) < score)
      belowWeight += other.weights[below++] as number;
    while (upTo < other.scores.length && (other.scores[upTo] as number) <= score)
      upToWeight += other.weights[upTo++] as number;
    out[i] = (belowWeight + upToWeight) / 2 / whole;
  }
  return out;
}

/** Variance of the mean of what each case of a side says. */
function sideVariance(side: WeighedSide, says: Float64Array, mean: number): number {
  const n = says.length;
  let spread = 0;
  for (let i = 0; i < n; i++) spread += ((side.weights[i] as number) * ((says[i] as number) - mean)) ** 2;
  return n < 2 ? 0 : (spread / total(side) ** 2) * (n / (n - 1));
}

/**
 * Area under the ROC curve with its variance; undefined unless both classes occur. The variance of few cases is itself uncertain: it
 * is taken wider, as Student's t is wider than the normal distribution, by the cases of the rarer class.
 * @see DeLong, DeLong, Clarke-Pearson 1988, Biometrics 44:837-845
 */
export function aucEstimate({ positive, negative }: WeighedScores): Estimate | undefined {
  if (positive.scores.length === 0 || negative.scores.length === 0) return undefined;
  const below = shareBelow(positive, negative);
  const whole = total(positive);
  let value = 0;
  for (let i = 0; i < below.length; i++) value += ((positive.weights[i] as number) * (below[i] as number)) / whole;
  const above = shareBelow(negative, positive).map(share => 1 - share);
  const fewest = (count: (side: WeighedSide) => number): number => Math.min(count(positive), count(negative));
  const freedom = fewest(effective) - 1;
  const wider = freedom > 0 ? (1 + STUDENT / freedom) ** 2 : 1;
  return {
    value,
    variance: wider * (sideVariance(positive, below, value) + sideVariance(negative, above, value)),
    cases: Number.POSITIVE_INFINITY,
    certain: fewest(side => total(side) / largest(side)),
  };
}

/**
 * Average precision: the sum of (R_i - R_(i-1)) P_i over the distinct scores from the highest down. Undefined without a positive
 * case. Its variance is that of a proportion of the positive cases.
 * @see Boyd, Eng, Page 2013, ECML PKDD 451-466, for the interval
 */
export function averagePrecisionEstimate({ positive, negative }: WeighedScores): Estimate | undefined {
  if (positive.scores.length === 0) return undefined;
  const whole = total(positive);
  let value = 0;
  let tp = 0;
  let fp = 0;
  let yes = positive.scores.length - 1;
  let no = negative.scores.length - 1;
  while (yes >= 0) {
    const score = positive.scores[yes];
    const before = tp;
    while (yes >= 0 && positive.scores[yes] === score) tp += positive.weights[yes--] as number;
    while (no >= 0 && (negative.scores[no] as number) >= (score as number)) fp += negative.weights[no--] as number;
    value += ((tp - before) / whole) * (tp / (tp + fp));
  }
  const cases = effective(positive);
  return { value, variance: (value * (1 - value)) / cases, cases, certain: whole / largest(positive) };
}
