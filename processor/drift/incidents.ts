import type { Json } from '../../core/json.js';
import { readNumber } from '../detectors/state.js';
import { type DriftSignal, EXPLAINED_BY } from './signals.js';

/** Calls, and milliseconds, after a signal was last heard of in which it still is the same incident. */
const HOLD_CALLS = 200;
const HOLD_TIME = 1_800_000;

interface Heard {
  readonly calls: number;
  readonly at: number;
}

/**
 * Which changes are one incident: what comes back soon, or in a further part of the traffic, tells nobody anew, and neither does
 * what an incident of another signal explains.
 */
export class Incidents {
  readonly #heard = new Map<DriftSignal, Heard>();

  /**
   * Hears of a change that begins or ends.
   * @returns whether somebody is to be told that it begins
   */
  hear(signal: DriftSignal, calls: number, at: number): boolean {
    const recent = (one: DriftSignal): boolean => {
      const heard = this.#heard.get(one);
      return heard !== undefined && (calls - heard.calls < HOLD_CALLS || at - heard.at < HOLD_TIME);
    };
    const told = !recent(signal) && EXPLAINED_BY[signal]?.some(recent) !== true;
    this.#heard.set(signal, { calls, at });
    return told;
  }

  save(): Json {
    return [...this.#heard].map(([signal, { calls, at }]) => [signal, calls, at] as const);
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    this.#heard.clear();
    for (const entry of Array.isArray(state) ? (state as readonly Json[]) : []) {
      const [signal, calls, at] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
      const heard = { calls: calls ?? null, at: at ?? null };
      this.#heard.set(signal as DriftSignal, { calls: readNumber(heard, 'calls', 0), at: readNumber(heard, 'at', 0) });
    }
  }
}
