import { confidenceOf, expectedCalibrationError } from './calibration.js';
import { clip } from './scores.js';
import type { SlidingWindow } from './sliding-window.js';
import type { Task } from './task.js';
import { weighedMean } from './weighed-mean.js';
import { aucEstimate, averagePrecisionEstimate, weighedScores } from './weighed-scores.js';
import { asMean, asShare, plain, type WindowMeasure } from './window-measure.js';

/** Measures of scores sort their pairs each time they are read: they are taken over so many newest ones at most. */
export const MAX_SCORED = 20_000;

/**
 * Measures of probabilities, over the pairs that have one: all of a binary task, of more classes the calibration error alone.
 *
 * Intervals: for AUC DeLong's variance, for average precision that of a proportion of the positive cases, for Brier the variance of
 * the mean, all in Wilson's form; for log loss the normal interval of the mean, from 20 pairs on. None for the calibration error,
 * which is biased upwards by chance: the fewer pairs, the more.
 */
export function scoreMeasuresOf(task: Task, window: SlidingWindow): WindowMeasure[] {
  const { positive } = task;
  if (task.kind === 'binary' && positive === undefined) return [];
  const { size, scores, truth, confidence, right, weights } = columnsOf(window, positive);
  const error = expectedCalibrationError(confidence, right, weights);
  const ece = error === undefined ? [] : [plain('ece', error)];
  if (positive === undefined) return ece;
  const losses = new Float64Array(size);
  const squares = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const score = scores[i] as number;
    losses[i] = -Math.log(truth[i] === 1 ? clip(score) : 1 - clip(score));
    squares[i] = (score - (truth[i] as number)) ** 2;
  }
  const sides = weighedScores(scores, truth, window.weighed ? weights : undefined);
  return [
    ...asShare('auc', aucEstimate(sides)),
    ...asShare('average_precision', averagePrecisionEstimate(sides)),
    ...asMean('log_loss', weighedMean(losses, weights)),
    ...asShare('brier', weighedMean(squares, weights)),
    ...ece,
  ];
}

/** The pairs that have a score, by columns. */
function columnsOf(window: SlidingWindow, positive: number | undefined) {
  const most = Math.min(window.size, MAX_SCORED);
  const scores = new Float64Array(most);
  const truth = new Uint8Array(most);
  const confidence = new Float64Array(most);
  const right = new Uint8Array(most);
  const weights = new Float64Array(most);
  let size = 0;
  window.each(({ actual, predicted, score, weight }) => {
    if (Number.isNaN(score)) return;
    scores[size] = score;
    truth[size] = actual === positive ? 1 : 0;
    confidence[size] = positive === undefined ? score : confidenceOf(score, predicted === positive);
    right[size] = actual === predicted ? 1 : 0;
    weights[size] = weight;
    size++;
  }, MAX_SCORED);
  return {
    size,
    scores: scores.subarray(0, size),
    truth: truth.subarray(0, size),
    confidence: confidence.subarray(0, size),
    right: right.subarray(0, size),
    weights: weights.subarray(0, size),
  };
}
