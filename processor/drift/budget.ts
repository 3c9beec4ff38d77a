import { MonitorError, showValue } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { readHead, readNumber } from '../detectors/state.js';
import { TESTS } from './tests.js';

const DAY = 86_400_000;
const LEAST_DAYS = 1 / 24;
const LEAST_CALLS_A_DAY = 100;
const LEAST_THRESHOLD = 6;
/** Calls before anything is said at all. */
const WARM = 300;
/** Days over which traffic is counted: past twice as many, half of it is forgotten. */
const MEMORY = 7;
/**
 * A false alarm a call and test is rarer than exp(-threshold), by how far a sum overshoots and by how much smaller than the
 * change that is looked for chance is: measured on quiet streams, as a logarithm.
 */
const SLACK = 4.3;
/** The threshold follows the traffic: every so many calls. */
const REVIEW = 64;

/**
 * Shares a budget of false pages a day among all tests that run: a test speaks at evidence log(tests of a call x calls a day /
 * budget), less a constant: a scope that few calls are of costs little.
 */
export class Budget {
  readonly #perDay: number;
  #calls = 0;
  #now = Number.NaN;
  /** Of late: calls, those calls in each scope they are of, and milliseconds in which they came. */
  #lately = 0;
  #steps = 0;
  #elapsed = 0;
  #threshold = LEAST_THRESHOLD;

  /** @throws MonitorError INVALID_ARGUMENT for a budget that is not above 0 */
  constructor(falsePagesPerDay: number) {
    if (!(falsePagesPerDay > 0 && falsePagesPerDay < Number.POSITIVE_INFINITY))
      throw new MonitorError(
        'INVALID_ARGUMENT',
        `falsePagesPerDay is ${showValue(falsePagesPerDay)}; expected a number above 0`,
      );
    this.#perDay = falsePagesPerDay;
  }

  /** Calls so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Milliseconds since the epoch; NaN before the first call. */
  get now(): number {
    return this.#now;
  }

  /** Evidence from which a rate has changed; infinite in the first calls, whose usual values are not known. */
  get threshold(): number {
    return this.#calls <= WARM ? Number.POSITIVE_INFINITY : this.#threshold;
  }

  /** Moves time on: never back, and by a day at most, as somebody may set a clock. NaN moves nothing. */
  tell(now: number): void {
    if (!Number.isFinite(now)) return;
    if (!Number.isNaN(this.#now)) this.#elapsed += Math.max(0, Math.min(DAY, now - this.#now));
    this.#now = now;
  }

  /**
   * Counts a call.
   * @param scopes it is of
   * @returns true where the threshold was brought up to date, every so many calls
   */
  count(scopes: number): boolean {
    this.#lately++;
    this.#steps += scopes;
    if (this.#calls++ % REVIEW !== 0) return false;
    if (this.#elapsed > 2 * MEMORY * DAY) {
      this.#elapsed /= 2;
      this.#lately /= 2;
      this.#steps /= 2;
    }
    const perDay = Math.max(LEAST_CALLS_A_DAY, this.#lately / Math.max(LEAST_DAYS, this.#elapsed / DAY));
    const tests = (this.#steps / this.#lately) * TESTS.length;
    this.#threshold = Math.max(LEAST_THRESHOLD, Math.log((tests * perDay) / this.#perDay) - SLACK);
    return true;
  }

  save(): Json {
    return {
      calls: this.#calls,
      now: Number.isNaN(this.#now) ? null : this.#now,
      lately: this.#lately,
      steps: this.#steps,
      elapsed: this.#elapsed,
      threshold: this.#threshold,
    };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, {});
    this.#calls = readNumber(saved, 'calls', 0);
    this.#now = saved['now'] === null ? Number.NaN : readNumber(saved, 'now', 0);
    this.#lately = readNumber(saved, 'lately', 0);
    this.#steps = readNumber(saved, 'steps', 0);
    this.#elapsed = readNumber(saved, 'elapsed', 0);
    this.#threshold = readNumber(saved, 'threshold', LEAST_THRESHOLD);
  }
}
