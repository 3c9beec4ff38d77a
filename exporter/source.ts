import type { Clock } from '../core/clock.js';
import { MonitorError } from '../core/errors.js';

/**
 * Resolves as `work` does, or rejects with UNAVAILABLE once `ms` have passed. What comes later is ignored.
 */
export function within<T>(work: Promise<T>, ms: number, clock: Clock, what: string): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.setTimeout(
      () => reject(new MonitorError('UNAVAILABLE', `${what} did not answer within ${ms} ms`)),
      ms,
    );
    work.then(resolve, reject).finally(cancel);
  });
}

/**
 * Something that is read at each scrape and may fail, hang or be slow. While one read hangs no second is started: the next scrape
 * waits for the same one, so that what never settles is not collected once a scrape.
 */
export class Source<T> {
  readonly #what: string;
  readonly #read: () => Promise<T>;
  readonly #clock: Clock;
  #pending: Promise<T> | undefined;

  constructor(what: string, read: () => Promise<T>, clock: Clock) {
    this.#what = what;
    this.#read = read;
    this.#clock = clock;
  }

  /** @throws what the source threw, or MonitorError UNAVAILABLE after `ms` */
  read(ms: number): Promise<T> {
    if (this.#pending === undefined) {
      // The wrapper turns a synchronous throw into a rejection.
      const pending = (async () => this.#read())();
      this.#pending = pending;
      const done = (): void => {
        this.#pending = undefined;
      };
      pending.then(done, done);
    }
    return within(this.#pending, ms, this.#clock, this.#what);
  }
}
