import { meanInterval } from './interval.js';
import type { SlidingWindow, Verdict } from './sliding-window.js';
import type { Task } from './task.js';
import { weighedMatrix } from './weighed-matrix.js';
import { weighedMean } from './weighed-mean.js';
import { accuracyOf, classificationOf } from './window-classes.js';
import { asMean, asShare, plain, type WindowMeasure } from './window-measure.js';
import { scoreMeasuresOf } from './window-scores.js';

/**
 * All measures of a window that mean something, by weight where pairs have one; an empty window has none, and what is undefined is
 * left out. Costs O(pairs), and a sort of at most `MAX_SCORED` where there are scores.
 */
export function windowMeasures(task: Task, window: SlidingWindow): WindowMeasure[] {
  if (window.size === 0) return [];
  if (!task.classifies) return meansOf(task, window);
  return [...classificationOf(task, window), ...scoreMeasuresOf(task, window)];
}

/**
 * The few measures that a slice shows: accuracy; precision, recall and F1, of the positive class of a binary task (`average` is
 * `binary`) and else the macro average; all measures of texts and numbers.
 */
export function sliceMeasures(task: Task, window: SlidingWindow): WindowMeasure[] {
  if (window.size === 0) return [];
  if (!task.classifies) return meansOf(task, window);
  const positive = task.positive === undefined ? undefined : task.classes.names[task.positive];
  return classificationOf(task, window).flatMap((one): WindowMeasure[] => {
    if (one.measure === 'accuracy') return [one];
    if (task.kind === 'binary')
      return one.average === 'class' && one.class === positive ? [{ ...one, average: 'binary', class: '' }] : [];
    return one.average === 'macro' ? [one] : [];
  });
}

/**
 * Exact match of a text task is its accuracy. Intervals: Wilson's for accuracy; for token F1, ROUGE-L and chrF the variance of the
 * mean in Wilson's form; for MAE the normal interval of the mean, for RMSE the root of that of the mean square, from 20 pairs on.
 */
function meansOf(task: Task, window: SlidingWindow): WindowMeasure[] {
  const weights: number[] = [];
  window.each(({ weight }) => weights.push(weight));
  const column = (figure: (verdict: Verdict) => number): number[] => {
    const out: number[] = [];
    window.each(verdict => out.push(figure(verdict)));
    return out;
  };
  if (task.kind === 'number') {
    const absolute = weighedMean(
      column(verdict => Math.abs(verdict.error)),
      weights,
    );
    const squared = weighedMean(
      column(verdict => verdict.error ** 2),
      weights,
    );
    if (squared === undefined) return [];
    const range = meanInterval(squared);
    const ends = range === undefined ? undefined : ([Math.sqrt(range[0]), Math.sqrt(range[1])] as const);
    return [...asMean('mae', absolute), plain('rmse', Math.sqrt(squared.value), ends)];
  }
  return [
    accuracyOf(weighedMatrix(window)),
    ...asShare(
      'token_f1',
      weighedMean(
        column(verdict => verdict.tokenF1),
        weights,
      ),
    ),
    ...asShare(
      'rouge_l',
      weighedMean(
        column(verdict => verdict.rougeL),
        weights,
      ),
    ),
    // A pair of a state that knew no chrF has none.
    ...asShare(
      'chrf',
      knownMean(
        column(verdict => verdict.chrf),
        weights,
      ),
    ),
  ];
}

function knownMean(figures: readonly number[], weights: readonly number[]): ReturnType<typeof weighedMean> {
  const known = (_: number, i: number): boolean => !Number.isNaN(figures[i]);
  return weighedMean(figures.filter(known), weights.filter(known));
}
