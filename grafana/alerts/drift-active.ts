import { type AlertFactory, type AlertRule, type Case, label, message } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { aggregate, compare, metricSeries } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { levels, type Segment, timeline } from '../samples.js';

const BY = ['job', 'signal', 'model', 'direction'] as const;

/** A signal has lastingly moved: in the calls of a model, or (`all`) in all traffic or another part of it. */
export const driftActive: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, severities } = options;
  const rule: AlertRule = {
    expr: compare(aggregate('max', q.gauge('driftActive'), BY), '>', 0),
    hold: timings.hold.drift,
    keepFiring: timings.keepFiring,
    summary: 'A signal of model calls has lastingly moved',
    description: message`${label('signal')} went ${label('direction')} in the calls of ${label('job')} to ${label('model')}, and has stayed there.`,
  };
  const t = timeline(options);
  const least = t.steps(seconds(timings.hold.drift));
  const until = least + t.steps(seconds(timings.evaluationInterval)) + 2;
  const ended = until + t.ended;
  const run = (title: string, at: number, fires: boolean, model: string, ...values: readonly Segment[]): Case => {
    const labels = { job, signal: 'output_tokens', model, direction: 'up' };
    return {
      title,
      at: at * t.step,
      series: [
        { series: metricSeries('driftActive', { ...labels, instance: 'app-1:9464' }), values: levels(...values) },
      ],
      firing: fires ? [{ rule, labels, value: 1 }] : [],
    };
  };
  return {
    name: 'LLMDriftActive',
    severity: severities.drift,
    category: 'drift',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.anomalyFeatures, variables: ['job', 'model'] },
    rules: [rule],
    runbook: {
      meaning:
        'A signal, such as latency, refusals or the length of answers, moved away from what it had been and did not come back. The drift watch weighs the evidence of all calls before it says so. `model` is the model whose calls moved, or `all` where all traffic moved, or a part of it that is no model, such as an operation or an attribute. The alert ends when the signal is back, or once the new level has become the normal one.',
      impact:
        'Depends on the signal: errors and latency are felt at once, cost at the end of the month. A change of `behaviour` often means that another model answers under the same name.',
      diagnosis: [
        { text: 'See which signals moved, and where.', query: q.gauge('driftActive') },
        {
          text: 'See what else was told within the day: several signals of one model at once have one cause.',
          query: q.growth('driftDetected', '1d', { by: ['signal', 'model', 'direction'] }),
        },
        {
          text: 'See whether the provider says that it swapped the model.',
          query: q.growth('modelChanges', '1d', { by: ['requested_model', 'from', 'to'] }),
        },
        {
          text: 'See which features make calls odd.',
          query: q.rate('anomalyFlagged', timings.rateWindow, { by: ['model', 'feature'] }),
        },
        { text: 'Compare the time of the change with deployments, changes of prompts, and new customers.' },
      ],
      mitigation: [
        'If a deployment or a prompt explains it and is not as intended, take it back.',
        'If the model was swapped, pin the earlier version; see LLMModelChanged.',
        'If one caller explains it, talk to its owner or limit it.',
        'If it is as intended, do nothing: the watch takes the new level for normal.',
      ],
    },
    cases: {
      fires: [
        run('when a signal of a model has moved', until, true, 'm-1', [0, 1], [1, until]),
        run('when a signal of all traffic has moved', until, true, 'all', [0, 1], [1, until]),
      ],
      below: [run('a moment before it has been told long enough', least + 1, false, 'm-1', [0, 2], [1, least])],
      resolves: [run('once the signal is back', ended, false, 'm-1', [1, until], [0, t.ended + 2])],
      idle: [run('without traffic', until, false, 'm-1', [0, until + 1])],
      vanishes: [run('once the series is gone', ended, false, 'm-1', [1, until], ['gone', t.ended + 2])],
    },
  };
};
