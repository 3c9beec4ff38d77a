import { setImmediate } from 'node:timers/promises';

/** Adds up the time in which a scrape holds the event loop, without the time it waits. */
export class Stopwatch {
  #total = 0;
  #since: number | undefined;

  start(): void {
    this.#since ??= performance.now();
  }

  stop(): void {
    if (this.#since !== undefined) this.#total += performance.now() - this.#since;
    this.#since = undefined;
  }

  /** Lets the event loop run and goes on measuring after it. */
  async pause(): Promise<void> {
    this.stop();
    await setImmediate();
    this.start();
  }

  get seconds(): number {
    return this.#total / 1000;
  }
}
