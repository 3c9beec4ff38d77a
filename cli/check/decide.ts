import { MonitorError, showValue } from '../../core/errors.js';
import type { Interval } from '../../processor/truth/interval.js';
import { bootstrap } from './bootstrap.js';
import { type Measure, parseMeasure } from './measure-names.js';
import { type Scored, statisticOf } from './statistics.js';

/** A measure over some rows, with its 95 % interval where it has one. */
export interface Measured {
  readonly measure: Measure;
  /** Cases that it is of: for a precision those that were predicted, for a recall those that are true, else rows. */
  readonly n: number;
  /** Undefined where nothing can be said: no such case, no score. */
  readonly value?: number;
  readonly interval?: Interval;
  readonly method: 'wilson' | 'bootstrap' | 'none';
  /** Why there is no interval. */
  readonly why?: 'few' | 'same' | 'biased';
  /** The interval if there were `factor` times as many rows of the same kind. */
  readonly widened: (factor: number) => Interval | undefined;
}

export type Bound = 'min' | 'max';

/** A measure and what it must reach, or must not exceed. */
export interface Gate {
  readonly measure: Measure;
  readonly bound: Bound;
  readonly threshold: number;
}

/** What counts where the interval lies on both sides of the threshold: the value, or nothing but certainty either way. */
export type Policy = 'value' | 'strict' | 'lenient';

export interface Verdict {
  readonly gate: Gate;
  readonly measured: Measured;
  /** `unknown`: the measure has no value. */
  readonly result: 'pass' | 'fail' | 'undecided' | 'unknown';
  readonly by: 'interval' | 'value';
  /** What it means for the exit code. */
  readonly ok: boolean;
  /** Rows like these that would decide it, beside those there are; absent where it is decided, or too close to tell. */
  readonly moreRows?: number;
}

/** Rounding of sums, not of measures. */
const ROUNDING = 1e-12;
/** More times the rows than this is no advice. */
const MOST = 1e6;

/** Works a measure out over some rows. */
export function measureRows(measure: Measure, scored: Scored, among: Int32Array): Measured {
  const statistic = statisticOf(measure, scored);
  const rows = statistic.pick(among);
  const value = statistic.value(rows);
  const closed = statistic.closed?.(rows);
  const n = closed?.n ?? rows.length;
  if (value === undefined) return { measure, n, method: 'none', widened: () => undefined };
  const interval = closed?.interval(1);
  if (closed !== undefined && interval !== undefined)
    return { measure, n, value, interval, method: 'wilson', widened: closed.interval };
  const none = { measure, n, value, method: 'none', widened: () => undefined } as const;
  if (statistic.biased === true) return { ...none, why: 'biased' };
  const drawn = bootstrap(rows, value, statistic.value);
  if (drawn.interval === undefined) return { ...none, why: drawn.why };
  const [low, high] = drawn.interval;
  const widened = (factor: number): Interval => {
    const scale = 1 / Math.sqrt(factor);
    return [value + (low - value) * scale, value + (high - value) * scale];
  };
  return { measure, n, value, interval: drawn.interval, method: 'bootstrap', widened };
}

function meets({ bound, threshold }: Gate, value: number): boolean {
  return bound === 'min' ? value >= threshold - ROUNDING : value <= threshold + ROUNDING;
}

/** Whether an interval lies on one side of the threshold. */
function side(gate: Gate, [low, high]: Interval): 'pass' | 'fail' | undefined {
  const [worst, best] = gate.bound === 'min' ? [low, high] : [high, low];
  if (meets(gate, worst)) return 'pass';
  return meets(gate, best) ? undefined : 'fail';
}

/** Decides a gate. */
export function decide(gate: Gate, measured: Measured, policy: Policy, rows: number): Verdict {
  const { value, interval, why } = measured;
  const { bound, threshold, measure } = gate;
  if (value === undefined) return { gate, measured, result: 'unknown', by: 'value', ok: false };
  const byValue = (): Verdict => {
    const ok = meets(gate, value);
    return { gate, measured, result: ok ? 'pass' : 'fail', by: 'value', ok };
  };
  // No sample shows that something never or always happens: such a threshold speaks of these rows.
  if (threshold === (bound === 'min' ? measure.high : measure.low)) return byValue();
  if (interval === undefined && why !== 'few') return byValue();
  const result = interval === undefined ? undefined : side(gate, interval);
  if (result !== undefined) return { gate, measured, result, by: 'interval', ok: result === 'pass' };
  const ok = policy === 'value' ? meets(gate, value) : policy === 'lenient';
  const by = policy === 'value' ? 'value' : 'interval';
  const more = interval === undefined ? undefined : moreRows(gate, measured, rows);
  return { gate, measured, result: 'undecided', by, ok, ...(more === undefined ? {} : { moreRows: more }) };
}

/** Rows that are missing until the interval no longer holds the threshold, if everything else stays as it is. */
function moreRows(gate: Gate, { widened }: Measured, rows: number): number | undefined {
  const decided = (factor: number): boolean => {
    const interval = widened(factor);
    return interval !== undefined && side(gate, interval) !== undefined;
  };
  let high = 2;
  while (!decided(high)) {
    high *= 2;
    if (high > MOST) return undefined;
  }
  let low = high / 2;
  while ((high - low) * rows > 1) {
    const middle = (low + high) / 2;
    if (decided(middle)) high = middle;
    else low = middle;
  }
  return Math.max(1, Math.ceil((high - 1) * rows));
}

/** Reads `accuracy=0.9`. @throws MonitorError INVALID_ARGUMENT */
export function parseGate(text: string, bound: Bound): Gate {
  const at = text.lastIndexOf('=');
  const value = at < 0 ? '' : text.slice(at + 1).trim();
  const measure = parseMeasure(at < 0 ? text : text.slice(0, at).trim());
  const threshold = value === '' ? Number.NaN : Number(value);
  if (!(threshold >= measure.low && threshold <= measure.high && Number.isFinite(threshold))) {
    const range = Number.isFinite(measure.high)
      ? `from ${measure.low} to ${measure.high}`
      : `of at least ${measure.low}`;
    throw new MonitorError(
      'INVALID_ARGUMENT',
      `--${bound} ${showValue(text)} has no threshold that ${measure.name} can have; expected ${measure.name}= and a number ${range}`,
    );
  }
  return { measure, bound, threshold };
}
