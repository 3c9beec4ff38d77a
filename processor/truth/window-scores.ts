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
  const scores: number[] = [];
  const truth: boolean[] = [];
  const confidence: number[] = [];
  const right: boolean[] = [];
  const weights: number[] = [];
  window.each(({ actual, predicted, score, weight }) => {
    if (Number.isNaN(score)) return;
    scores.push(score);
    truth.push(actual === positive);
    confidence.push(positive === undefined ? score : confidenceOf(score, predicted === positive));
    right.push(actual === predicted);
    weights.push(weight);
  }, MAX_SCORED);
  const error = expectedCalibrationError(confidence, right, weights);
  const ece = error === undefined ? [] : [plain('ece', error)];
  if (positive === undefined) return ece;
  const sides = weighedScores(scores, truth, window.weighed ? weights : undefined);
  const losses = scores.map((p, i) => -Math.log(truth[i] === true ? clip(p) : 1 - clip(p)));
  const squares = scores.map((p, i) => (p - Number(truth[i])) ** 2);
  return [
    ...asShare('auc', aucEstimate(sides)),
    ...asShare('average_precision', averagePrecisionEstimate(sides)),
    ...asMean('log_loss', weighedMean(losses, weights)),
    ...asShare('brier', weighedMean(squares, weights)),
    ...ece,
  ];
}
