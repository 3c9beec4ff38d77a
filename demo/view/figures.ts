import { quantileBetween, type Scrape } from './scrape.js';

/** A measure over the window of labelled calls, with its 95 % interval where it has one. */
export interface Measure {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** What the view shows, all of it read from the app's own `/metrics`. Times in seconds, shares in 0..1. */
export interface Figures {
  readonly calls: number;
  /** Calls a second, lately. */
  readonly rate: number;
  /** Share of the recent calls by outcome; undefined without recent calls. */
  readonly recent: { readonly ok: number; readonly error: number; readonly aborted: number } | undefined;
  readonly errors: readonly (readonly [string, number])[];
  readonly latency: { readonly p50: number | undefined; readonly p95: number | undefined };
  readonly firstChunk: { readonly p50: number | undefined; readonly p95: number | undefined };
  readonly tokens: { readonly input: number; readonly output: number };
  readonly cost: number;
  readonly accuracy: Measure | undefined;
  readonly intentAccuracy: Measure | undefined;
  readonly intentF1: number | undefined;
  readonly labels: number;
  readonly quality: readonly { readonly evaluator: string; readonly flagged: number; readonly evaluated: number }[];
  readonly anomaly: {
    readonly flagged: number;
    /** Share of the recent calls. */
    readonly recentShare: number | undefined;
    readonly topFeature: string | undefined;
    readonly detectors: readonly { readonly name: string; readonly ready: boolean }[];
  };
  readonly models: readonly string[];
  readonly modelChanges: number;
  readonly monitor: {
    readonly queue: number;
    readonly dropped: number;
    readonly errors: number;
    /** Seconds that watching and scoring a call takes; answering scrapes is not in it. */
    readonly overhead: number | undefined;
  };
}

/** The label of the count window that the demo's configuration asks for. */
export const WINDOW = '100';

function measure(now: Scrape, task: string, name: string, average: '' | 'macro'): Measure | undefined {
  const where = { task, model: 'all', window: WINDOW, measure: name, average };
  const value = now.gauge('truthWindow', where);
  if (value === undefined) return undefined;
  const low = now.gauge('truthWindowLow', where);
  const high = now.gauge('truthWindowHigh', where);
  return { value, ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
}

function recentOutcomes(before: Scrape, now: Scrape): Figures['recent'] {
  const since = (outcome: string): number => now.sum('calls', { outcome }) - before.sum('calls', { outcome });
  const [ok, error, aborted] = [since('ok'), since('error'), since('aborted')] as const;
  const total = ok + error + aborted;
  return total > 0 ? { ok: ok / total, error: error / total, aborted: aborted / total } : undefined;
}

function overheadOf(now: Scrape, calls: number): number | undefined {
  if (calls === 0 || now.find('selfOverhead').length === 0) return undefined;
  return (now.sum('selfOverhead') - now.sum('selfOverhead', { component: 'scrape' })) / calls;
}

/**
 * Figures from two scrapes of the same app: totals from the later one, "recent" from the difference.
 * @param before an earlier scrape, or the same one when there is no other yet
 */
export function readFigures(before: Scrape, now: Scrape): Figures {
  const seconds = (now.at - before.at) / 1000;
  const calls = now.sum('calls');
  const recentCalls = calls - before.sum('calls');
  const flagged = now.sum('anomalyFlagged');
  const evaluated = new Map(now.by('qualityEvaluated', 'evaluator'));
  const flags = new Map(now.by('qualityFlagged', 'evaluator'));
  const between = (metric: 'operationDuration' | 'timeToFirstChunk') => ({
    p50: quantileBetween(before, now, metric, 0.5),
    p95: quantileBetween(before, now, metric, 0.95),
  });
  const tokens = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum + now.sum('tokens', { class: name }), 0);
  return {
    calls,
    rate: seconds > 0 ? recentCalls / seconds : 0,
    recent: recentOutcomes(before, now),
    errors: now.by('calls', 'error_type', { outcome: 'error' }),
    latency: between('operationDuration'),
    firstChunk: between('timeToFirstChunk'),
    tokens: { input: tokens(['input_uncached', 'cache_read', 'cache_write']), output: tokens(['output', 'reasoning']) },
    cost: now.sum('cost'),
    accuracy: measure(now, 'answer', 'accuracy', ''),
    intentAccuracy: measure(now, 'intent', 'accuracy', ''),
    intentF1: measure(now, 'intent', 'f1', 'macro')?.value,
    labels: now.sum('truthLabels', { result: 'matched' }),
    quality: [...evaluated].map(([evaluator, count]) => ({
      evaluator,
      flagged: flags.get(evaluator) ?? 0,
      evaluated: count,
    })),
    anomaly: {
      flagged,
      recentShare: recentCalls > 0 ? (flagged - before.sum('anomalyFlagged')) / recentCalls : undefined,
      topFeature: now.by('anomalyFlagged', 'feature')[0]?.[0],
      detectors: now.by('detectorReady', 'detector').map(([name, ready]) => ({ name, ready: ready === 1 })),
    },
    models: now.by('calls', 'model').flatMap(([model]) => (model === 'other' ? [] : [model])),
    modelChanges: now.sum('modelChanges'),
    monitor: {
      queue: now.gauge('selfQueueDepth') ?? 0,
      dropped: now.sum('selfDropped'),
      errors: now.sum('selfErrors'),
      overhead: overheadOf(now, calls),
    },
  };
}
