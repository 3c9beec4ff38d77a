import { type Duration, type ResolvedOptions, seconds } from './options.js';
import {
  aggregate,
  and,
  atLeast,
  compare,
  divide,
  type Matcher,
  minus,
  not,
  oneOf,
  plus,
  type Query,
  recorded,
  share,
  times,
} from './promql.js';
import { type Recording, recordName, ruleQueries } from './recording.js';

/** Ranges that measures are recorded over, by the suffix of their names. */
export const TRUTH_RANGES = ['1h', '1d'] as const;
export type TruthRange = (typeof TRUTH_RANGES)[number];

/** How often they are recorded: more seldom than what alerts read, as a day of counters is read each time. */
export function truthInterval({ timings }: ResolvedOptions): Duration {
  const time = SELDOM * seconds(timings.evaluationInterval);
  return Number.isInteger(time) ? `${time}s` : `${Math.round(time * 1000)}ms`;
}

const SELDOM = 4;

export interface TruthRecording extends Recording {
  readonly labels?: Readonly<Record<string, string>>;
}

const TASK = ['job', 'task', 'model'] as const;
const CLASS = [...TASK, 'class'] as const;
const CELL = [...CLASS, 'outcome'] as const;
const RATES = ['precision', 'recall', 'f1'] as const;

/** Names of the recorded measures of a range. */
export function truthRecorded(range: TruthRange) {
  const name = (level: readonly string[], operation: string): string =>
    recordName(level, 'truthOutcomes', `${operation}_${range}`);
  return {
    /** Outcomes less those that were taken back. */
    net: name(CELL, 'net'),
    precision: name(CLASS, 'precision'),
    recall: name(CLASS, 'recall'),
    f1: name(CLASS, 'f1'),
    accuracy: name(TASK, 'accuracy'),
    macroPrecision: name(TASK, 'macro_precision'),
    macroRecall: name(TASK, 'macro_recall'),
    macroF1: name(TASK, 'macro_f1'),
    /** Accuracy that chance alone would give. */
    chance: name(TASK, 'chance'),
    kappa: name(TASK, 'kappa'),
  } as const;
}

/**
 * Precision, recall and F1 of each class and their macro averages, accuracy and Cohen's kappa over an hour and a day, from counters
 * alone: of all replicas together, and of any age that Prometheus keeps. `model` is `all` for all models. What is undefined is
 * absent; a macro average is over the classes that occur in the range, an undefined precision or recall counting as 0, as in the
 * windows. A correction of an earlier label is less than nothing in its old cell, which is held at 0.
 */
export function truthRecordings(options: ResolvedOptions): readonly TruthRecording[] {
  return TRUTH_RANGES.flatMap(range => ofRange(options, range));
}

function ofRange(options: ResolvedOptions, range: TruthRange): readonly TruthRecording[] {
  const q = ruleQueries(options);
  const names = truthRecorded(range);
  const read = (which: keyof typeof names, where: Readonly<Record<string, Matcher>> = {}): Query =>
    recorded(names[which], options.job, where);
  const rule = (which: keyof typeof names, expr: Query): TruthRecording => ({ name: names[which], expr });
  const sum = (by: readonly string[], hit: string, ...more: readonly string[]): Query =>
    aggregate('sum', read('net', { outcome: more.length === 0 ? hit : oneOf(hit, ...more) }), by);

  const net = minus(
    q.growth('truthOutcomes', range, { by: CELL }),
    q.growth('truthOutcomesCorrected', range, { by: CELL }),
  );
  // A text task has one class, `correct`, and no matrix: its precision would be 1 whatever it does.
  const matrix = aggregate('sum', q.counter('truthConfusion'), ['job', 'task']);
  const classified = (query: Query): Query => and(query, matrix, ['job', 'task']);
  const truth = sum(CLASS, 'tp', 'fn');
  const predicted = sum(CLASS, 'tp', 'fp');
  const occurring = aggregate('count', compare(plus(truth, predicted), '>', 0), TASK);
  const labels = sum(TASK, 'tp', 'fn');
  const macro = { precision: 'macroPrecision', recall: 'macroRecall', f1: 'macroF1' } as const;
  return [
    rule('net', atLeast(net, 0)),
    {
      name: names.net,
      labels: { model: 'all' },
      expr: aggregate('sum', read('net', { model: not('all') }), ['job', 'task', 'class', 'outcome']),
    },
    rule('precision', classified(share(sum(CLASS, 'tp'), predicted))),
    rule('recall', classified(share(sum(CLASS, 'tp'), truth))),
    rule('f1', classified(share(times(sum(CLASS, 'tp'), 2), plus(truth, predicted)))),
    ...RATES.map(rate => rule(macro[rate], divide(aggregate('sum', read(rate), TASK), occurring))),
    rule('accuracy', share(sum(TASK, 'tp'), labels)),
    rule(
      'chance',
      classified(divide(aggregate('sum', times(truth, predicted), TASK), compare(times(labels, labels), '>', 0))),
    ),
    rule('kappa', divide(minus(read('accuracy'), read('chance')), compare(minus(1, read('chance')), '>', 0))),
  ];
}
