import type { LabelName, LabelValue } from './labels.js';

export type MetricKind = 'counter' | 'updown' | 'gauge' | 'histogram';

/**
 * One metric. `name` is the OpenTelemetry name, `unit` a UCUM unit ('' for none: figures in 0..1 have none), `labels` the only
 * labels it may carry. `convention` marks the metrics of the GenAI conventions, which go through the OpenTelemetry Meter under
 * the conventions' attribute names; all others live in our own store. `bad` says which end is worse, for panels and alerts.
 */
export interface MetricDef {
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: string;
  readonly labels: readonly LabelName[];
  readonly help: string;
  readonly buckets?: readonly number[];
  readonly convention?: '1.41' | 'latest';
  readonly bad?: 'high' | 'low';
}

const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] as const;
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] as const;
const SHARE = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1] as const;
const TAIL = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1] as const;
const DELAY = [1, 10, 60, 300, 900, 3600, 14400, 43200, 86400, 172800, 345600, 604800] as const;
const MICRO = [0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1] as const;

const CALL = ['provider', 'model', 'operation'] as const;
const COMMON = ['operation', 'provider', 'model', 'answered_model', 'server_address', 'server_port'] as const;
const TRUTH = ['task', 'model', 'window', 'measure', 'average', 'class'] as const;
const SLICE = ['task', 'slice', 'value', 'window', 'measure', 'average'] as const;
const SCORED = ['evaluator', 'model', 'operation'] as const;

/**
 * Every metric this package writes: the only place where a name, kind, unit, help, bucket list and label set stand.
 * Instruments, dashboards, rules, documentation and tests are made from it.
 * @see OpenTelemetry semantic conventions v1.41.0, docs/gen-ai/gen-ai-metrics.md, for names, units and buckets of `gen_ai.*`
 */
