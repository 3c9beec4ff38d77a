import type { Clock } from '../../core/clock.js';
import type { LabelStore, SweptCall } from '../state/state-store.js';

export interface SweepingOptions {
  readonly labels: LabelStore;
  readonly clock: Clock;
  /** Milliseconds since the epoch: a call that ended before is over. */
  overBefore(): number;
  /** Calls that are over, and given to nobody else. */
  onSwept(calls: readonly SweptCall[]): void;
  /** Calls that the store holds. */
  onSize(calls: number): void;
  onFailure(): void;
}

/** Milliseconds between two looks at what is over and how many wait, and before the first. */
const EVERY = 10_000;
const FIRST = 1000;
const BATCH = 1000;

/** Takes the calls out of a store whose time is over, and looks how many there are. */
export class Sweeping {
  readonly #options: SweepingOptions;
  #stopped = false;
  #cancel: () => void;

  constructor(options: SweepingOptions) {
    this.#options = options;
    this.#cancel = options.clock.setTimeout(() => void this.#sweep(), FIRST);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #sweep(): Promise<void> {
    const { labels, clock, overBefore, onSwept, onSize, onFailure } = this.#options;
    try {
      for (let full = true; full && !this.#stopped; ) {
        const swept = await labels.sweep(overBefore(), BATCH);
        onSwept(swept);
        full = swept.length === BATCH;
      }
      onSize(await labels.size());
    } catch {
      onFailure();
    }
    if (!this.#stopped) this.#cancel = clock.setTimeout(() => void this.#sweep(), EVERY);
  }
}
