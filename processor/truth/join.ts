import { Confusion } from './confusion.js';
import { SliceWindows } from './slices.js';
import {
  NO_SLICES,
  type Pair,
  type SliceValues,
  SlidingWindow,
  type Verdict,
  type WindowSpan,
} from './sliding-window.js';

/** The windows over all models. */
export const ALL_MODELS = 'all';

/**
 * Labelled calls of one task: in which windows a pair is, and what was counted since the start. Pure: time is an argument, and
 * must not run backwards.
 *
 * The rules: the first label of a call makes a pair, which enters at the young end of every window, and whose age is the arrival
 * of that label. Each further label changes the pair in place; its position and age stay, and a pair that has left a window does
 * not come back. A count window of N holds the N pairs whose first label arrived last; a time window of T at time s holds pairs
 * with s - T < arrival <= s.
 */
export class TaskJoin {
  /** Over all pairs ever made, by their first labels and by their latest. */
  readonly first = new Confusion();
  readonly latest = new Confusion();
  /** Windows of the calls that share a value of an attribute. */
  readonly slices: SliceWindows;
  readonly #spans: readonly WindowSpan[];
  readonly #windows = new Map<string, readonly SlidingWindow[]>();
  #next = 0;

  constructor(spans: readonly WindowSpan[], slices: readonly string[] = []) {
    this.#spans = spans;
    this.slices = new SliceWindows(slices, spans);
    this.#windowsOf(ALL_MODELS);
  }

  /** The first label of a call. */
  match(model: string, verdict: Verdict, at: number, slices: SliceValues = NO_SLICES): Pair {
    const pair: Pair = { seq: this.#next++, at, model, slices, verdict };
    this.first.add(verdict.actual, verdict.predicted);
    this.latest.add(verdict.actual, verdict.predicted);
    this.#enter(pair);
    return pair;
  }

  /** A further label. @returns the verdict it replaces */
  replace(pair: Pair, verdict: Verdict): Verdict {
    const before = pair.verdict;
    for (const window of this.#containing(pair)) window.change(pair, verdict);
    this.latest.remove(before.actual, before.predicted);
    this.latest.add(verdict.actual, verdict.predicted);
    pair.verdict = verdict;
    return before;
  }

  /** Takes back a pair of a saved state, with its old position and age; pairs come in ascending `seq`. */
  readmit(pair: Pair): void {
    this.#next = Math.max(this.#next, pair.seq + 1);
    this.#enter(pair);
  }

  /** Every window, for all models first, then by model, in the order of the spans. */
  *windows(now: number): Generator<{ readonly model: string; readonly window: SlidingWindow }> {
    for (const [model, windows] of this.#windows) {
      for (const window of windows) {
        window.advance(now);
        yield { model, window };
      }
    }
  }

  #enter(pair: Pair): void {
    for (const window of this.#containing(pair)) window.enter(pair);
  }

  *#containing(pair: Pair): Generator<SlidingWindow> {
    yield* this.#windowsOf(ALL_MODELS);
    if (pair.model !== ALL_MODELS) yield* this.#windowsOf(pair.model);
    yield* this.slices.containing(pair);
  }

  #windowsOf(model: string): readonly SlidingWindow[] {
    let windows = this.#windows.get(model);
    if (windows === undefined) {
      windows = this.#spans.map(span => new SlidingWindow(span));
      this.#windows.set(model, windows);
    }
    return windows;
  }
}
