import { type AlertFactory, type AlertRule, type Case, label, message } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { aggregate, and, compare, metricSeries } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { levels, samples, timeline } from '../samples.js';

const BY = ['job', 'signal', 'model', 'direction'] as const;

/**
 * A signal has lastingly moved: in the calls of a model, or (`all`) in all traffic or another part of it. Only where the drift watch
 * tells it, once an incident: what else is active is a further part of the same, or a consequence.
 */
export const driftActive: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, severities } = options;
  const rule: AlertRule = {
    expr: aggregate(
      'max',
      and(compare(q.gauge('driftActive'), '>', 0), compare(q.grown('driftDetected', timings.changeWindow), '>', 0)),
      BY,
    ),
    hold: timings.hold.drift,
    keepFiring: timings.keepFiring,
    summary: 'A signal of model calls has lastingly moved',
    description: message`${label('signal')} went ${label('direction')} in the calls of ${label('job')} to ${label('model')}, and has stayed there.`,
  };
  const t = timeline(options);
  const least = t.steps(seconds(timings.hold.drift));
  const until = least + t.steps(seconds(timings.evaluationInterval)) + 2;
  const ended = until + t.ended;
  const past = t.steps(seconds(timings.changeWindow)) + t.ended;
  const labels = { job, signal: 'output_tokens', model: 'm-1', direction: 'up' };
  /** A part of the traffic: whether it is changed, and how often that was told, both in promtool's notation. */
  interface Part {
    readonly model: string;
    readonly instance?: string;
    readonly active: string;
    readonly told?: string;
    readonly fires?: true;
  }
  const run = (title: string, at: number, ...parts: readonly Part[]): Case => ({
    title,
    at: at * t.step,
    series: parts.flatMap(({ model, instance = 'app-1:9464', active, told = '' }) => [
      { series: metricSeries('driftActive', { ...labels, model, instance }), values: active },
      { series: metricSeries('driftDetected', { ...labels, model, instance }), values: told },
    ]),
    firing: parts.filter(({ fires }) => fires).map(({ model }) => ({ rule, labels: { ...labels, model }, value: 1 })),
  });
  // What is told of a model makes its series; those of all traffic are there as 0.
  const born = (after: number, steps: number): string => `_x${after} ${levels([1, steps])}`;
  const moved: Part = { model: 'm-1', active: levels([0, 1], [1, until]), told: born(1, until), fires: true };
  return {
    name: 'LLMDriftActive',
    severity: severities.drift,
    category: 'drift',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.anomalyFeatures, variables: ['job', 'model'] },
    rules: [rule],
    runbook: {
      meaning: `A signal, such as latency, refusals or the length of answers, moved away from what it had been and did not come back. The drift watch weighs the evidence of all calls before it says so. \`model\` is the model whose calls moved, or \`all\` where all traffic moved, or a part of it that is no model, such as an operation or an attribute. One incident is told once, where it was seen first: further parts of the traffic and other signals that follow from it are active, and fire nothing. The alert ends when the signal is back, once the new level has become the normal one, or after ${timings.changeWindow}, though the signal may be active still.`,
      impact:
        'Depends on the signal: errors and latency are felt at once, cost at the end of the month. A change of `behaviour` often means that another model answers under the same name.',
      diagnosis: [
        {
          text: 'See which signals moved, and where: also what follows from the incident.',
          query: q.gauge('driftActive'),
        },
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
        run('when a signal of a model has moved, though its process has just begun', until, moved),
        run('when a signal of all traffic has moved', until, {
          model: 'all',
          active: levels([0, 1], [1, until]),
          told: samples(0, [1, 1], [0, until]),
          fires: true,
        }),
        run('when it has moved once more', past + until, {
          model: 'm-1',
          active: levels([1, until], [0, past - until], [1, until + 1]),
          told: samples(1, [0, past - 1], [1, 1], [0, until]),
          fires: true,
        }),
        run(
          'once an incident, wherever else it is seen',
          until,
          moved,
          { model: 'all', active: levels([0, 2], [1, until]), told: samples(0, [0, until + 1]) },
          { model: 'm-2', active: levels([0, 2], [1, until]) },
        ),
      ],
      below: [
        run('a moment before it has been told long enough', least + 1, {
          model: 'm-1',
          active: levels([0, 2], [1, least]),
          told: born(2, least),
        }),
        run('where another incident explains it', until, { model: 'm-1', active: levels([0, 1], [1, until]) }),
        run('where another incident explains it, though one was told long ago', past + until, {
          model: 'm-1',
          active: levels([1, until], [0, past - until], [1, until + 1]),
          told: samples(1, [0, past + until]),
        }),
        run(
          'where what is active in one process was told in another, and is over there',
          until,
          { model: 'm-1', active: levels([0, until + 1]), told: born(1, until) },
          { model: 'm-1', instance: 'app-2:9464', active: levels([0, 1], [1, until]) },
        ),
      ],
      resolves: [
        run('once the signal is back', ended, {
          model: 'm-1',
          active: levels([1, until], [0, t.ended + 2]),
          told: born(1, ended),
        }),
        run('once it was told long ago', past + until, {
          model: 'm-1',
          active: levels([0, 1], [1, past + until]),
          told: born(1, past + until),
        }),
      ],
      idle: [
        run('without traffic', until, { model: 'all', active: levels([0, until + 1]), told: samples(0, [0, until]) }),
      ],
      vanishes: [
        run('once the series is gone', ended, {
          model: 'm-1',
          active: levels([0, 1], [1, until], ['gone', t.ended + 2]),
          told: `_x1 ${levels([1, until], ['gone', t.ended + 2])}`,
        }),
      ],
    },
  };
};
