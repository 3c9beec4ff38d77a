import { type AlertFactory, type AlertRule, type Case, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { aggregate, compare, metricSeries, not, or } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { levels, type Segment, timeline } from '../samples.js';

const BY = ['job', 'task', 'model', 'class'] as const;

/** F1 of one class is surely too low: even the upper end of its 95 % interval is below the threshold. */
export const f1Low: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, thresholds, severities } = options;
  const threshold = thresholds.f1;
  const measure = { measure: 'f1', average: 'class', window: timings.truthWindow } as const;
  const upperEnd = (model: string | ReturnType<typeof not>) =>
    compare(aggregate('min', q.gauge('truthWindowHigh', { ...measure, model }), BY), '<', threshold);
  const rule: AlertRule = {
    // The figure over all models pages only where no single model explains it.
    expr: or(upperEnd(not('all')), upperEnd('all'), ['job', 'task', 'class']),
    hold: timings.hold.accuracy,
    keepFiring: timings.keepFiring,
    summary: 'Answers of one class are right too seldom',
    description: message`F1 of the class ${label('class')} by ${label('model')} on the task ${label('task')} of ${label('job')} is at most ${value('percent')} over the window ${timings.truthWindow} (upper end of the 95 % interval); ${String(Number((threshold * 100).toPrecision(4)))}% is expected.`,
  };
  const t = timeline(options);
  const least = t.steps(seconds(timings.hold.accuracy));
  const hold = least + t.steps(seconds(timings.evaluationInterval));
  const ended = hold + 2 + t.ended;
  const low = Number((threshold * 0.9).toFixed(4));
  const series = (model: string, name: string, ...values: readonly Segment[]) => ({
    series: metricSeries('truthWindowHigh', {
      ...measure,
      job,
      instance: 'app-1:9464',
      task: 'default',
      model,
      class: name,
    }),
    values: levels(...values),
  });
  const run = (title: string, at: number, model: string, fires: boolean, ...values: readonly Segment[]): Case => ({
    title,
    at: at * t.step,
    series: [series(model, 'spam', ...values), series(model, 'ham', [1, at + 1])],
    firing: fires ? [{ rule, labels: { job, task: 'default', model, class: 'spam' }, value: low }] : [],
  });
  const both = run('for the model alone when the figure over all models is low too', hold + 2, 'm-1', true, [
    low,
    hold + 4,
  ]);
  return {
    name: 'LLMF1Low',
    severity: severities.f1,
    category: 'accuracy',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.accuracy, variables: ['job', 'model'] },
    rules: [rule],
    runbook: {
      meaning:
        'Among the latest calls whose true answer is known, one class is missed, or named wrongly, so often that even the upper end of the 95 % interval of its F1 is below the threshold. Accuracy over all classes can look well at the same time, where the class is rare. Few labels of the class make the interval wide and keep the alert silent.',
      impact: 'Who depends on this class, such as the few urgent messages among many, is served worst.',
      diagnosis: [
        {
          text: 'See whether the class is missed (recall) or named wrongly (precision).',
          query: q.gauge('truthWindow', { average: 'class', window: timings.truthWindow }),
        },
        {
          text: 'See which classes it is mistaken for.',
          query: q.growth('truthConfusion', '1d', { by: ['task', 'actual', 'predicted'] }),
        },
        {
          text: 'See whether the provider swapped the model behind the name.',
          query: q.growth('modelChanges', '1d', { by: ['requested_model', 'from', 'to'] }),
        },
        {
          text: 'See whether labels of the class still arrive as before.',
          query: q.gauge('truthCoverage'),
        },
      ],
      mitigation: [
        'If the prompt names the classes, see whether a change of it moved the border of this one.',
        'If the model was swapped, pin the earlier version, or go to another model.',
        'If labels are wrong, correct them: a second label for a call replaces the first.',
        'If calls of this class can be told early, have people look at them meanwhile.',
      ],
    },
    cases: {
      fires: [
        run('when the upper end of a class is below the threshold', hold + 2, 'm-1', true, [1, 1], [low, hold + 4]),
        run('over all models when no single one is low', hold + 2, 'all', true, [1, 1], [low, hold + 4]),
        { ...both, series: [...both.series, series('all', 'spam', [low, hold + 4])] },
      ],
      below: [
        run('when the upper end is just at the threshold', hold + 2, 'm-1', false, [threshold, hold + 4]),
        run('a moment before it has been low long enough', least + 1, 'm-1', false, [1, 2], [low, least + 4]),
      ],
      resolves: [run('once the class is back', ended, 'm-1', false, [low, hold + 2], [1, t.ended + 2])],
      idle: [run('without any label of the class', hold + 2, 'm-1', false)],
      vanishes: [run('once the figure is gone', ended, 'm-1', false, [low, hold + 2], ['gone', t.ended + 2])],
    },
  };
};
