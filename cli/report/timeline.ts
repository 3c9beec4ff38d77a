import { LogHistogram } from './log-histogram.js';
import { MeanSum } from './mean-sum.js';

/** How many of how many. */
export interface Share {
  hits: number;
  of: number;
}

/** What happened between two points of time. */
export class Slot {
  calls = 0;
  errors = 0;
  cost = 0;
  priced = 0;
  tokensIn = 0;
  tokensOut = 0;
  counted = 0;
  readonly latency = new LogHistogram();
  readonly firstChunk = new LogHistogram();
  /** Share of right answers, or mean absolute error, by task. */
  readonly right = new Map<string, MeanSum>();
  /** Flagged answers, by evaluator. */
  readonly flagged = new Map<string, Share>();
  readonly odd: Share = { hits: 0, of: 0 };

  rightOf(task: string): MeanSum {
    let sum = this.right.get(task);
    if (sum === undefined) {
      sum = new MeanSum();
      this.right.set(task, sum);
    }
    return sum;
  }

  merge(other: Slot): void {
    this.calls += other.calls;
    this.errors += other.errors;
    this.cost += other.cost;
    this.priced += other.priced;
    this.tokensIn += other.tokensIn;
    this.tokensOut += other.tokensOut;
    this.counted += other.counted;
    this.latency.merge(other.latency);
    this.firstChunk.merge(other.firstChunk);
    for (const [key, { hits, of }] of other.flagged) addShare(this.flagged, key, hits, of);
    for (const [key, sum] of other.right) this.rightOf(key).merge(sum);
    this.odd.hits += other.odd.hits;
    this.odd.of += other.odd.of;
  }
}

export function addShare(shares: Map<string, Share>, key: string, hits: number, of = 1): void {
  const share = shares.get(key);
  if (share === undefined) shares.set(key, { hits, of });
  else {
    share.hits += hits;
    share.of += of;
  }
}

/** Each width is a multiple of the one before, so that slots add up. Seconds: 1 s to 4 weeks, and then ever more. */
const WIDTHS = [1, 5, 15, 60, 300, 900, 3600, 10_800, 43_200, 86_400, 604_800, 2_419_200];
const MAX_SLOTS = 120;

/** Time in at most 120 slots of equal width, which widens as the recording goes on. */
export class Timeline {
  #step = 0;
  #slots = new Map<number, Slot>();
  #low = Number.POSITIVE_INFINITY;
  #high = Number.NEGATIVE_INFINITY;

  /** Milliseconds a slot lasts. */
  get width(): number {
    const last = WIDTHS.length - 1;
    const seconds = WIDTHS[Math.min(this.#step, last)] as number;
    return 1000 * seconds * 4 ** Math.max(0, this.#step - last);
  }

  /** @param at milliseconds since the epoch */
  at(at: number): Slot {
    this.#low = Math.min(this.#low, at);
    this.#high = Math.max(this.#high, at);
    while (Math.floor(this.#high / this.width) - Math.floor(this.#low / this.width) >= MAX_SLOTS) this.#widen();
    const index = Math.floor(at / this.width);
    let slot = this.#slots.get(index);
    if (slot === undefined) {
      slot = new Slot();
      this.#slots.set(index, slot);
    }
    return slot;
  }

  /** All slots from the first to the last, those without anything too. */
  list(): readonly { readonly start: number; readonly slot: Slot }[] {
    if (this.#slots.size === 0) return [];
    const first = Math.floor(this.#low / this.width);
    const last = Math.floor(this.#high / this.width);
    return Array.from({ length: last - first + 1 }, (_, i) => ({
      start: (first + i) * this.width,
      slot: this.#slots.get(first + i) ?? new Slot(),
    }));
  }

  #widen(): void {
    const before = this.width;
    this.#step++;
    const times = this.width / before;
    const wider = new Map<number, Slot>();
    for (const [index, slot] of this.#slots) {
      const to = Math.floor(index / times);
      const there = wider.get(to);
      if (there === undefined) wider.set(to, slot);
      else there.merge(slot);
    }
    this.#slots = wider;
  }
}
