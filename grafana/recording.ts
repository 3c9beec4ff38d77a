import type { MetricKey } from '../core/catalog.js';
import { metricName } from '../core/prometheus-names.js';
import type { ResolvedOptions } from './options.js';
import { createQueries, type Matcher, type Queries, type Query, recorded, share } from './promql.js';

/** One recording rule. */
export interface Recording {
  readonly name: string;
  readonly expr: Query;
}

/** The name of a recorded series: which labels it keeps, from which metric, by which operation. */
export function recordName(level: readonly string[], key: MetricKey, operation: string): string {
  return `${level.join('_')}:${metricName(key).replace(/_total$/, '')}:${operation}`;
}

const CALLS = ['job', 'provider', 'model'] as const;
const TARGETS = ['job', 'instance'] as const;
const SCORES = ['job', 'detector', 'model'] as const;
const FLAGS = ['job', 'evaluator', 'model'] as const;

/** What more than one alert or panel asks for, by what it answers. */
export const RECORDED = {
  /** Calls in the rate window. */
  calls: recordName(CALLS, 'calls', 'growth'),
  /** Share of them that failed. */
  errorShare: recordName(CALLS, 'calls', 'error_ratio'),
  /** Timed calls in the rate window, and the 95th percentile of their duration. */
  timedCalls: recordName(CALLS, 'operationDuration', 'growth'),
  durationP95: recordName(CALLS, 'operationDuration', 'p95'),
  /** Calls of each target, how many it evaluated, and the share that it dropped. */
  targetCalls: recordName(TARGETS, 'calls', 'growth'),
  targetEvaluated: recordName(TARGETS, 'selfEvaluationDuration', 'growth'),
  targetDropped: recordName(TARGETS, 'selfDropped', 'ratio'),
  /** Calls that a detector scored, and the share that it flagged. */
  scored: recordName(SCORES, 'anomalyScore', 'growth'),
  anomalyShare: recordName(SCORES, 'anomalyFlagged', 'ratio'),
  /** Calls that an evaluator scored, and the share that it flagged. */
  evaluated: recordName(FLAGS, 'qualityEvaluated', 'growth'),
  flaggedShare: recordName(FLAGS, 'qualityFlagged', 'ratio'),
} as const;

/** Query builders for the job of the options, as rules use them: fixed windows, no variables. */
export function ruleQueries(options: ResolvedOptions): Queries {
  return createQueries({ job: options.job });
}

/** A recorded series of the options' job. */
export function fromRecord(
  which: keyof typeof RECORDED,
  options: ResolvedOptions,
  where: Readonly<Record<string, Matcher>> = {},
): Query {
  return recorded(RECORDED[which], options.job, where);
}

/** The recording rules, each after those that it reads. */
export function recordings(options: ResolvedOptions): readonly Recording[] {
  const q = ruleQueries(options);
  const window = options.timings.rateWindow;
  const rule = (which: keyof typeof RECORDED, expr: Query): Recording => ({ name: RECORDED[which], expr });
  return [
    rule('calls', q.growth('calls', window, { by: CALLS })),
    rule(
      'errorShare',
      share(q.growth('calls', window, { where: { outcome: 'error' }, by: CALLS }), fromRecord('calls', options)),
    ),
    rule('timedCalls', q.growth('operationDuration', window, { by: CALLS })),
    rule('durationP95', q.quantile(0.95, 'operationDuration', window, { by: CALLS })),
    rule('targetCalls', q.growth('calls', window, { by: TARGETS })),
    rule('targetEvaluated', q.growth('selfEvaluationDuration', window, { by: TARGETS })),
    rule('targetDropped', share(q.growth('selfDropped', window, { by: TARGETS }), fromRecord('targetCalls', options))),
    rule('scored', q.growth('anomalyScore', window, { by: SCORES })),
    rule('anomalyShare', share(q.growth('anomalyFlagged', window, { by: SCORES }), fromRecord('scored', options))),
    rule('evaluated', q.growth('qualityEvaluated', window, { by: FLAGS })),
    rule('flaggedShare', share(q.growth('qualityFlagged', window, { by: FLAGS }), fromRecord('evaluated', options))),
  ];
}
