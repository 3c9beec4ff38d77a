import { MonitorError, showValue } from '../../core/errors.js';
import type { Json } from '../../core/json.js';

export type DriftState = 'quiet' | 'up' | 'down' | 'recovered';

export interface DriftVerdict {
  /**
   * `up` and `down` with the value by which a change is seen: for as long as it lasts where it is compared with a fixed reference,
   * once where the detector starts anew from it. `recovered` once, when a lasting one is over.
   */
  readonly state: DriftState;
  /** How sure it is, 0 and up: 1 and more where it speaks. */
  readonly evidence: number;
}

/** Watches one signal for a change. `at` is milliseconds since the epoch, never decreasing; a value that is no number is left out. */
export interface DriftDetector<S extends Json = Json> {
  update(x: number, at: number): DriftVerdict;
  save(): S;
  /** @throws MonitorError STATE_MISMATCH */
  restore(state: S): void;
  reset(): void;
}

export const QUIET: DriftVerdict = { state: 'quiet', evidence: 0 };

/**
 * An option within (low, high).
 * @throws MonitorError INVALID_ARGUMENT
 */
export function between(name: string, value: number, low: number, high = Number.POSITIVE_INFINITY): number {
  if (value > low && value < high) return value;
  const accepted = high === Number.POSITIVE_INFINITY ? `a number above ${low}` : `between ${low} and ${high}`;
  throw new MonitorError('INVALID_ARGUMENT', `${name} is ${showValue(value)}; expected ${accepted}`);
}