// biome-ignore format: one metric a line reads as a table
export const METRICS = {
  operationDuration: { name: 'gen_ai.client.operation.duration', kind: 'histogram', unit: 's', labels: [...COMMON, 'convention_error'], buckets: SECONDS, convention: '1.41', bad: 'high', help: 'Time from sending a model call to its last byte, failure or cancellation, retries included' },
  tokenUsage: { name: 'gen_ai.client.token.usage', kind: 'histogram', unit: '{token}', labels: [...COMMON, 'token_type'], buckets: TOKENS, convention: '1.41', help: 'Tokens of a call as the provider reported them, by direction' },
  timeToFirstChunk: { name: 'gen_ai.client.operation.time_to_first_chunk', kind: 'histogram', unit: 's', labels: COMMON, buckets: SECONDS, convention: '1.41', bad: 'high', help: 'Time from sending a streamed call to its first chunk' },
  timePerOutputChunk: { name: 'gen_ai.client.operation.time_per_output_chunk', kind: 'histogram', unit: 's', labels: COMMON, buckets: SECONDS, convention: '1.41', bad: 'high', help: 'Time between two chunks of a streamed call' },

  inferenceDuration: { name: 'gen_ai.client.inference.duration', kind: 'histogram', unit: 's', labels: [...COMMON, 'convention_error'], buckets: SECONDS, convention: 'latest', bad: 'high', help: 'Time from sending an inference to its last byte, failure or cancellation, retries included' },
  inferenceTimeToFirstChunk: { name: 'gen_ai.client.inference.time_to_first_chunk', kind: 'histogram', unit: 's', labels: COMMON, buckets: SECONDS, convention: 'latest', bad: 'high', help: 'Time from sending a streamed inference to its first chunk' },
  inferenceTimePerOutputChunk: { name: 'gen_ai.client.inference.time_per_output_chunk', kind: 'histogram', unit: 's', labels: COMMON, buckets: SECONDS, convention: 'latest', bad: 'high', help: 'Time between two chunks of a streamed inference' },
  inferenceInputTokens: { name: 'gen_ai.client.inference.operation.input_tokens', kind: 'histogram', unit: '{token}', labels: [...COMMON, 'convention_error'], buckets: TOKENS, convention: 'latest', help: 'Input tokens of an inference' },
  inferenceOutputTokens: { name: 'gen_ai.client.inference.operation.output_tokens', kind: 'histogram', unit: '{token}', labels: [...COMMON, 'convention_error'], buckets: TOKENS, convention: 'latest', help: 'Output tokens of an inference' },

  calls: { name: 'llm_monitor.calls', kind: 'counter', unit: '{call}', labels: [...CALL, 'outcome', 'error_type'], help: 'Model calls that ended, by outcome' },
  callsInFlight: { name: 'llm_monitor.calls.in_flight', kind: 'updown', unit: '{call}', labels: CALL, help: 'Model calls under way' },
  callsRetries: { name: 'llm_monitor.calls.retries', kind: 'counter', unit: '{attempt}', labels: CALL, bad: 'high', help: 'Attempts of the SDK beyond the first, where they can be seen' },
  tokens: { name: 'llm_monitor.tokens', kind: 'counter', unit: '{token}', labels: ['provider', 'model', 'class', 'source'], help: 'Tokens by exclusive class; classes add up to the total' },
  cost: { name: 'llm_monitor.cost.usd', kind: 'counter', unit: '', labels: ['provider', 'model'], help: 'List price of the calls in US dollars' },
  finish: { name: 'llm_monitor.finish', kind: 'counter', unit: '{choice}', labels: ['provider', 'model', 'reason'], help: 'Why the model stopped, one a choice, normalised' },
  budgetUsd: { name: 'llm_monitor.budget.usd', kind: 'gauge', unit: '', labels: ['scope', 'window'], help: 'Budget in US dollars from the configuration; spend divided by it is the share that is used up' },
  modelChanges: { name: 'llm_monitor.model.changes', kind: 'counter', unit: '{change}', labels: ['provider', 'requested_model', 'from', 'to'], help: 'Times the provider answered with another model than before' },

  qualityScore: { name: 'llm_monitor.quality.score', kind: 'histogram', unit: '', labels: SCORED, buckets: SHARE, help: 'Score of an evaluator in 0..1; the evaluator says which end is bad' },
  qualityEvaluated: { name: 'llm_monitor.quality.evaluated', kind: 'counter', unit: '{call}', labels: SCORED, help: 'Calls that an evaluator scored' },
  qualityFlagged: { name: 'llm_monitor.quality.flagged', kind: 'counter', unit: '{call}', labels: SCORED, bad: 'high', help: 'Calls that an evaluator flagged' },
  qualitySkipped: { name: 'llm_monitor.quality.skipped', kind: 'counter', unit: '{call}', labels: ['evaluator', 'reason'], help: 'Calls that an evaluator could not score, by reason' },

  truthOutcomes: { name: 'llm_monitor.truth.outcomes', kind: 'counter', unit: '{label}', labels: ['task', 'model', 'class', 'outcome'], help: 'Labelled calls by class and outcome (tp fp fn tn); subtract truth.corrected' },
  truthOutcomesCorrected: { name: 'llm_monitor.truth.corrected', kind: 'counter', unit: '{label}', labels: ['task', 'model', 'class', 'outcome'], help: 'Outcomes taken back because a label was replaced' },
  truthConfusion: { name: 'llm_monitor.truth.confusion', kind: 'counter', unit: '{label}', labels: ['task', 'actual', 'predicted'], help: 'Confusion matrix; subtract truth.confusion.corrected. Past the series limit a right pair counts as other, other and a wrong one as other, other_mismatch' },
  truthConfusionCorrected: { name: 'llm_monitor.truth.confusion.corrected', kind: 'counter', unit: '{label}', labels: ['task', 'actual', 'predicted'], help: 'Cells of the confusion matrix taken back because a label was replaced' },
  truthWindow: { name: 'llm_monitor.truth.window', kind: 'gauge', unit: '', labels: TRUTH, help: 'A measure over the sliding window of labelled calls; absent without labels' },
  truthWindowLow: { name: 'llm_monitor.truth.window.low', kind: 'gauge', unit: '', labels: TRUTH, help: 'Lower end of the 95 % interval of a measure' },
  truthWindowHigh: { name: 'llm_monitor.truth.window.high', kind: 'gauge', unit: '', labels: TRUTH, help: 'Upper end of the 95 % interval of a measure' },
  truthSlice: { name: 'llm_monitor.truth.slice', kind: 'gauge', unit: '', labels: SLICE, help: 'A measure over the sliding window of labelled calls that share a value of an attribute; absent without labels' },
  truthSliceLow: { name: 'llm_monitor.truth.slice.low', kind: 'gauge', unit: '', labels: SLICE, help: 'Lower end of the 95 % interval of a measure of a slice' },
  truthSliceHigh: { name: 'llm_monitor.truth.slice.high', kind: 'gauge', unit: '', labels: SLICE, help: 'Upper end of the 95 % interval of a measure of a slice' },
  truthLabels: { name: 'llm_monitor.truth.labels', kind: 'counter', unit: '{label}', labels: ['task', 'result'], help: 'Labels that arrived, by what became of them' },
  truthExpired: { name: 'llm_monitor.truth.expired', kind: 'counter', unit: '{call}', labels: ['task'], help: 'Calls whose time was over without a label' },
  truthPending: { name: 'llm_monitor.truth.pending', kind: 'gauge', unit: '{call}', labels: ['task'], help: 'Calls that still wait for their label' },
  truthCoverage: { name: 'llm_monitor.truth.coverage', kind: 'gauge', unit: '', labels: ['task', 'class'], bad: 'low', help: 'Share of calls whose label arrived, by predicted class' },
  truthLabelDelay: { name: 'llm_monitor.truth.label_delay', kind: 'histogram', unit: 's', labels: ['task'], buckets: DELAY, help: 'Time from the end of a call to its label' },
  feedbackRating: { name: 'llm_monitor.feedback.rating', kind: 'histogram', unit: '', labels: ['task', 'model'], buckets: SHARE, bad: 'low', help: "Users' verdicts in 0..1" },

  anomalyScore: { name: 'llm_monitor.anomaly.score', kind: 'histogram', unit: '', labels: ['detector', 'model', 'operation'], buckets: TAIL, bad: 'high', help: 'Calibrated tail probability: 0.99 means that 1 call in 100 looks this odd' },
  anomalyFlagged: { name: 'llm_monitor.anomaly.flagged', kind: 'counter', unit: '{call}', labels: ['detector', 'model', 'operation', 'feature'], bad: 'high', help: 'Calls flagged as anomalous, by the feature that contributed most' },
  detectorReady: { name: 'llm_monitor.detector.ready', kind: 'gauge', unit: '', labels: ['detector'], bad: 'low', help: '1 once a detector has learnt enough to score' },
  detectorTrainedCalls: { name: 'llm_monitor.detector.trained_calls', kind: 'gauge', unit: '{call}', labels: ['detector'], help: 'Calls a detector has learnt from' },
  detectorAge: { name: 'llm_monitor.detector.age', kind: 'gauge', unit: 's', labels: ['detector'], bad: 'high', help: 'Time since a detector was last fitted' },
  driftActive: { name: 'llm_monitor.drift.active', kind: 'gauge', unit: '', labels: ['signal', 'model', 'direction'], bad: 'high', help: '1 while a signal has lastingly moved: in the calls of a model, or (all) in all traffic or another part of it' },
  driftDetected: { name: 'llm_monitor.drift.detected', kind: 'counter', unit: '{incident}', labels: ['signal', 'model', 'direction'], bad: 'high', help: 'Lasting changes that were told: one an incident, named by where it was seen first' },

  selfQueueDepth: { name: 'llm_monitor.self.queue.depth', kind: 'gauge', unit: '{call}', labels: [], bad: 'high', help: 'Calls that wait for evaluation' },
  selfDropped: { name: 'llm_monitor.self.dropped', kind: 'counter', unit: '{call}', labels: ['reason'], bad: 'high', help: 'Calls that were counted but not evaluated, by reason' },
  selfEvaluationDuration: { name: 'llm_monitor.self.evaluation.duration', kind: 'histogram', unit: 's', labels: [], buckets: MICRO, bad: 'high', help: 'Time to evaluate and score one call' },
  selfOverhead: { name: 'llm_monitor.self.overhead', kind: 'counter', unit: 's', labels: ['component'], bad: 'high', help: 'Time that the monitor itself has used' },
  selfUsageMissing: { name: 'llm_monitor.self.usage.missing', kind: 'counter', unit: '{call}', labels: ['provider'], bad: 'high', help: 'Calls that ended without a usable token count' },
  selfPriceMissing: { name: 'llm_monitor.self.price.missing', kind: 'counter', unit: '{call}', labels: ['model'], bad: 'high', help: 'Calls of models without a price; their cost is not counted as 0' },
  selfUninstrumented: { name: 'llm_monitor.self.uninstrumented', kind: 'gauge', unit: '', labels: ['module', 'reason'], bad: 'high', help: '1 for an SDK that the app loaded and we could not watch' },
  selfSeries: { name: 'llm_monitor.self.series', kind: 'gauge', unit: '{series}', labels: ['metric'], help: 'Series a metric has' },
  selfSeriesLimit: { name: 'llm_monitor.self.series.limit', kind: 'gauge', unit: '{series}', labels: ['metric'], help: 'Series a metric may have' },
  selfSeriesFolded: { name: 'llm_monitor.self.series.folded', kind: 'counter', unit: '{series}', labels: ['metric'], bad: 'high', help: 'Times a new label set was folded into other because the limit was reached' },
  selfRejected: { name: 'llm_monitor.self.rejected', kind: 'counter', unit: '{value}', labels: ['field', 'reason'], bad: 'high', help: 'Values that cleaning refused; the rest of the call counts' },
  selfEvaluationTimestamp: { name: 'llm_monitor.self.evaluation.timestamp', kind: 'gauge', unit: 's', labels: [], help: 'When the last call was evaluated, seconds since the epoch' },
  selfErrors: { name: 'llm_monitor.self.errors', kind: 'counter', unit: '{error}', labels: ['component'], bad: 'high', help: 'Faults inside the monitor; the monitored app never sees them' },
  selfJudgeTokens: { name: 'llm_monitor.self.judge.tokens', kind: 'counter', unit: '{token}', labels: ['evaluator', 'class', 'source'], help: 'Tokens that judges took of their models, by exclusive class; no part of llm_monitor.tokens' },
  selfJudgeCost: { name: 'llm_monitor.self.judge.cost.usd', kind: 'counter', unit: '', labels: ['evaluator'], help: 'List price of the calls of judges in US dollars; no part of llm_monitor.cost.usd' },
  selfBuildInfo: { name: 'llm_monitor.self.build.info', kind: 'gauge', unit: '', labels: ['version', 'semconv', 'prices', 'node'], help: '1; the version of the monitor, its conventions, the date of its price table' },
} as const satisfies Record<string, MetricDef>;

