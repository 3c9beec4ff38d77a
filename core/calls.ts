import type { LlmCall, Rejection } from './call.js';
import type { CallText } from './content.js';
import type { ExemplarRef } from './sink.js';

/** A call that has ended, from who saw it to who scores it. */
export interface CallEvent {
  readonly call: LlmCall;
  /** What cleaning refused of it. */
  readonly rejected: readonly Rejection[];
  /** Absent where the words of the call are not known (a recording, a span without content). */
  readonly text?: CallText;
  /** The span of the call, if it is sampled: what an exemplar may point to. */
  readonly exemplar?: ExemplarRef;
}

export type CallListener = (event: CallEvent) => void;

/**
 * The one channel from who sees calls to who scores them. Publishing never throws and never waits: a listener that throws is
 * reported to `onError` and the others still hear the call.
 */
export class CallChannel {
  readonly #listeners = new Set<CallListener>();
  readonly #onError: (error: unknown) => void;
  readonly #puttingOff = new Set<() => void>();

  constructor(onError: (error: unknown) => void = () => {}) {
    this.#onError = onError;
  }

  /** True when somebody listens: without a listener nobody needs to gather the words of a call. */
  get active(): boolean {
    return this.#listeners.size > 0;
  }

  publish(event: CallEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  /** @returns the function that ends the subscription */
  subscribe(listener: CallListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * For who sees calls and puts off a part of the work on those that ended (a span that waits for its content).
   * @param finish does that part now, for all of them
   * @returns the function that takes it back
   */
  putsOff(finish: () => void): () => void {
    this.#puttingOff.add(finish);
    return () => {
      this.#puttingOff.delete(finish);
    };
  }

  /** Has everything that was put off done before it returns: for who flushes or stops. Never throws. */
  settle(): void {
    for (const finish of this.#puttingOff) {
      try {
        finish();
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
