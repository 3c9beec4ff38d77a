import { confidenceOf, expectedCalibrationError } from '../../processor/truth/calibration.js';
import { Confusion } from '../../processor/truth/confusion.js';
import type { Interval } from '../../processor/truth/interval.js';
import { f1Interval, wilson } from '../../processor/truth/interval.js';
import {
  type Classification,
  type ClassMeasures,
  classification,
  classMeasures,
} from '../../processor/truth/measures.js';
import { numberErrors } from '../../processor/truth/number-error.js';
import { averagePrecision, brier, logLoss, rocAuc, type SplitScores } from '../../processor/truth/scores.js';
import type { TaskKind } from '../../processor/truth/task-config.js';
import { type ClassTable, UNLISTED } from './classes.js';
import { AVERAGES, type Average, type Measure } from './measure-names.js';

/** What is kept of the rows: numbers alone. A column that the rows do not have is empty, a missing number is NaN. */
export interface Scored {
  readonly size: number;
  /** Rows that are not among them, because something was wrong with them. */
  readonly leftOut: number;
  /** Absent where nothing was compared with a label. */
  readonly kind?: TaskKind;
  /** Absent where nothing has a class. */
  readonly classes?: ClassTable;
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
  readonly score: Float64Array;
  readonly tokenF1: Float64Array;
  readonly rougeL: Float64Array;
  readonly chrf: Float64Array;
  readonly error: Float64Array;
  /** By evaluator. */
  readonly scores: ReadonlyMap<string, Float64Array>;
  readonly flagged: ReadonlyMap<string, Float64Array>;
}

/** A proportion, or what follows from one: how many cases it is of, and its interval if there were `factor` times as many. */
export interface Closed {
  readonly n: number;
  readonly interval: (factor: number) => Interval | undefined;
}

/** A measure over any rows. */
export interface Statistic {
  /** Those of the rows that it is about, in the order that `value` wants. */
  readonly pick: (rows: Int32Array) => Int32Array;
  readonly value: (rows: Int32Array) => number | undefined;
  /** Where the interval has a formula. */
  readonly closed?: (rows: Int32Array) => Closed;
  /** True where resampling would mislead: more rows make less of it, so that every draw has too much. */
  readonly biased?: boolean;
}

const all = (rows: Int32Array): Int32Array => rows;

function known(column: Float64Array): (rows: Int32Array) => Int32Array {
  return rows => rows.filter(row => !Number.isNaN(column[row]));
}

function mean(column: Float64Array): (rows: Int32Array) => number | undefined {
  return rows => {
    let sum = 0;
    for (const row of rows) sum += column[row] as number;
    return rows.length === 0 ? undefined : sum / rows.length;
  };
}

/** A column of 0 and 1. */
function shareOf(column: Float64Array): Statistic {
  const value = mean(column);
  return {
    pick: known(column),
    value,
    closed: rows => proportion((value(rows) ?? 0) * rows.length, rows.length),
  };
}

function proportion(hits: number, n: number): Closed {
  return { n, interval: factor => wilson(hits * factor, n * factor) };
}

/** How to work a measure out; what belongs to another kind of task is undefined everywhere. */
export function statisticOf(measure: Measure, scored: Scored): Statistic {
  const { part = '' } = measure;
  switch (measure.family) {
    case 'flagged':
      return shareOf(scored.flagged.get(part) ?? new Float64Array());
    case 'score':
      return meanOf(scored.scores.get(part) ?? new Float64Array());
    case 'left_out': {
      const n = scored.size + scored.leftOut;
      const value = n === 0 ? undefined : scored.leftOut / n;
      return { pick: all, value: () => value, closed: () => proportion(scored.leftOut, n) };
    }
    case 'token_f1':
      return meanOf(scored.tokenF1);
    case 'rouge_l':
      return meanOf(scored.rougeL);
    case 'chrf':
      return meanOf(scored.chrf);
    case 'mae':
    case 'rmse': {
      const { family } = measure;
      return {
        pick: known(scored.error),
        value: rows => numberErrors(Array.from(rows, row => scored.error[row] as number))?.[family],
      };
    }
    case 'accuracy':
    case 'exact':
      return rightShare(scored);
    case 'auc':
      return ofScores(scored, rocAuc);
    case 'average_precision':
      return ofScores(scored, averagePrecision);
    case 'log_loss':
      return ofScores(scored, logLoss);
    case 'brier':
      return ofScores(scored, brier);
    case 'ece':
      return calibration(scored);
    case 'balanced_accuracy':
      return ofMatrix(scored, c => c.balancedAccuracy);
    case 'mcc':
      return ofMatrix(scored, c => (c.mccUndefined ? undefined : c.mcc));
    case 'kappa':
      return ofMatrix(scored, c => c.kappa);
    case 'precision':
    case 'recall':
    case 'f1':
      return averaged(measure.family, measure.part, scored);
  }
}

