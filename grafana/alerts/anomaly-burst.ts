import { type AlertFactory, type AlertRule, type Case, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { and, compare, metricSeries, seriesText } from '../promql.js';
import { fromRecord, ruleQueries } from '../recording.js';
import { type Segment, samples, timeline } from '../samples.js';

const BY = ['job', 'detector', 'model'] as const;

/** Far more calls look odd than a quiet stream has. */
export const anomalyBurst: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, thresholds, severities } = options;
  const enough = compare(fromRecord('scored', options), '>=', timings.floorCalls);
  const rule: AlertRule = {
    expr: and(compare(fromRecord('anomalyShare', options), '>', thresholds.anomalyRatio), enough, BY),
    hold: timings.hold.anomaly,
    keepFiring: timings.keepFiring,
    summary: 'Many model calls look unlike those before',
    description: message`The detector ${label('detector')} flagged ${value('percent')} of the calls of ${label('job')} to ${label('model')} within ${timings.rateWindow}; in a quiet stream it is about ${String(Number(((1 - thresholds.anomalyScore) * 100).toPrecision(3)))}%.`,
  };
  const t = timeline(options);
  const until = t.fired(seconds(timings.hold.anomaly));
  const gone = until + t.ended;
  const perStep = 1000;
  const many = Math.round(perStep * (thresholds.anomalyRatio + (1 - thresholds.anomalyRatio) / 2));
  const just = Math.floor(perStep * thresholds.anomalyRatio * 0.99);
  const labels = { job, detector: 'isolation_forest', model: 'm-1' };
  const run = (title: string, at: number, scored: readonly Segment[], flagged: readonly Segment[], fires = 0): Case => {
    const call = { ...labels, instance: 'app-1:9464', operation: 'chat' as const };
    return {
      title,
      at: at * t.step,
      series: [
        { series: seriesText('up', { job, instance: 'app-1:9464' }), values: samples(1, [0, at + 1]) },
        { series: metricSeries('anomalyScore', call, 'count'), values: samples(0, ...scored) },
        {
          series: metricSeries('anomalyFlagged', { ...call, feature: 'output_tokens' }),
          values: samples(0, ...flagged),
        },
      ],
      firing: fires > 0 ? [{ rule, labels, value: fires }] : [],
    };
  };
  const few = (timings.floorCalls - 1) / t.steps(seconds(timings.rateWindow));
  return {
    name: 'LLMAnomalyBurst',
    severity: severities.anomaly,
    category: 'anomaly',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.anomalyShare, variables: ['job', 'model'] },
    rules: [rule],
    runbook: {
      meaning:
        'A detector finds that many calls of one model look unlike those it has learnt from: longer, slower, dearer, refused more often, or odd in how these go together. It says that something changed, not that it is bad.',
      impact:
        'Unknown until the cause is found. Often it is the first sign of a swapped model, a changed prompt, an attack, or a broken caller.',
      diagnosis: [
        {
          text: 'See which features make the calls odd.',
          query: q.rate('anomalyFlagged', timings.rateWindow, { by: ['detector', 'model', 'feature'] }),
        },
        {
          text: 'See whether the provider swapped the model.',
          query: q.growth('modelChanges', '1h', { by: ['requested_model', 'from', 'to'] }),
        },
        {
          text: 'See which evaluators flag more than before.',
          query: q.rate('qualityFlagged', timings.rateWindow, { by: ['evaluator', 'model'] }),
        },
        {
          text: 'See how much the detector has learnt; a young one knows little of what is normal.',
          query: q.gauge('detectorTrainedCalls'),
        },
        {
          text: 'Run this in Explore with exemplars switched on: each dot near the top leads to the trace of one odd call.',
          query: q.quantile(0.99, 'anomalyScore', timings.rateWindow, { by: ['detector'] }),
        },
      ],
      mitigation: [
        'If a deployment explains it and is as intended, do nothing: the detector learns the new normal.',
        'If a prompt or a caller broke, take the change back.',
        'If the model was swapped, see LLMModelChanged.',
        'If single callers send odd traffic, limit them.',
      ],
    },
    cases: {
      fires: [run('when many calls are flagged', until, [[perStep, until]], [[many, until]], many / perStep)],
      below: [
        run('when just few enough calls are flagged', until, [[perStep, until]], [[just, until]]),
        run('when too few calls are scored to say', until, [[few, until]], [[few, until]]),
      ],
      resolves: [
        run(
          'once no call is flagged any more',
          gone,
          [[perStep, gone]],
          [
            [many, until],
            [0, t.ended],
          ],
        ),
      ],
      idle: [run('without traffic', until, [[0, until]], [[0, until]])],
      vanishes: [
        run(
          'once the series are gone',
          gone,
          [
            [perStep, until],
            ['gone', t.ended],
          ],
          [
            [many, until],
            ['gone', t.ended],
          ],
        ),
      ],
    },
  };
};
