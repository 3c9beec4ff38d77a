import { type AlertFactory, type AlertRule, type Case, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { compare, metricSeries, seriesText } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { type Segment, samples, timeline } from '../samples.js';

const BY = ['job', 'instance', 'reason'] as const;

/** Something that the monitor was to keep finds no room, again and again. */
export const droppingEvents: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings } = options;
  const rule: AlertRule = {
    expr: compare(q.growth('selfDropped', timings.rateWindow, { by: BY }), '>', 0),
    hold: timings.hold.blind,
    keepFiring: timings.keepFiring,
    summary: 'The monitor drops calls or labels',
    description: message`${label('instance')} of ${label('job')} dropped ${value('number')} calls or labels within ${timings.rateWindow}: ${label('reason')}.`,
  };
  const t = timeline(options);
  const window = t.steps(seconds(timings.rateWindow));
  const hold = t.steps(seconds(timings.hold.blind));
  const until = t.fired(seconds(timings.hold.blind));
  const gone = until + t.ended;
  const labels = { job, instance: 'app-1:9464', reason: 'queue_full' };
  const run = (title: string, at: number, fires: number, ...dropped: readonly Segment[]): Case => ({
    title,
    at: at * t.step,
    series: [
      { series: seriesText('up', { job, instance: labels.instance }), values: samples(1, [0, at + 1]) },
      { series: metricSeries('selfDropped', labels), values: samples(0, ...dropped) },
    ],
    firing: fires > 0 ? [{ rule, labels, value: fires }] : [],
  });
  return {
    name: 'LLMMonitorDroppingEvents',
    severity: 'warning',
    category: 'monitoring',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.monitorHealth, variables: ['job'] },
    rules: [rule],
    runbook: {
      meaning:
        'The monitor goes on dropping something that it was to keep, however small the share: the label `reason` says what. When the share of calls is large, LLMMonitorBlind pages as well.',
      impact:
        'Calls, tokens, cost and latency stay right. Some calls have no score, some labels no call, or a recording has gaps.',
      diagnosis: [
        {
          text: 'See what is dropped, and where.',
          query: q.rate('selfDropped', timings.rateWindow, { by: ['instance', 'reason'] }),
        },
        { text: 'See how many calls wait for evaluation.', query: q.gauge('selfQueueDepth') },
        {
          text: 'See how long one evaluation takes.',
          query: q.quantile(0.95, 'selfEvaluationDuration', timings.rateWindow, { by: ['instance'] }),
        },
      ],
      mitigation: [
        '`queue_full`: evaluating is slower than calling; take a slow evaluator out, or run more instances.',
        '`state_unavailable`: the store of `LLM_MONITOR_STATE` does not answer; bring it back.',
        '`label_backlog`: labels arrive faster than they are taken in; send them more evenly.',
        '`recording`: the disk of the recording is full or slow.',
      ],
    },
    cases: {
      fires: [run('when calls are dropped all the time', until, 10 * window, [10, until])],
      below: [
        run('when calls are dropped for less than the time to hold', hold - 1, 0, [10, hold]),
        run('when none is dropped any more', until, 0, [10, 1], [0, until + window]),
      ],
      resolves: [run('once nothing is dropped any more', gone, 0, [10, until], [0, t.ended])],
      idle: [run('without traffic', until, 0, [0, until])],
      vanishes: [run('once the series is gone', gone, 0, [10, until], ['gone', t.ended])],
    },
  };
};