function meanOf(column: Float64Array): Statistic {
  return { pick: known(column), value: mean(column) };
}

function rightShare(scored: Scored): Statistic {
  const right = (rows: Int32Array): number => {
    let count = 0;
    for (const row of rows) if (scored.actual[row] === scored.predicted[row]) count++;
    return count;
  };
  return {
    pick: all,
    value: rows => (rows.length === 0 ? undefined : right(rows) / rows.length),
    closed: rows => proportion(right(rows), rows.length),
  };
}

function matrixOf({ actual, predicted, classes }: Scored, rows: Int32Array): Confusion {
  const width = classes?.size ?? 0;
  const cells = new Float64Array(width * width);
  for (const row of rows) cells[(actual[row] as number) * width + (predicted[row] as number)]!++;
  const matrix = new Confusion();
  for (const [cell, count] of cells.entries()) if (count > 0) matrix.add(Math.floor(cell / width), cell % width, count);
  return matrix;
}

/** Means run over the listed classes and over those that occur, as in the live windows; the first two numbers are no listed class. */
function ofMatrix(scored: Scored, value: (all: Classification) => number | undefined): Statistic {
  const { size = 0, listed = 0 } = scored.classes ?? {};
  const indices = Array.from({ length: size }, (_, i) => i);
  return {
    pick: rows => rows,
    value: rows => {
      const matrix = matrixOf(scored, rows);
      const counted = indices.filter(
        i => (i >= UNLISTED && i < UNLISTED + listed) || matrix.actual(i) + matrix.predicted(i) > 0,
      );
      const found = classification(matrix, counted);
      return found === undefined ? undefined : value(found);
    },
  };
}

type Rate = 'precision' | 'recall' | 'f1';

function isAverage(part: string | undefined): part is Average {
  return AVERAGES.some(average => average === part);
}

function averaged(rate: Rate, part: string | undefined, scored: Scored): Statistic {
  // Where each case has one class, all three are accuracy.
  if (part === 'micro') return rightShare(scored);
  if (isAverage(part)) return ofMatrix(scored, found => found[part][rate]);
  const index = part === undefined ? scored.classes?.positive : scored.classes?.find(part);
  const counts = (rows: Int32Array): ClassMeasures | undefined =>
    index === undefined ? undefined : classMeasures(index, matrixOf(scored, rows).counts(index));
  return {
    pick: all,
    value: rows => {
      const found = counts(rows);
      return found === undefined || found[`${rate}Undefined`] ? undefined : found[rate];
    },
    closed: rows => {
      const { tp, fp, fn } = counts(rows) ?? { tp: 0, fp: 0, fn: 0 };
      if (rate === 'precision') return proportion(tp, tp + fp);
      if (rate === 'recall') return proportion(tp, tp + fn);
      return { n: tp + fp + fn, interval: factor => f1Interval(tp * factor, fp * factor, fn * factor) };
    },
  };
}

/** What ranks or weighs the probability of the positive class; rows ascend by it, so that no draw has to sort. */
function ofScores(scored: Scored, value: (split: SplitScores) => number | undefined): Statistic {
  const { score, actual } = scored;
  const positive = scored.classes?.positive;
  return {
    pick: rows => known(score)(rows).sort((a, b) => (score[a] as number) - (score[b] as number) || a - b),
    value: rows => {
      if (positive === undefined) return undefined;
      const sides = { positive: new Float64Array(rows.length), negative: new Float64Array(rows.length) };
      let yes = 0;
      let no = 0;
      for (const row of rows) {
        if (actual[row] === positive) sides.positive[yes++] = score[row] as number;
        else sides.negative[no++] = score[row] as number;
      }
      return value({ positive: sides.positive.subarray(0, yes), negative: sides.negative.subarray(0, no) });
    },
  };
}

function calibration({ score, actual, predicted, kind, classes }: Scored): Statistic {
  const positive = kind === 'binary' ? classes?.positive : undefined;
  const claimed = (row: number): number => {
    const given = score[row] as number;
    return positive === undefined ? given : confidenceOf(given, predicted[row] === positive);
  };
  return {
    pick: known(score),
    biased: true,
    value: rows =>
      expectedCalibrationError(
        Array.from(rows, claimed),
        Array.from(rows, row => actual[row] === predicted[row]),
      ),
  };
}
