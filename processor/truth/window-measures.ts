import type { LabelsOf } from '../../core/catalog.js';
import { confidenceOf, expectedCalibrationError } from './calibration.js';
import { MAX_CLASSES } from './class-names.js';
import { f1Interval, type Interval, wilson } from './interval.js';
import { type ClassMeasures, classification } from './measures.js';
import { numberErrors } from './number-error.js';
import { averagePrecision, brier, logLoss, rocAuc, splitScores } from './scores.js';
import type { SlidingWindow } from './sliding-window.js';
import type { Task } from './task.js';

/** One value of the gauge `truth.window`, with its 95 % interval where the measure has one. */
export interface WindowMeasure {
  readonly measure: string;
  readonly average: LabelsOf<'truthWindow'>['average'];
  readonly class: string;
  readonly value: number;
  readonly interval?: Interval | undefined;
}

/** Measures of scores sort their pairs each time they are read: they are taken over so many newest ones at most. */
export const MAX_SCORED = 20_000;
const AVERAGES = ['macro', 'micro', 'weighted'] as const;
const PER_CLASS = ['precision', 'recall', 'f1'] as const;

/**
 * All measures of a window that mean something; an empty window has none. Macro averages run over the configured classes,
 * without such a list over those that occur in the window. Costs O(pairs), and a sort of
 * at most `MAX_SCORED` where there are scores.
 */
export function windowMeasures(task: Task, window: SlidingWindow): WindowMeasure[] {
  if (window.size === 0) return [];
  switch (task.kind) {
    case 'number':
      return numberMeasures(window);
    case 'text':
      return [accuracy(window), ...textMeasures(window)];
    default:
      return [accuracy(window), ...classMeasures(task, window), ...scoreMeasures(task, window)];
  }
}

function plain(measure: string, value: number | undefined): WindowMeasure[] {
  return value === undefined ? [] : [{ measure, average: '', class: '', value }];
}

function accuracy({ matrix }: SlidingWindow): WindowMeasure {
  const interval = wilson(matrix.right, matrix.total);
  return { measure: 'accuracy', average: '', class: '', value: matrix.right / matrix.total, interval };
}

function classMeasures(task: Task, { matrix }: SlidingWindow): WindowMeasure[] {
  const configured = Math.min(task.config.classes?.length ?? 0, MAX_CLASSES);
  const classes = task.classes.names
    .map((_, i) => i)
    .filter(i => i < configured || matrix.actual(i) + matrix.predicted(i) > 0);
  const all = classification(matrix, classes);
  if (all === undefined) return [];
  return [
    ...plain('balanced_accuracy', all.balancedAccuracy),
    ...plain('mcc', all.mccUndefined ? undefined : all.mcc),
    ...plain('kappa', all.kappa),
    ...AVERAGES.flatMap(average =>
      PER_CLASS.map(measure => ({ measure, average, class: '', value: all[average][measure] })),
    ),
    ...all.perClass.flatMap(c => ofClass(task.classes.names[c.index] ?? '', c)),
  ];
}

function ofClass(name: string, c: ClassMeasures): WindowMeasure[] {
  const intervals = {
    precision: wilson(c.tp, c.tp + c.fp),
    recall: wilson(c.tp, c.tp + c.fn),
    f1: f1Interval(c.tp, c.fp, c.fn),
  };
  return PER_CLASS.filter(measure => !c[`${measure}Undefined`]).map(measure => ({
    measure,
    average: 'class',
    class: name,
    value: c[measure],
    interval: intervals[measure],
  }));
}

function scoreMeasures(task: Task, window: SlidingWindow): WindowMeasure[] {
  const { positive } = task;
  if (task.kind === 'binary' && positive === undefined) return [];
  const scores: number[] = [];
  const truth: boolean[] = [];
  const confidence: number[] = [];
  const right: boolean[] = [];
  window.each(verdict => {
    if (Number.isNaN(verdict.score)) return;
    scores.push(verdict.score);
    truth.push(verdict.actual === positive);
    confidence.push(
      positive === undefined ? verdict.score : confidenceOf(verdict.score, verdict.predicted === positive),
    );
    right.push(verdict.actual === verdict.predicted);
  }, MAX_SCORED);
  const ece = plain('ece', expectedCalibrationError(confidence, right));
  if (positive === undefined) return ece;
  const split = splitScores(scores, truth);
  return [
    ...plain('auc', rocAuc(split)),
    ...plain('average_precision', averagePrecision(split)),
    ...plain('log_loss', logLoss(split)),
    ...plain('brier', brier(split)),
    ...ece,
  ];
}

function textMeasures(window: SlidingWindow): WindowMeasure[] {
  let f1 = 0;
  let rouge = 0;
  window.each(verdict => {
    f1 += verdict.tokenF1;
    rouge += verdict.rougeL;
  });
  return [...plain('token_f1', f1 / window.size), ...plain('rouge_l', rouge / window.size)];
}

function numberMeasures(window: SlidingWindow): WindowMeasure[] {
  const all: number[] = [];
  window.each(verdict => all.push(verdict.error));
  const errors = numberErrors(all);
  return errors === undefined ? [] : [...plain('mae', errors.mae), ...plain('rmse', errors.rmse)];
}