export type MetricKey = keyof typeof METRICS;
type KeysOf<K extends MetricKind> = { [M in MetricKey]: (typeof METRICS)[M]['kind'] extends K ? M : never }[MetricKey];
type Conventional = {
  [M in MetricKey]: (typeof METRICS)[M] extends { readonly convention: string } ? M : never;
}[MetricKey];

/** Metrics of the GenAI conventions: written through the OpenTelemetry Meter. */
export type ConventionKey = Conventional;
/** Metrics of our own: written through the store. */
export type OwnKey = Exclude<MetricKey, Conventional>;
export type CounterKey = Exclude<KeysOf<'counter'>, Conventional>;
export type UpDownKey = Exclude<KeysOf<'updown'>, Conventional>;
export type GaugeKey = Exclude<KeysOf<'gauge'>, Conventional>;
export type HistogramKey = Exclude<KeysOf<'histogram'>, Conventional>;

/** The labels a metric must be given: all of them, no other. */
export type LabelsOf<K extends MetricKey> = { readonly [L in (typeof METRICS)[K]['labels'][number]]: LabelValue<L> };

export const METRIC_KEYS = Object.keys(METRICS) as readonly MetricKey[];

/** The definition behind a key, with its optional fields. */
export function metricDef(key: MetricKey): MetricDef {
  return METRICS[key];
}

/** True for the metrics that live in our own store. */
export function isOwn(key: MetricKey): key is OwnKey {
  return metricDef(key).convention === undefined;
}
