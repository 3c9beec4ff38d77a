import type { Json } from '../../core/json.js';
import { readHead, readNumber } from '../detectors/state.js';

/** Calls over which the traffic of now, and that of a peak, are taken. */
const NOW = 30;
const PEAK = 100;
/** Milliseconds in which half of a peak is forgotten, and of the longest break that counts. */
const HALF_LIFE = 7 * 86_400_000;
const BREAK = 3_600_000;

/**
 * How far the traffic is beyond what was ever seen: it makes a service slower, and is no fault of it.
 */
export class Load {
  #at = Number.NaN;
  #calls = 0;
  /** Milliseconds between two calls, of late. */
  #now = 0;
  #lately = 0;
  /** Calls a millisecond in the busiest hundred calls. */
  #peak = 0;

  /**
   * Hears of a call.
   * @param at milliseconds since the epoch
   * @returns logarithm of the traffic of now against the peak; 0 where it is not beyond
   */
  see(at: number): number {
    const gap = Math.min(BREAK, at - this.#at);
    this.#at = at;
    // The first call, or a clock that was set back.
    if (!(gap >= 0)) return 0;
    const n = ++this.#calls;
    this.#now += (gap - this.#now) / Math.min(n, NOW);
    this.#lately += (gap - this.#lately) / Math.min(n, PEAK);
    if (n < PEAK || this.#now <= 0 || this.#lately <= 0) return 0;
    const beyond = this.#peak === 0 ? 0 : Math.max(0, -Math.log(this.#now * this.#peak));
    this.#peak = Math.max(this.#peak * 2 ** (-gap / HALF_LIFE), 1 / this.#lately);
    return beyond;
  }

  save(): Json {
    const at = Number.isNaN(this.#at) ? null : this.#at;
    return { at, calls: this.#calls, now: this.#now, lately: this.#lately, peak: this.#peak };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, {});
    this.#at = saved['at'] === null ? Number.NaN : readNumber(saved, 'at', 0);
    this.#calls = readNumber(saved, 'calls', 0);
    this.#now = readNumber(saved, 'now', 0);
    this.#lately = readNumber(saved, 'lately', 0);
    this.#peak = readNumber(saved, 'peak', 0);
  }
}
