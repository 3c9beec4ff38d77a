import type { Json } from '../../core/json.js';

export type DriftState = 'quiet' | 'up' | 'down' | 'recovered';

/** Watches one signal for a change. `at` is milliseconds since the epoch, never decreasing. */
export interface DriftDetector<S extends Json = Json> {
  update(x: number, at: number): { readonly state: DriftState; readonly evidence: number };
  save(): S;
  /** @throws MonitorError STATE_MISMATCH */
  restore(state: S): void;
  reset(): void;
}
