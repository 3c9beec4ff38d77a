import type { ResolvedOptions } from './options.js';
import { metricSeries, seriesText } from './promql.js';
import { TRUTH_RANGES, type TruthRange, truthRecorded } from './truth-recording.js';

/** A test file of promtool that asks for values. */
export interface ValueTestFile {
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  readonly tests: readonly {
    readonly name: string;
    readonly interval: string;
    readonly input_series: readonly { readonly series: string; readonly values: string }[];
    readonly promql_expr_test: readonly {
      readonly expr: string;
      readonly eval_time: string;
      readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
    }[];
  }[];
}

type Outcome = 'tp' | 'fp' | 'fn' | 'tn';
/** Growth a minute of what is counted and of what is taken back. */
type Growth = readonly [outcomes: number, corrected: number];

/**
 * A worked example, of each minute: of 20 labels on three classes the model m-1 is right on 14; two more had first been labelled as
 * mistakes and were then corrected, so that both outcomes were counted and one was taken back. Net:
 *
 *     truth \ said  card  loan  other   all
 *     card             8     1      1    10
 *     loan             2     4      0     6
 *     other            0     2      2     4
 *     all             10     7      3    20
 *
 * The model m-2 is right on all of 4 cards and 6 loans.
 */
const CLASSES: Readonly<Record<string, Readonly<Record<string, Readonly<Record<Outcome, Growth>>>>>> = {
  'm-1': {
    card: { tp: [8, 0], fp: [4, 2], fn: [2, 0], tn: [8, 0] },
    loan: { tp: [4, 0], fp: [3, 0], fn: [4, 2], tn: [11, 0] },
    other: { tp: [2, 0], fp: [1, 0], fn: [2, 0], tn: [15, 0] },
  },
  'm-2': {
    card: { tp: [4, 0], fp: [0, 0], fn: [0, 0], tn: [6, 0] },
    loan: { tp: [6, 0], fp: [0, 0], fn: [0, 0], tn: [4, 0] },
    other: { tp: [0, 0], fp: [0, 0], fn: [0, 0], tn: [10, 0] },
  },
};

/** What follows, worked out by hand; a millionth is the unit, as promtool compares numbers digit by digit. */
const EXPECTED: readonly (readonly [
  which: keyof ReturnType<typeof truthRecorded>,
  labels: Readonly<Record<string, string>>,
  value: number | undefined,
])[] = [
  ['precision', { model: 'm-1', class: 'card' }, 8 / 10],
  ['recall', { model: 'm-1', class: 'card' }, 8 / 10],
  ['f1', { model: 'm-1', class: 'card' }, 8 / 10],
  ['precision', { model: 'm-1', class: 'loan' }, 4 / 7],
  ['recall', { model: 'm-1', class: 'loan' }, 4 / 6],
  ['f1', { model: 'm-1', class: 'loan' }, 8 / 13],
  ['precision', { model: 'm-1', class: 'other' }, 2 / 3],
  ['recall', { model: 'm-1', class: 'other' }, 2 / 4],
  ['f1', { model: 'm-1', class: 'other' }, 4 / 7],
  ['macroPrecision', { model: 'm-1' }, (8 / 10 + 4 / 7 + 2 / 3) / 3],
  ['macroRecall', { model: 'm-1' }, (8 / 10 + 4 / 6 + 2 / 4) / 3],
  ['macroF1', { model: 'm-1' }, (8 / 10 + 8 / 13 + 4 / 7) / 3],
  ['accuracy', { model: 'm-1' }, 14 / 20],
  ['kappa', { model: 'm-1' }, (14 / 20 - (100 + 42 + 12) / 400) / (1 - (100 + 42 + 12) / 400)],
  // A class that neither occurs nor is predicted has no value, and no part in the average.
  ['f1', { model: 'm-2', class: 'other' }, undefined],
  ['macroPrecision', { model: 'm-2' }, 1],
  ['macroRecall', { model: 'm-2' }, 1],
  ['macroF1', { model: 'm-2' }, 1],
  ['kappa', { model: 'm-2' }, 1],
  // Both models together: 12 of 14 cards and 10 of 12 loans.
  ['recall', { model: 'all', class: 'card' }, 12 / 14],
  ['precision', { model: 'all', class: 'loan' }, 10 / 13],
  ['accuracy', { model: 'all' }, 24 / 30],
];

const MINUTES: Readonly<Record<TruthRange, number>> = { '1h': 120, '1d': 1500 };

function grows(perMinute: number, minutes: number): string {
  return perMinute === 0 ? `0x${minutes}` : `0+${perMinute}x${minutes}`;
}

function testOf(range: TruthRange, { job }: ResolvedOptions): ValueTestFile['tests'][number] {
  const minutes = MINUTES[range];
  const target = { job, instance: 'app-1:9464' };
  const counters = Object.entries(CLASSES).flatMap(([model, classes]) =>
    Object.entries(classes).flatMap(([name, outcomes]) =>
      Object.entries(outcomes).flatMap(([outcome, [counted, corrected]]) => {
        const labels = { ...target, task: 'intent', model, class: name, outcome };
        return [
          { series: metricSeries('truthOutcomes', labels), values: grows(counted, minutes) },
          { series: metricSeries('truthOutcomesCorrected', labels), values: grows(corrected, minutes) },
        ];
      }),
    ),
  );
  const text = ['tp', 'fp', 'fn', 'tn'].flatMap(outcome => {
    const labels = { ...target, task: 'answer', model: 'm-1', class: 'correct', outcome };
    const perMinute = { tp: 3, fn: 1 }[outcome] ?? 0;
    return [
      { series: metricSeries('truthOutcomes', labels), values: grows(perMinute, minutes) },
      { series: metricSeries('truthOutcomesCorrected', labels), values: grows(0, minutes) },
    ];
  });
  const matrix = { ...target, task: 'intent', actual: 'card', predicted: 'card' };
  const names = truthRecorded(range);
  const ask = (
    which: keyof typeof names,
    labels: Readonly<Record<string, string>>,
    value: number | undefined,
  ): ValueTestFile['tests'][number]['promql_expr_test'][number] => ({
    expr: `round(1000000 * ${seriesText(names[which], labels)})`,
    eval_time: `${minutes}m`,
    exp_samples:
      value === undefined ? [] : [{ labels: seriesText('', { ...labels, job }), value: Math.round(value * 1_000_000) }],
  });
  return {
    name: `measures over ${range}`,
    interval: '1m',
    input_series: [
      ...counters,
      ...text,
      { series: metricSeries('truthConfusion', matrix), values: grows(8, minutes) },
      { series: seriesText('up', target), values: `1x${minutes}` },
    ],
    promql_expr_test: [
      ...EXPECTED.map(([which, labels, value]) => ask(which, { task: 'intent', ...labels }, value)),
      ask('accuracy', { task: 'answer', model: 'all' }, 3 / 4),
      ask('precision', { task: 'answer' }, undefined),
      ask('kappa', { task: 'answer' }, undefined),
    ],
  };
}

/** Proves the recorded measures on a worked example with corrections. `ruleFiles` are named from the folder of the test. */
export function truthRuleTest(options: ResolvedOptions, ruleFiles: readonly string[]): ValueTestFile {
  return {
    rule_files: ruleFiles,
    evaluation_interval: '30m',
    tests: TRUTH_RANGES.map(range => testOf(range, options)),
  };
}
