import type { Json } from '../../core/json.js';
import { packBytes, readDoubles, readNumber, type SavedObject } from './state.js';

/** Guarded scores are let in at up to this many times the rate that exchangeable scores have. */
const RATE = 2;
/** And, saved up, at most this share of those that an exchangeable window holds. */
const BURST = 0.4;

/** Scores whose mean excess says how the tail goes on, and how few are too few for that. */
const TOP = 0.05;
const LEAST_TOP = 5;
/** The share of the scores that is counted no more: beyond it counts are too few to tell odd from odder. */
const COUNTED = 0.004;
/** No chance is less: a tail stays below 1. */
const LEAST_CHANCE = 1e-9;

/** The last scores, also in order, and the budget for those above the guard. */
export class ScoreWindow {
  readonly #capacity: number;
  readonly #excess: number;
  #ring: Float64Array;
  #sorted: Float64Array;
  #size = 0;
  #next = 0;
  #tokens = 1;

  /** @param excess share of exchangeable scores that is guarded */
  constructor(capacity: number, excess = 0.01) {
    this.#capacity = capacity;
    this.#excess = excess;
    this.#ring = new Float64Array(Math.min(64, capacity));
    this.#sorted = new Float64Array(Math.min(64, capacity));
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Share of the scores, and of the one asked for itself, that are lower: 1 - (1 + #{kept >= score}) / (n + 1). Beyond all
   * but a few the rest falls exponentially, as the highest twentieth does: no two odd scores are the same.
   * @param prior the chance of such a score by another reckoning, and how many scores that is worth
   */
  tail(score: number, prior?: { readonly chance: number; readonly weight: number }): number {
    const size = this.#size;
    const beyond = size - this.#below(score);
    if (prior !== undefined)
      return 1 - (beyond + Math.max(LEAST_CHANCE, prior.chance) * prior.weight) / (size + prior.weight);
    const last = Math.floor(size * COUNTED);
    if (beyond >= last) return (size - beyond) / (size + 1);
    return 1 - ((1 + last) / (size + 1)) * this.#fall(score, last);
  }

  /** The surprise of a score, -ln of its tail: 0 for the lowest, and where nothing is known. */
  nats(score: number): number {
    return this.#size === 0 ? 0 : -Math.log(1 - this.tail(score));
  }

  /** What is left beyond the `last`-highest score, by the mean excess of the highest twentieth. */
  #fall(score: number, last: number): number {
    const top = Math.max(LEAST_TOP, Math.floor(this.#size * TOP));
    const from = this.#sorted[this.#size - top - 1]!;
    let excess = 0;
    for (let i = this.#size - top; i < this.#size; i++) excess += this.#sorted[i]! - from;
    if (!(excess > 0)) return 1;
    const highest = this.#sorted[this.#size - Math.max(1, last)]!;
    return Math.max(LEAST_CHANCE, Math.exp((-(score - highest) * top) / excess));
  }

  /** Whether a score may come in; each asking earns, each guarded score costs. */
  admits(guarded: boolean): boolean {
    const burst = Math.max(1, BURST * this.#excess * this.#size);
    this.#tokens = Math.min(burst, this.#tokens + RATE * this.#excess);
    if (!guarded) return true;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  push(score: number): void {
    if (this.#size < this.#capacity) {
      if (this.#size === this.#ring.length) this.#grow();
      const at = this.#below(score);
      this.#sorted.copyWithin(at + 1, at, this.#size);
      this.#sorted[at] = score;
      this.#ring[this.#size] = score;
      this.#size += 1;
      return;
    }
    // One move instead of two: only what lies between the place of the old score and that of the new one shifts.
    const from = this.#below(this.#ring[this.#next]!);
    const to = this.#below(score);
    if (to > from) {
      this.#sorted.copyWithin(from, from + 1, to);
      this.#sorted[to - 1] = score;
    } else {
      this.#sorted.copyWithin(to + 1, to, from);
      this.#sorted[to] = score;
    }
    this.#ring[this.#next] = score;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** Where the next score comes to: 0 to capacity - 1, in turn. */
  get place(): number {
    return this.#size < this.#capacity ? this.#size : this.#next;
  }

  /** @param scores one a place, which takes that of the score kept there: the same samples on a new scale */
  rescore(scores: Float64Array): void {
    this.#ring.set(scores.subarray(0, this.#size));
    this.#sorted.set(scores.slice(0, this.#size).sort());
  }

  save(): { [key: string]: Json } {
    return { scores: packBytes(this.#ring.subarray(0, this.#size)), next: this.#next, tokens: this.#tokens };
  }

  restore(saved: SavedObject): this {
    const scores = readDoubles(saved, 'scores').subarray(0, this.#capacity);
    this.#next = readNumber(saved, 'next', 0, this.#capacity - 1);
    this.#tokens = readNumber(saved, 'tokens', 0);
    this.#size = scores.length;
    this.#ring = scores.slice();
    this.#sorted = scores.slice().sort();
    return this;
  }

  /** Number of kept scores below `score`: its place in order. */
  #below(score: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]! < score) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const length = Math.min(this.#capacity, Math.max(64, this.#size * 2));
    for (const key of ['ring', 'sorted'] as const) {
      const grown = new Float64Array(length);
      grown.set(key === 'ring' ? this.#ring : this.#sorted);
      if (key === 'ring') this.#ring = grown;
      else this.#sorted = grown;
    }
  }
}
