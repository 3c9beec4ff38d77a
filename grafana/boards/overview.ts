import { type Board, boardQueries } from '../board.js';
import type { ResolvedOptions } from '../options.js';
import type { PanelSpec } from '../panel.js';
import { aggregate, compare, or, share, times, zero } from '../promql.js';
import { OVERVIEW } from './places.js';

const { panels: ID } = OVERVIEW;
const RATE = '$__rate_interval';

/** "How are my model calls?": the state now, then whether answers are right and as usual, then causes and the monitor itself. */
export function overview(options: ResolvedOptions): Board {
  const q = boardQueries();
  const { thresholds, timings } = options;
  const accuracy = { measure: 'accuracy', average: '', class: '', window: timings.truthWindow } as const;
  const calls = q.rate('calls', RATE);

  const state: readonly PanelSpec[] = [
    {
      id: ID.calls,
      kind: 'stat',
      title: 'Calls',
      shows: 'Model calls that ended, a second.',
      normal: 'about as many as at this time on other days.',
      act: 'see whether the app has traffic, then whether the monitor is up.',
      unit: 'reqps',
      at: { x: 0, y: 0, w: 5, h: 4 },
      targets: [{ query: calls, legend: 'calls' }],
    },
    {
      id: ID.errorShare,
      kind: 'stat',
      title: 'Error share',
      shows: 'Share of the calls that failed; a call that the app gave up is not a failure.',
      normal: `below ${thresholds.errorRatio * 100}%, from where an alert fires.`,
      act: 'see the kinds of error in the runbook of LLMErrorRatioHigh.',
      unit: 'percentunit',
      decimals: 2,
      min: 0,
      at: { x: 5, y: 0, w: 5, h: 4 },
      threshold: { bad: 'above', at: thresholds.errorRatio },
      targets: [{ query: share(q.rate('calls', RATE, { where: { outcome: 'error' } }), calls), legend: 'errors' }],
    },
    {
      id: ID.durationP95,
      kind: 'stat',
      title: 'Duration, 95th percentile',
      shows: 'How long the slowest twentieth of the calls takes at least, to the last byte.',
      normal: `below ${thresholds.latencyP95} s, from where an alert fires.`,
      act: 'compare with the first chunk: if that is late too, the provider is slow; if not, answers are long.',
      unit: 's',
      min: 0,
      at: { x: 10, y: 0, w: 5, h: 4 },
      threshold: { bad: 'above', at: thresholds.latencyP95 },
      targets: [{ query: q.quantile(0.95, 'operationDuration', RATE), legend: 'p95' }],
    },
    {
      id: ID.firstChunkP95,
      kind: 'stat',
      title: 'First chunk, 95th percentile',
      shows: 'How long the slowest twentieth of the streamed calls waits for its first chunk.',
      normal: 'steady for a model; no data where nothing is streamed.',
      act: 'see whether the provider queues calls, or prompts became longer.',
      unit: 's',
      min: 0,
      at: { x: 15, y: 0, w: 5, h: 4 },
      targets: [{ query: q.quantile(0.95, 'timeToFirstChunk', RATE), legend: 'p95' }],
    },
    {
      id: ID.costPerHour,
      kind: 'stat',
      title: 'Cost per hour',
      shows: 'List price of the calls at the present rate. Models without a price are not in it.',
      normal: 'in step with the calls.',
      act: 'see which class of tokens has grown.',
      unit: 'currencyUSD',
      min: 0,
      at: { x: 20, y: 0, w: 4, h: 4 },
      targets: [{ query: times(q.rate('cost', RATE), 3600), legend: 'cost' }],
    },
  ];

  const by = ['task', 'model'] as const;
  const answers: readonly PanelSpec[] = [
    {
      id: ID.accuracy,
      kind: 'graph',
      title: 'Accuracy with its interval',
      shows: `Share of right answers over the window ${timings.truthWindow} of labelled calls, with both ends of its 95 % interval.`,
      normal: `the upper end at or above ${thresholds.accuracy * 100}%; an alert fires when it is below. No data without labels.`,
      act: 'see whether the model was changed at the time of the fall, then the runbook of LLMAccuracyLow.',
      unit: 'percentunit',
      max: 1,
      at: { x: 0, y: 4, w: 8, h: 8 },
      threshold: { bad: 'below', at: thresholds.accuracy },
      targets: [
        { query: aggregate('min', q.gauge('truthWindowHigh', accuracy), by), legend: '{{task}} {{model}}: upper end' },
        { query: aggregate('min', q.gauge('truthWindow', accuracy), by), legend: '{{task}} {{model}}' },
        { query: aggregate('min', q.gauge('truthWindowLow', accuracy), by), legend: '{{task}} {{model}}: lower end' },
      ],
    },
    {
      id: ID.qualityFlagged,
      kind: 'graph',
      title: 'Flagged answers, by evaluator',
      shows: 'Share of the evaluated calls that an evaluator flagged.',
      normal: 'low and steady; each evaluator has its own level.',
      act: 'see which evaluator rose, and whether the prompt, the model or the users changed then.',
      unit: 'percentunit',
      min: 0,
      at: { x: 8, y: 4, w: 8, h: 8 },
      targets: [
        {
          query: share(
            q.rate('qualityFlagged', RATE, { by: ['evaluator'] }),
            q.rate('qualityEvaluated', RATE, { by: ['evaluator'] }),
          ),
          legend: '{{evaluator}}',
        },
      ],
    },
    {
      id: ID.anomalyShare,
      kind: 'graph',
      title: 'Anomalous calls',
      shows: 'Share of the scored calls that a detector flagged as unlike those before.',
      normal: `about ${Number(((1 - thresholds.anomalyScore) * 100).toPrecision(3))}% by construction; an alert fires above ${thresholds.anomalyRatio * 100}%.`,
      act: 'see the features beside, then the runbook of LLMAnomalyBurst.',
      unit: 'percentunit',
      min: 0,
      at: { x: 16, y: 4, w: 8, h: 8 },
      threshold: { bad: 'above', at: thresholds.anomalyRatio },
      targets: [
        {
          query: share(
            q.rate('anomalyFlagged', RATE, { by: ['detector', 'model'] }),
            q.rate('anomalyScore', RATE, { by: ['detector', 'model'] }),
          ),
          legend: '{{detector}} {{model}}',
        },
      ],
    },
  ];

  const causes: readonly PanelSpec[] = [
    {
      id: ID.tokens,
      kind: 'graph',
      title: 'Tokens, by class',
      shows: 'Tokens a second; the classes exclude one another and add up to the total.',
      normal: 'in step with the calls.',
      act: 'more output: answers became longer; more uncached input: prompts grew, or the cache of the provider fails.',
      unit: 'suffix: tokens/s',
      min: 0,
      stacked: true,
      at: { x: 0, y: 12, w: 8, h: 8 },
      targets: [{ query: q.rate('tokens', RATE, { by: ['class'] }), legend: '{{class}}' }],
    },
    {
      id: ID.modelChanges,
      kind: 'table',
      title: 'Model changes',
      shows: 'How often, in the chosen time, the provider answered with another model than before under the same name.',
      normal: 'a row of 0 for each model in use, and a row for a planned change.',
      act: 'see the runbook of LLMModelChanged.',
      unit: 'short',
      decimals: 0,
      at: { x: 8, y: 12, w: 8, h: 8 },
      columns: { requested_model: 'Asked for', from: 'Before', to: 'Now', Value: 'Changes' },
      targets: [
        {
          query: q.growth('modelChanges', '$__range', { by: ['requested_model', 'from', 'to'] }),
          legend: '',
        },
      ],
    },
    {
      id: ID.anomalyFeatures,
      kind: 'graph',
      title: 'Anomalous calls, by feature',
      shows: 'Flagged calls a minute, by the feature that made each of them odd.',
      normal: 'few, and spread over the features.',
      act: 'one feature that stands out says what changed: length, time, cost, refusals.',
      unit: 'cpm',
      min: 0,
      stacked: true,
      at: { x: 16, y: 12, w: 8, h: 8 },
      targets: [{ query: times(q.rate('anomalyFlagged', RATE, { by: ['feature'] }), 60), legend: '{{feature}}' }],
    },
    {
      id: ID.monitorHealth,
      kind: 'stat',
      title: 'Monitor health',
      shows: 'Targets that do not answer, faults of the monitor a minute, and the share of calls that it dropped.',
      normal: 'all of them 0.',
      act: 'trust no other panel until it is so; see the runbooks of LLMMonitorDown and LLMMonitorBlind.',
      unit: 'short',
      min: 0,
      at: { x: 0, y: 20, w: 24, h: 4 },
      threshold: { bad: 'above', at: 1 },
      targets: [
        { query: or(aggregate('count', compare(q.up(), '==', 0)), zero), legend: 'targets down' },
        { query: times(q.rate('selfErrors', RATE), 60), legend: 'faults', unit: 'cpm' },
        {
          query: share(q.rate('selfDropped', RATE), calls),
          legend: 'dropped',
          unit: 'percentunit',
          threshold: { bad: 'above', at: thresholds.dropRatio },
        },
      ],
    },
  ];

  return {
    uid: OVERVIEW.uid,
    title: 'LLM monitor: overview',
    description:
      'How model calls are: traffic, failures, speed and cost; whether answers are right and as usual; and why not.',
    panels: [...state, ...answers, ...causes],
    annotations: [
      {
        name: 'Alerts',
        query: q.firing(),
        colour: 'red',
        title: '{{alertname}}',
        text: '{{severity}} {{model}} {{instance}}',
      },
      {
        name: 'Model changes',
        query: compare(q.growth('modelChanges', timings.rateWindow, { by: ['requested_model', 'from', 'to'] }), '>', 0),
        colour: 'purple',
        title: '{{requested_model}}',
        text: '{{from}} → {{to}}',
      },
    ],
  };
}
