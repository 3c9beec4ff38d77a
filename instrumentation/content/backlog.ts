import type { Clock } from '../../core/clock.js';

/** A piece of work in steps. It ends by itself and never throws. */
export interface Job {
  /** What it holds on to, in characters. */
  readonly weight: number;
  run(): Iterator<void>;
}

/** Jobs that may wait. */
const MAX_JOBS = 2048;
/** Characters that may wait in all: more takes about a second to read. */
const MAX_WEIGHT = 8_000_000;
/** How long one turn may hold the event loop, in milliseconds. */
const SLICE_MS = 4;

/**
 * Work on calls that ended, done in later turns of the event loop, a few milliseconds at a stretch, in order. Bounded: what finds
 * no room is refused, and the caller is told.
 */
export class Backlog {
  readonly #clock: Clock;
  #jobs: Job[] = [];
  #weight = 0;
  #running: Iterator<void> | undefined;
  #inStep = false;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Jobs that wait or run. */
  get size(): number {
    return this.#jobs.length;
  }

  /** @returns false if there is no room for it */
  push(job: Job): boolean {
    if (this.#jobs.length >= MAX_JOBS || (this.#jobs.length > 0 && this.#weight + job.weight > MAX_WEIGHT))
      return false;
    this.#jobs.push(job);
    this.#weight += job.weight;
    this.#schedule();
    return true;
  }

  /** Does everything that waits before it returns. */
  drain(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    while (this.#step());
  }

  #schedule(): void {
    this.#cancel ??= this.#clock.defer(() => {
      this.#cancel = undefined;
      const end = performance.now() + SLICE_MS;
      while (performance.now() < end) if (!this.#step()) return;
      this.#schedule();
    });
  }

  /** @returns false when nothing is left */
  #step(): boolean {
    const [job] = this.#jobs;
    // A span that ends may make its processor flush, which leads here again: the loop outside goes on with what is left.
    if (job === undefined || this.#inStep) return false;
    this.#running ??= job.run();
    this.#inStep = true;
    const { done } = this.#running.next();
    this.#inStep = false;
    if (done === true) {
      this.#running = undefined;
      this.#jobs.shift();
      this.#weight -= job.weight;
    }
    return this.#jobs.length > 0;
  }
}
