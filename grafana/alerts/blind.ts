import { type AlertFactory, type AlertRule, type Case, type Firing, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { and, compare, metricSeries, seriesText, since, unless } from '../promql.js';
import { fromRecord, ruleQueries } from '../recording.js';
import { type Segment, samples, timeline } from '../samples.js';

/** Calls are counted and not judged: quality, truth and anomaly figures say nothing. */
export const blind: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, thresholds } = options;
  const busy = compare(fromRecord('targetCalls', options), '>=', timings.floorCalls);
  const stalled: AlertRule = {
    expr: unless(busy, compare(fromRecord('targetEvaluated', options), '>', 0), ['job', 'instance']),
    hold: timings.hold.blind,
    labels: { reason: message`stalled` },
    summary: 'Model calls are counted but none is evaluated',
    description: message`${label('instance')} of ${label('job')} counted ${value('number')} calls in ${timings.rateWindow} and evaluated none. Alerts on quality, accuracy and anomalies are blind.`,
  };
  const dropping: AlertRule = {
    expr: and(compare(fromRecord('targetDropped', options), '>', thresholds.dropRatio), busy, ['job', 'instance']),
    hold: timings.hold.blind,
    keepFiring: timings.keepFiring,
    labels: { reason: message`dropping` },
    summary: 'Model calls are dropped before evaluation',
    description: message`${label('instance')} of ${label('job')} dropped ${value('percent')} of its calls in ${timings.rateWindow} without evaluating them. Alerts on quality, accuracy and anomalies see only the rest.`,
  };

  const t = timeline(options);
  const until = t.fired(seconds(timings.hold.blind));
  const target = { job, instance: 'app-1:9464' };
  const perStep = 1000;
  const run = (title: string, at: number, parts: readonly (readonly Segment[])[], firing: readonly Firing[]): Case => {
    const [calls = [], evaluated = [], dropped = []] = parts;
    return {
      title,
      at: at * t.step,
      firing,
      series: [
        { series: seriesText('up', target), values: samples(1, [0, at + 1]) },
        {
          series: metricSeries('calls', {
            ...target,
            provider: 'openai',
            model: 'm-1',
            operation: 'chat',
            outcome: 'ok',
            error_type: '',
          }),
          values: samples(0, ...calls),
        },
        { series: metricSeries('selfEvaluationDuration', target, 'count'), values: samples(0, ...evaluated) },
        { series: metricSeries('selfDropped', { ...target, reason: 'queue_full' }), values: samples(0, ...dropped) },
      ],
    };
  };
  const most = Math.round(perStep * (thresholds.dropRatio + (1 - thresholds.dropRatio) / 2));
  const just = Math.floor(perStep * thresholds.dropRatio * 0.99);
  const window = seconds(timings.rateWindow);
  const grown = (window / t.step) * perStep;
  const gone = until + t.ended;
  return {
    name: 'LLMMonitorBlind',
    severity: 'critical',
    category: 'monitoring',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.monitorHealth, variables: ['job'] },
    rules: [stalled, dropping],
    runbook: {
      meaning:
        'The monitor still counts model calls but does not judge them. The label `reason` says how: `stalled` means that no call was evaluated at all, `dropping` that a share of them found no room in the queue.',
      impact:
        'Calls, tokens, cost and latency stay right. Scores, flags, accuracy and anomalies are missing or rest on a part of the calls, so their alerts stay silent when they should not.',
      diagnosis: [
        {
          text: 'See why calls were dropped.',
          query: q.rate('selfDropped', timings.rateWindow, { by: ['instance', 'reason'] }),
        },
        {
          text: 'See how many calls wait. A queue that stays full means that evaluating is slower than calling.',
          query: q.gauge('selfQueueDepth'),
        },
        {
          text: 'See how long one evaluation takes.',
          query: q.quantile(0.95, 'selfEvaluationDuration', timings.rateWindow, { by: ['instance'] }),
        },
        { text: 'See how long ago the last call was evaluated.', query: since(q.gauge('selfEvaluationTimestamp')) },
        {
          text: 'See whether a part of the monitor fails.',
          query: q.rate('selfErrors', timings.rateWindow, { by: ['instance', 'component'] }),
        },
      ],
      mitigation: [
        'If evaluations became slow after a change of evaluators, take the new one out: `LLM_MONITOR_EVALUATORS=-NAME`.',
        'If traffic has grown, run more instances of the app, or fewer evaluators in each.',
        'If errors grow in one component, switch that one off and report the error; calls are not affected by it.',
        'If evaluation stands still with an empty queue, restart the app: its event loop may be blocked.',
      ],
    },
    cases: {
      fires: [
        run(
          'when calls flow and none is evaluated',
          until,
          [[[perStep, until]], [[0, until]], [[0, until]]],
          [{ rule: stalled, labels: { ...target, reason: 'stalled' }, value: grown }],
        ),
        run(
          'when many calls are dropped',
          until,
          [[[perStep, until]], [[perStep - most, until]], [[most, until]]],
          [{ rule: dropping, labels: { ...target, reason: 'dropping' }, value: most / perStep }],
        ),
      ],
      below: [
        run(
          'when some calls are evaluated and few are dropped',
          until,
          [[[perStep, until]], [[1, until]], [[just, until]]],
          [],
        ),
        run('when too few calls flow to say', until, [[[0, until]], [[0, until]], [[0, until]]], []),
      ],
      resolves: [
        run(
          'once calls are evaluated again',
          gone,
          [
            [[perStep, gone]],
            [
              [0, until],
              [perStep, t.ended],
            ],
            [[0, gone]],
          ],
          [],
        ),
        run(
          'once nothing is dropped any more',
          gone,
          [
            [[perStep, gone]],
            [[perStep, gone]],
            [
              [most, until],
              [0, t.ended],
            ],
          ],
          [],
        ),
      ],
      idle: [run('without traffic', until, [[[0, until]], [[0, until]], [[0, until]]], [])],
      vanishes: [
        run(
          'once the series are gone',
          gone,
          [
            [
              [perStep, until],
              ['gone', t.ended],
            ],
            [
              [0, until],
              ['gone', t.ended],
            ],
            [
              [0, until],
              ['gone', t.ended],
            ],
          ],
          [],
        ),
      ],
    },
  };
};
