import type { Clock } from '../core/clock.js';

/** A clock that stands until it is told to go on: timers and deferred work run when the test says so. */
export class FakeClock implements Clock {
  readonly #start: number;
  #now: number;
  #jumped = 0;
  #timers: { readonly at: number; readonly run: () => void }[] = [];
  #deferred: (() => void)[] = [];

  constructor(now = 1_790_000_000_000) {
    this.#start = now;
    this.#now = now;
  }

  now(): number {
    return this.#now + this.#jumped;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  /** Sets the wall clock so much forward, or back: no time passes. */
  jump(ms: number): void {
    this.#jumped += ms;
  }

  setTimeout(run: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer);
    };
  }

  defer(run: () => void): () => void {
    this.#deferred.push(run);
    return () => {
      this.#deferred = this.#deferred.filter(other => other !== run);
    };
  }

  /** Runs one turn of the event loop. @returns how many deferred functions ran */
  turn(): number {
    const due = this.#deferred.splice(0);
    for (const run of due) run();
    return due.length;
  }

  /** Runs turns until nothing is deferred any more. */
  settle(): void {
    for (let i = 0; this.turn() > 0; i++) if (i > 100_000) throw new Error('deferred work never ends');
  }

  /** Moves time on and runs the timers that are due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(timer => timer.at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter(timer => timer !== next);
      next.run();
    }
    this.#now = end;
  }
}
