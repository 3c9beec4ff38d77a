import { type AlertFactory, type AlertRule, type Case, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { aggregate, and, compare, metricSeries } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { levels, type Segment, timeline } from '../samples.js';

const BY = ['job', 'task'] as const;
/** The calibration error of few labels is high by chance: below so many since the process began it says nothing. */
const LEAST_LABELS = 500;

/** The probabilities that come with predictions do not say how often these are right. */
export const calibrationOff: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, thresholds } = options;
  const threshold = thresholds.calibrationError;
  const measure = { measure: 'ece', average: '', class: '', window: timings.truthWindow, model: 'all' } as const;
  const labelled = aggregate('sum', q.counter('truthLabels', { result: 'matched' }), BY);
  const rule: AlertRule = {
    expr: and(
      compare(aggregate('max', q.gauge('truthWindow', measure), BY), '>', threshold),
      compare(labelled, '>=', LEAST_LABELS),
      BY,
    ),
    hold: timings.hold.accuracy,
    keepFiring: timings.keepFiring,
    summary: 'Probabilities of predictions are off',
    description: message`On the task ${label('task')} of ${label('job')} probabilities differ from how often predictions are right by ${value('percent')} on average over the window ${timings.truthWindow}; up to ${String(Number((threshold * 100).toPrecision(4)))}% is accepted.`,
  };
  const t = timeline(options);
  const least = t.steps(seconds(timings.hold.accuracy));
  const hold = least + t.steps(seconds(timings.evaluationInterval));
  const ended = hold + 2 + t.ended;
  const high = Number((threshold + (1 - threshold) / 2).toFixed(4));
  const target = { job, instance: 'app-1:9464', task: 'default' };
  const run = (title: string, at: number, fires: boolean, count: number, ...values: readonly Segment[]): Case => ({
    title,
    at: at * t.step,
    series: [
      { series: metricSeries('truthWindow', { ...measure, ...target }), values: levels(...values) },
      { series: metricSeries('truthLabels', { ...target, result: 'matched' }), values: levels([count, at + 1]) },
    ],
    firing: fires ? [{ rule, labels: { job, task: 'default' }, value: high }] : [],
  });
  return {
    name: 'LLMCalibrationOff',
    severity: 'warning',
    category: 'accuracy',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.accuracy, variables: ['job'] },
    rules: [rule],
    runbook: {
      meaning:
        'Predictions come with a probability, and among the latest labelled calls it does not match how often they are right: of those with 0.9, far more or fewer than nine in ten. The figure is the expected calibration error over ten bins, of all models together. It is above 0 by chance, so the alert waits for 500 labels since the app began.',
      impact:
        'Decisions that go by the probability, such as what a person must look at, are wrong, even where accuracy is as before.',
      diagnosis: [
        { text: 'See the error by task and model.', query: q.gauge('truthWindow', { measure: 'ece' }) },
        {
          text: 'See whether accuracy fell too: then predictions became worse, and probabilities did not follow.',
          query: q.gauge('truthWindow', { measure: 'accuracy', average: '', class: '', window: timings.truthWindow }),
        },
        {
          text: 'See whether the provider swapped the model: log probabilities of another model mean another thing.',
          query: q.growth('modelChanges', '1d', { by: ['requested_model', 'from', 'to'] }),
        },
        {
          text: 'See whether labels come from the same calls as before: those that people pick are harder than the rest.',
          query: q.gauge('truthCoverage'),
        },
      ],
      mitigation: [
        'Fit the map from scores to probabilities anew, on recent labelled calls.',
        'Until then, move the border of the score from which a person looks at a case.',
        'If the model was swapped, pin the earlier version.',
        'If the score is an order and no probability, raise `thresholds.calibrationError`.',
      ],
    },
    cases: {
      fires: [run('when probabilities are off', hold + 2, true, LEAST_LABELS, [0, 1], [high, hold + 4])],
      below: [
        run('when the error is just at the threshold', hold + 2, false, LEAST_LABELS, [threshold, hold + 4]),
        run('with one label too few to say', hold + 2, false, LEAST_LABELS - 1, [high, hold + 4]),
        run('a moment before it has been off long enough', least + 1, false, LEAST_LABELS, [0, 2], [high, least + 4]),
      ],
      resolves: [
        run('once probabilities are right again', ended, false, LEAST_LABELS, [high, hold + 2], [0, t.ended + 2]),
      ],
      idle: [run('without any probability', hold + 2, false, 0)],
      vanishes: [run('once the figure is gone', ended, false, LEAST_LABELS, [high, hold + 2], ['gone', t.ended + 2])],
    },
  };
};
