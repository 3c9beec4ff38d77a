import { MAX_CLASSES } from './class-names.js';
import { kappaGradient, mccGradient, meanGradient } from './gradients.js';
import { correlationInterval, type Interval, shareInterval } from './interval.js';
import { macroInterval } from './macro-interval.js';
import { type Classification, type ClassMeasures, classification } from './measures.js';
import type { SlidingWindow } from './sliding-window.js';
import type { Task } from './task.js';
import { accuracyInterval, classIntervals, estimate, type WeighedMatrix, weighedMatrix } from './weighed-matrix.js';
import { plain, type WindowMeasure } from './window-measure.js';

const AVERAGES = ['macro', 'micro', 'weighted'] as const;
const RATES = ['precision', 'recall', 'f1'] as const;

/** The share of right answers; Wilson's interval. */
export function accuracyOf(weighed: WeighedMatrix): WindowMeasure {
  const { matrix } = weighed;
  return plain('accuracy', matrix.right / matrix.total, accuracyInterval(weighed));
}

/**
 * What follows from the confusion matrix. Macro averages run over the configured classes, without such a list over those that
 * occur in the window.
 *
 * Intervals: Wilson's for accuracy, the micro averages, weighted recall (all the same figure) and the precision and recall of a
 * class; for the F1 of a class Wilson's of tp / (tp + fp + fn), mapped; for balanced accuracy and the macro averages those of the
 * classes, combined (MOVER); for weighted precision and weighted F1 the delta method, in Wilson's form; for MCC and kappa the delta
 * method in Fisher's z, none at 1 and -1.
 */
export function classificationOf(task: Task, window: SlidingWindow): WindowMeasure[] {
  const weighed = weighedMatrix(window);
  const { matrix } = weighed;
  const configured = Math.min(task.config.classes?.length ?? 0, MAX_CLASSES);
  const classes = task.classes.names
    .map((_, i) => i)
    .filter(i => i < configured || matrix.actual(i) + matrix.predicted(i) > 0);
  const all = classification(matrix, classes);
  if (all === undefined) return [];
  return [
    accuracyOf(weighed),
    ...overall(weighed, all),
    ...AVERAGES.flatMap(average => RATES.map(measure => averaged(weighed, all, average, measure))),
    ...all.perClass.flatMap(one => ofClass(weighed, task.classes.names[one.index] ?? '', one)),
  ];
}

function overall(weighed: WeighedMatrix, all: Classification): WindowMeasure[] {
  const { matrix } = weighed;
  const { balancedAccuracy, mcc, kappa } = all;
  const occurring = all.perClass.filter(one => !one.recallUndefined);
  return [
    plain('balanced_accuracy', balancedAccuracy, macroInterval('recall', weighed, occurring)),
    ...(all.mccUndefined
      ? []
      : [plain('mcc', mcc, correlationInterval(estimate(weighed, mcc, mccGradient(matrix, mcc))))]),
    ...(kappa === undefined
      ? []
      : [plain('kappa', kappa, correlationInterval(estimate(weighed, kappa, kappaGradient(matrix))))]),
  ];
}

function averaged(
  weighed: WeighedMatrix,
  all: Classification,
  average: (typeof AVERAGES)[number],
  measure: (typeof RATES)[number],
): WindowMeasure {
  const value = all[average][measure];
  const interval = (): Interval | undefined => {
    if (average === 'macro') return macroInterval(measure, weighed, all.perClass);
    if (average === 'micro' || measure === 'recall') return accuracyInterval(weighed);
    return shareInterval(estimate(weighed, value, meanGradient(measure, weighed.matrix, all.perClass, true)));
  };
  return { measure, average, class: '', value, interval: interval() };
}

function ofClass(weighed: WeighedMatrix, name: string, one: ClassMeasures): WindowMeasure[] {
  const intervals = classIntervals(weighed, one.index);
  return RATES.filter(measure => !one[`${measure}Undefined`]).map(measure => ({
    measure,
    average: 'class',
    class: name,
    value: one[measure],
    interval: intervals[measure],
  }));
}
