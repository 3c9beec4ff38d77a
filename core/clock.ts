/** Time as an argument, so that no test waits and no pure function reads the wall clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some start; unlike `now` it never jumps when somebody sets the clock. */
  monotonic(): number;
  /** Calls `run` after `ms` milliseconds; the timer never keeps the process alive. Returns the function that cancels it. */
  setTimeout(run: () => void, ms: number): () => void;
  /** Calls `run` in the next turn of the event loop, after the promise callbacks and I/O that wait; keeps the process alive until then. */
  defer(run: () => void): () => void;
}

/**
 * A time to age things by: whole milliseconds since the epoch by the wall clock of this moment, and even from then on. When the
 * wall clock is set, forward or back, it does not follow.
 */
export function evenTime(clock: Clock): () => number {
  const start = clock.now() - clock.monotonic();
  return () => Math.round(start + clock.monotonic());
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(run, ms) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  defer(run) {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  },
};
