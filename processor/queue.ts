import type { Clock } from '../core/clock.js';

export interface WorkQueueOptions<T> {
  readonly clock: Clock;
  /** Items that may wait. */
  readonly capacity: number;
  /** Weight (characters, say) that may wait in all. */
  readonly maxWeight: number;
  /** Weight of an item. */
  weigh(item: T): number;
  /**
   * Works on an item: at once, or in steps that the queue takes one by one, in later turns where the slice is over. The next
   * item comes after the last step. `overdue` says whether the slice is over, for steps that can be longer or shorter.
   */
  work(item: T, overdue: () => boolean): Iterator<void> | void;
  /** Called for each item that found no room, or that was left at a shutdown. */
  onDrop(item: T, reason: 'queue_full' | 'shutdown'): void;
  /** Called after each slice with the seconds it took. */
  onSlice?(seconds: number): void;
  /** One slice of work that can wait, in a turn that finds the queue empty; true asks for another turn. */
  onIdle?(): boolean;
}

/** Items that may wait while the work is held back: as many again as come in the seconds that a state takes to be read. */
const HELD_CAPACITY = 65_536;
/** After how many milliseconds a slice begins nothing more: a step on top of it must not hold the event loop for 5. */
const SLICE_MS = 2;

/**
 * Bounded first-in first-out queue whose work runs in later turns of the event loop, a few milliseconds at a stretch: who pushes
 * never waits for it. What finds no room is handed to `onDrop`, never lost silently.
 */
export class WorkQueue<T> {
  readonly #options: WorkQueueOptions<T>;
  #items: (T | undefined)[] = [];
  #head = 0;
  #weight = 0;
  #pushed = 0;
  #done = 0;
  /** What is left to do of the first item. */
  #steps: Iterator<void> | undefined;
  #sliceBegan = 0;
  readonly #overdue = (): boolean => this.#options.clock.monotonic() - this.#sliceBegan >= SLICE_MS;
  #scheduled = false;
  #closed = false;
  #holds = 0;
  readonly #waiting: { readonly target: number; readonly resolve: () => void }[] = [];

  constructor(options: WorkQueueOptions<T>) {
    this.#options = options;
  }

  /** Items that wait. */
  get size(): number {
    return this.#pushed - this.#done;
  }

  push(item: T): void {
    const { capacity, maxWeight, weigh, onDrop } = this.#options;
    if (this.#closed) {
      onDrop(item, 'shutdown');
      return;
    }
    const weight = weigh(item);
    const room = this.#holds > 0 ? Math.max(capacity, HELD_CAPACITY) : capacity;
    if (this.size >= room || (this.#weight + weight > maxWeight && this.size > 0)) {
      onDrop(item, 'queue_full');
      return;
    }
    this.#items.push(item);
    this.#weight += weight;
    this.#pushed += 1;
    this.#schedule();
  }

  /** Asks for a turn although nothing was pushed, so that idle work goes on. */
  wake(): void {
    if (!this.#closed) this.#schedule();
  }

  /** Holds all work back until the function that it gives is called; more may wait meanwhile. */
  hold(): () => void {
    let held = true;
    this.#holds++;
    return () => {
      if (!held) return;
      held = false;
      this.#holds--;
      // Also for idle work: who woke the queue meanwhile was not heard.
      this.#schedule();
    };
  }

  /** Resolves once all that was pushed before is done. */
  flush(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise(resolve => this.#waiting.push({ target: this.#pushed, resolve }));
  }

  /** Does what waits, then takes nothing more. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  #schedule(): void {
    if (this.#scheduled || this.#holds > 0) return;
    this.#scheduled = true;
    this.#options.clock.defer(() => this.#slice());
  }

  #slice(): void {
    this.#scheduled = false;
    if (this.#holds > 0) return;
    const { clock, onSlice, onIdle } = this.#options;
    this.#sliceBegan = clock.monotonic();
    const idle = this.size === 0;
    let more = false;
    while (this.size > 0 && !this.#overdue()) this.#step();
    if (this.size === 0) {
      this.#items = [];
      this.#head = 0;
      // In a turn of its own, so that its time does not come on top of the last item's.
      if (!this.#closed && onIdle !== undefined) more = idle ? onIdle() : true;
    } else if (this.#head > 1024) {
      // Shifting an array moves all of it; a head index with a cut now and then does not.
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    onSlice?.((clock.monotonic() - this.#sliceBegan) / 1000);
    while (this.#waiting.length > 0 && (this.#waiting[0] as { target: number }).target <= this.#done)
      this.#waiting.shift()?.resolve();
    if (more || this.size > 0) this.#schedule();
  }
  /** One step of the first item. */
  #step(): void {
    const { work, weigh } = this.#options;
    const item = this.#items[this.#head] as T;
    let done = true;
    try {
      this.#steps ??= work(item, this.#overdue) ?? undefined;
      done = this.#steps === undefined || this.#steps.next().done === true;
    } finally {
      if (done) {
        this.#steps = undefined;
        this.#items[this.#head] = undefined;
        this.#head += 1;
        this.#weight -= weigh(item);
        this.#done += 1;
        // Also when nothing is left: what it throws must not keep a flush waiting.
        if (this.size > 0 || this.#waiting.length > 0) this.#schedule();
      }
    }
  }
}
