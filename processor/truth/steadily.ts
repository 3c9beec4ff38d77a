import type { Clock } from '../../core/clock.js';
import { MonitorError } from '../../core/errors.js';

/** Milliseconds until what failed is asked again, at first and at most. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;
/** Answers that no waiting mends, until what was asked is given up. */
const MAX_REFUSALS = 5;

/** True for the failure of a store that will answer once it is back. */
export function isAway(error: unknown): boolean {
  return MonitorError.is(error) && error.code === 'UNAVAILABLE';
}

/** Asks until there is an answer, with longer and longer pauses. One question at a time. */
export class Steadily {
  readonly #clock: Clock;
  readonly #onFailure: () => void;
  #stopped = false;
  #endPause: (() => void) | undefined;

  constructor(clock: Clock, onFailure: () => void) {
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** @returns undefined once stopped, or when the answer is no for good: an error that does not say UNAVAILABLE, `maxRefusals` times */
  async ask<T>(question: () => Promise<T>, maxRefusals = MAX_REFUSALS): Promise<T | undefined> {
    let refusals = 0;
    for (let pause = FIRST_PAUSE; !this.#stopped; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await question();
      } catch (error) {
        this.#onFailure();
        if (!isAway(error) && ++refusals >= maxRefusals) return undefined;
        await this.#pause(pause);
      }
    }
    return undefined;
  }

  /** Ends a pause: who waits for the answer does not wait for it. */
  wake(): void {
    this.#endPause?.();
  }

  /** Asks no more. */
  stop(): void {
    this.#stopped = true;
    this.wake();
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise(resolve => {
      const end = (): void => {
        cancel();
        this.#endPause = undefined;
        resolve();
      };
      const cancel = this.#clock.setTimeout(end, ms);
      this.#endPause = end;
    });
  }
}
