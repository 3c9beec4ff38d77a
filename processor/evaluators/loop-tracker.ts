/** A stretch of a text in which the same words come again and again. */
export interface Loop {
  /** Words after which it comes again. */
  readonly period: number;
  /** Words in the stretch, its first round included. */
  readonly words: number;
  /** Words inside it that broke the pattern, at most one a round: a number that grows. */
  readonly slips: number;
  /** Index of its first word. */
  readonly first: number;
}

/** Words that a new round must share with an earlier one before it counts as such. */
const GRAM = 3;
/** A round must be this long to be recognised again behind a word that differs. */
const SLIP_PERIOD = 6;

/**
 * Follows the longest stretch of periodic words while they are read, in constant time a word: where a group of words was seen
 * before, its distance is taken as the period for as long as words agree with those one period earlier.
 */
export class LoopTracker {
  #period = 0;
  #first = 0;
  #slips = 0;
  #lastSlip = 0;
  #best: Loop | undefined;
  #last: Loop | undefined;

  /** @param hashes word hashes; the one at `index` is new @param seen index of an earlier group that ends like this, or -1 */
  add(hashes: Int32Array, index: number, seen: number): void {
    if (this.#period > 0) {
      if (hashes[index] === hashes[index - this.#period]) return;
      if (this.#period >= SLIP_PERIOD && index - this.#lastSlip >= this.#period) {
        this.#slips++;
        this.#lastSlip = index;
        return;
      }
      this.#close(index);
    }
    if (seen < 0) return;
    this.#period = index - seen;
    this.#first = seen - GRAM + 1;
    this.#slips = 0;
    this.#lastSlip = Number.NEGATIVE_INFINITY;
  }

  /**
   * The longest stretch by repeated words, and the one that the text ends in.
   * @param count how many words were added
   */
  finish(count: number): { readonly longest: Loop | undefined; readonly ending: Loop | undefined } {
    const ending = this.#period > 0 ? this.#close(count) : this.#last;
    const ends = ending !== undefined && ending.first + ending.words >= count - 2;
    return { longest: this.#best, ending: ends ? ending : undefined };
  }

  #close(end: number): Loop {
    // A last slip is no part of the stretch if the text ends or breaks soon after it.
    const slipped = this.#slips > 0 && end - this.#lastSlip <= GRAM;
    const words = (slipped ? this.#lastSlip : end) - this.#first;
    const loop = { period: this.#period, words, slips: this.#slips - (slipped ? 1 : 0), first: this.#first };
    if (this.#best === undefined || words - loop.period > this.#best.words - this.#best.period) this.#best = loop;
    this.#last = loop;
    this.#period = 0;
    return loop;
  }
}
