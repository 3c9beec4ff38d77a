import { featureSlots, LinearModel, logistic, SLOTS } from '../../processor/evaluators/linear-model.js';

/** A row to learn from: its features once, and what they should give. */
export interface TrainingRow {
  readonly slots: Int32Array;
  readonly label: 0 | 1;
  /** How much the row counts. */
  readonly weight: number;
}

export function trainingRow(words: Int32Array, label: 0 | 1, weight = 1): TrainingRow {
  return { slots: featureSlots(words).slice(), label, weight };
}

/**
 * Logistic regression with an L2 penalty by accelerated gradient descent over all rows: no chance in it, so the same rows give
 * the same bytes.
 * @param penalty of the mean loss, e.g. 0.0003; the bias is free
 * @see Nesterov 1983, A method of solving a convex programming problem with convergence rate O(1/k^2)
 */
export function train(rows: readonly TrainingRow[], penalty: number, rounds = 300): LinearModel {
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  const step = 1 / (0.5 + penalty);
  const weights = new Float64Array(SLOTS + 1);
  const ahead = new Float64Array(SLOTS + 1);
  const gradient = new Float64Array(SLOTS + 1);
  for (let round = 1; round <= rounds; round++) {
    for (let slot = 0; slot < SLOTS; slot++) gradient[slot] = penalty * (ahead[slot] as number);
    gradient[SLOTS] = 0;
    for (const { slots, label, weight } of rows) {
      if (slots.length === 0) continue;
      const value = 1 / Math.sqrt(slots.length);
      let sum = 0;
      for (const slot of slots) sum += ahead[slot] as number;
      const error = ((logistic(sum * value + (ahead[SLOTS] as number)) - label) * weight) / total;
      for (const slot of slots) gradient[slot] = (gradient[slot] as number) + error * value;
      gradient[SLOTS] = (gradient[SLOTS] as number) + error;
    }
    const momentum = (round - 1) / (round + 2);
    for (let slot = 0; slot <= SLOTS; slot++) {
      const next = (ahead[slot] as number) - step * (gradient[slot] as number);
      ahead[slot] = next + momentum * (next - (weights[slot] as number));
      weights[slot] = next;
    }
  }
  return LinearModel.from(weights.subarray(0, SLOTS), weights[SLOTS] as number);
}
