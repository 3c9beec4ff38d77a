import { Confusion } from './confusion.js';

/** What one label said of a call, in numbers. A field that its kind of task does not have is NaN. */
export interface Verdict {
  /** Number of the true class; 0 for a text or number. */
  readonly actual: number;
  /** Number of the predicted class; for a text 0 when it is right and 1 when it is wrong. */
  readonly predicted: number;
  /** Probability of the positive class, or of the predicted one where there are more than two, 0..1. */
  readonly score: number;
  readonly tokenF1: number;
  readonly rougeL: number;
  readonly chrf: number;
  /** Predicted number less the true one. */
  readonly error: number;
  /** Calls that this one stands for: 1, or the reciprocal of the rate at which such calls are given labels. */
  readonly weight: number;
}

/** A verdict that says nothing yet. */
export const NO_VERDICT: Verdict = {
  actual: 0,
  predicted: 0,
  score: Number.NaN,
  tokenF1: Number.NaN,
  rougeL: Number.NaN,
  chrf: Number.NaN,
  error: Number.NaN,
  weight: 1,
};

/** Values of a call's attributes that measures are also taken by, by attribute. */
export type SliceValues = Readonly<Record<string, string>>;
export const NO_SLICES: SliceValues = {};

/** A labelled call. Its place and age are those of its first label; a later label changes the verdict in place. */
export interface Pair {
  /** Ascending in the order of first labels. */
  readonly seq: number;
  /** When the first label arrived, milliseconds. */
  readonly at: number;
  /** The model of the call, as a label value. */
  readonly model: string;
  readonly slices: SliceValues;
  verdict: Verdict;
}

/** The last N pairs, or the pairs of the last `ms` milliseconds (at most `MAX_WINDOW_PAIRS`). */
export type WindowSpan =
  | { readonly kind: 'count'; readonly pairs: number }
  | { readonly kind: 'time'; readonly ms: number };

/** Bounds the memory of a time window under a flood of labels; the oldest pairs leave early. */
export const MAX_WINDOW_PAIRS = 100_000;

/**
 * Pairs that slide: entering, leaving and changing cost constant time each, and the confusion matrix is always up to date.
 * Pairs enter in ascending `seq`. Measures that need all pairs walk `pairs()` when they are read.
 */
export class SlidingWindow {
  readonly span: WindowSpan;
  readonly matrix = new Confusion();
  #pairs: (Pair | undefined)[] = [];
  #head = 0;
  #version = 0;
  /** Pairs whose weight is not 1. */
  #weighed = 0;

  constructor(span: WindowSpan) {
    this.span = span;
  }

  get size(): number {
    return this.#pairs.length - this.#head;
  }

  /** Moves with every change, so that a reader can keep what it worked out. */
  get version(): number {
    return this.#version;
  }

  /** True while a pair stands for more than itself. */
  get weighed(): boolean {
    return this.#weighed > 0;
  }

  enter(pair: Pair): void {
    this.advance(pair.at);
    this.#pairs.push(pair);
    this.#count(pair.verdict);
    this.#version++;
    const most = this.span.kind === 'count' ? this.span.pairs : MAX_WINDOW_PAIRS;
    while (this.size > most) this.#leave();
  }

  /** The pair's verdict is about to become `next`; a pair that has left does not come back. */
  change(pair: Pair, next: Verdict): void {
    const oldest = this.#pairs[this.#head];
    if (oldest === undefined || pair.seq < oldest.seq) return;
    this.#discount(pair.verdict);
    this.#count(next);
    this.#version++;
  }

  /** Lets go of pairs that are too old at `now`: a time window holds now - ms < at <= now. */
  advance(now: number): void {
    if (this.span.kind === 'count') return;
    const edge = now - this.span.ms;
    while (this.size > 0 && (this.#pairs[this.#head] as Pair).at <= edge) this.#leave();
  }

  /** A copy of the pairs, oldest first. */
  list(): readonly Pair[] {
    return this.#pairs.slice(this.#head) as Pair[];
  }

  /** Oldest first. */
  *pairs(): Generator<Pair> {
    for (let i = this.#head; i < this.#pairs.length; i++) yield this.#pairs[i] as Pair;
  }

  /** Shows the verdicts, or only those of the `newest` pairs, oldest first; faster than `pairs()`. */
  each(visit: (verdict: Verdict) => void, newest = MAX_WINDOW_PAIRS): void {
    for (let i = Math.max(this.#head, this.#pairs.length - newest); i < this.#pairs.length; i++)
      visit((this.#pairs[i] as Pair).verdict);
  }

  #count({ actual, predicted, weight }: Verdict): void {
    this.matrix.add(actual, predicted);
    if (weight !== 1) this.#weighed++;
  }

  #discount({ actual, predicted, weight }: Verdict): void {
    this.matrix.remove(actual, predicted);
    if (weight !== 1) this.#weighed--;
  }

  #leave(): void {
    this.#discount((this.#pairs[this.#head] as Pair).verdict);
    this.#version++;
    this.#pairs[this.#head] = undefined;
    this.#head++;
    // Cut the dead front off once it is the larger half: constant time a pair, and at most twice the memory.
    if (this.#head * 2 > this.#pairs.length) {
      this.#pairs = this.#pairs.slice(this.#head);
      this.#head = 0;
    }
  }
}
