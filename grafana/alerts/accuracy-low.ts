import { type AlertFactory, type AlertRule, type Case, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { aggregate, compare, metricSeries, not, or } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { levels, type Segment, timeline } from '../samples.js';

const BY = ['job', 'task', 'model'] as const;

/** Accuracy against late labels is surely too low: even the upper end of its 95 % interval is below the threshold. */
export const accuracyLow: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, thresholds, severities } = options;
  const threshold = thresholds.accuracy;
  const measure = { measure: 'accuracy', average: '', class: '', window: timings.truthWindow } as const;
  const upperEnd = (model: string | ReturnType<typeof not>) =>
    compare(aggregate('min', q.gauge('truthWindowHigh', { ...measure, model }), BY), '<', threshold);
  const rule: AlertRule = {
    // The figure over all models pages only where no single model explains it.
    expr: or(upperEnd(not('all')), upperEnd('all'), ['job', 'task']),
    hold: timings.hold.accuracy,
    keepFiring: timings.keepFiring,
    summary: 'Answers are right too seldom',
    description: message`Accuracy of ${label('model')} on the task ${label('task')} of ${label('job')} is at most ${value('percent')} over the window ${timings.truthWindow} (upper end of the 95 % interval); ${String(threshold * 100)}% is expected.`,
  };
  const t = timeline(options);
  const least = t.steps(seconds(timings.hold.accuracy));
  const hold = least + t.steps(seconds(timings.evaluationInterval));
  const ended = hold + 2 + t.ended;
  const low = Number((threshold * 0.9).toFixed(4));
  const labels = (model: string) => ({ ...measure, job, instance: 'app-1:9464', task: 'default', model });
  const run = (title: string, at: number, model: string, fires: boolean, ...values: readonly Segment[]): Case => ({
    title,
    at: at * t.step,
    series: [{ series: metricSeries('truthWindowHigh', labels(model)), values: levels(...values) }],
    firing: fires ? [{ rule, labels: { job, task: 'default', model }, value: low }] : [],
  });
  const both = run('for the model alone when the figure over all models is low too', hold + 2, 'm-1', true, [
    low,
    hold + 4,
  ]);
  return {
    name: 'LLMAccuracyLow',
    severity: severities.accuracy,
    category: 'accuracy',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.accuracy, variables: ['job', 'model'] },
    rules: [rule],
    runbook: {
      meaning:
        'Among the latest calls whose true answer is known, so few were right that even the upper end of the 95 % interval is below the threshold. Too few labels make the interval wide and keep the alert silent; it fires only when accuracy is surely too low.',
      impact: 'Users and processes behind this model get wrong answers more often than was agreed.',
      diagnosis: [
        { text: 'See the figure with its interval, by task and model.', query: q.gauge('truthWindow', measure) },
        {
          text: 'See whether the provider swapped the model behind the name.',
          query: q.growth('modelChanges', '1d', { by: ['requested_model', 'from', 'to'] }),
        },
        {
          text: 'See which classes are mistaken for which.',
          query: q.growth('truthConfusion', '1d', { by: ['task', 'actual', 'predicted'] }),
        },
        {
          text: 'See whether labels still arrive as before: a change of who labels, or of what is labelled, moves this figure too.',
          query: q.rate('truthLabels', '1h', { by: ['task', 'result'] }),
        },
        {
          text: 'See which evaluators flag more than before, for a hint of how answers changed.',
          query: q.rate('qualityFlagged', timings.rateWindow, { by: ['evaluator', 'model'] }),
        },
      ],
      mitigation: [
        'If the model was swapped, pin the earlier version, or go to another model, until the new one is checked.',
        'If the prompt or the application changed, take the change back.',
        'If labels are wrong, correct them: a second label for a call replaces the first.',
        'If the traffic itself has changed, decide with the owner of the task whether the threshold still fits.',
      ],
    },
    cases: {
      fires: [
        run('when the upper end is below the threshold', hold + 2, 'm-1', true, [1, 1], [low, hold + 4]),
        run('over all models when no single one is low', hold + 2, 'all', true, [1, 1], [low, hold + 4]),
        {
          ...both,
          series: [
            ...both.series,
            { series: metricSeries('truthWindowHigh', labels('all')), values: levels([low, hold + 4]) },
          ],
        },
      ],
      below: [
        run('when the upper end is just at the threshold', hold + 2, 'm-1', false, [threshold, hold + 4]),
        run('a moment before it has been low long enough', least + 1, 'm-1', false, [1, 2], [low, least + 4]),
      ],
      resolves: [run('once accuracy is back', ended, 'm-1', false, [low, hold + 2], [1, t.ended + 2])],
      idle: [run('without any label', hold + 2, 'm-1', false)],
      vanishes: [run('once the figure is gone', ended, 'm-1', false, [low, hold + 2], ['gone', t.ended + 2])],
    },
  };
};
