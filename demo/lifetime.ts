import { MonitorError } from '../core/errors.js';
import { type Child, describeEnding } from './processes/child.js';

/** How long the demo goes on: until its time is over, a person stops it, or one of its processes ends. */
export interface Lifetime {
  readonly signal: AbortSignal;
  /** Resolves at the end. @throws MonitorError UNAVAILABLE where a process ended on its own */
  over(): Promise<void>;
  end(): void;
  /** Ends the demo when a process ends before it. */
  dependOn(child: Child): void;
}

/** @param stop aborted when a person, or the system, wants the demo to end */
export function createLifetime(stop: AbortSignal): Lifetime {
  const own = new AbortController();
  const signal = AbortSignal.any([stop, own.signal]);
  let crash: MonitorError | undefined;
  const ended = new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return {
    signal,
    over: async () => {
      await ended;
      if (crash !== undefined) throw crash;
    },
    end: () => own.abort(),
    dependOn: child => {
      void child.ended.then(ending => {
        if (signal.aborted) return;
        crash = new MonitorError('UNAVAILABLE', describeEnding(ending));
        own.abort();
      });
    },
  };
}
