import { type AlertFactory, type AlertRule, type Case, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { compare, divide, metricSeries } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { levels, type Segment, timeline } from '../samples.js';

/** Share of the series limit that leaves time to act: at the limit itself new label sets are folded together. */
const NEAR = 0.9;

/** A metric has nearly as many series as it may have. */
export const seriesLimitNear: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings } = options;
  const rule: AlertRule = {
    expr: compare(divide(q.gauge('selfSeries'), q.gauge('selfSeriesLimit')), '>', NEAR),
    hold: timings.hold.blind,
    keepFiring: timings.keepFiring,
    summary: 'A metric is near its limit of series',
    description: message`${label('metric')} of ${label('instance')} of ${label('job')} has ${value('percent')} of the series that it may have. At the limit, new label sets are counted together as other.`,
  };
  const t = timeline(options);
  const until = t.steps(seconds(timings.hold.blind)) + t.steps(seconds(timings.evaluationInterval)) + 2;
  const gone = until + t.ended;
  const labels = { job, instance: 'app-1:9464', metric: 'llm_monitor.calls' };
  const limit = 1000;
  const run = (title: string, at: number, fires: number, ...series: readonly Segment[]): Case => ({
    title,
    at: at * t.step,
    series: [
      { series: metricSeries('selfSeries', labels), values: levels(...series) },
      {
        series: metricSeries('selfSeriesLimit', labels),
        values: levels(...series.map(([n, steps]): Segment => [n === 'gone' ? n : limit, steps])),
      },
    ],
    firing: fires > 0 ? [{ rule, labels, value: fires / limit }] : [],
  });
  const near = limit * NEAR;
  return {
    name: 'LLMMonitorSeriesLimitNear',
    severity: 'warning',
    category: 'monitoring',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.monitorHealth, variables: ['job'] },
    rules: [rule],
    runbook: {
      meaning:
        'Every metric may have a limited number of series in a process, so that a label with ever new values cannot use up memory. One metric has used up most of that number; past it, new label sets are counted together under `other`.',
      impact:
        'Nothing is lost yet. At the limit sums stay right, but new models, tasks or classes can no longer be told apart, and alerts by model do not see them.',
      diagnosis: [
        { text: 'See which metrics have how many series.', query: q.gauge('selfSeries') },
        {
          text: 'See whether label sets are folded already.',
          query: q.growth('selfSeriesFolded', timings.changeWindow, { by: ['instance', 'metric'] }),
        },
        {
          text: 'See which label of the metric has ever new values; model names with an id or a date in them are the usual cause.',
          query: q.rate('calls', timings.rateWindow, { by: ['model'] }),
        },
      ],
      mitigation: [
        'If a label holds an id, a user or a text, change the app so that it sends one of few values.',
        'If the values are all wanted, raise the limit of series in the configuration, and see that Prometheus can hold them.',
        'Restart the app to begin with no series; it helps only until the values come again.',
      ],
    },
    cases: {
      fires: [
        run('when nearly all series are used', until, near + 1, [near + 1, until + 1]),
        run('when the limit is reached', until, limit, [limit, until + 1]),
      ],
      below: [
        run('when just few enough series are used', until, 0, [near, until + 1]),
        run('a moment before it has been near long enough', until - 4, 0, [1, 2], [limit, until]),
      ],
      resolves: [run('once there are few series again', gone, 0, [limit, until], [1, t.ended + 1])],
      idle: [run('without traffic', until, 0, [0, until + 1])],
      vanishes: [run('once the series are gone', gone, 0, [limit, until], ['gone', t.ended + 1])],
    },
  };
};
