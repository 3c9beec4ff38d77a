import { NumberColumn } from './column.js';

/** The texts that are bounded, by the number of their call. */
export interface Texts {
  /** Characters of text that a call holds. */
  textSize(number: number): number;
  /** Lets go of them. */
  dropText(number: number): void;
}

/**
 * Bounds the text that waits for labels: when there is too much of it, the calls that came first lose theirs. A predicted class
 * name counts for nothing and stays.
 */
export class TextBudget {
  readonly #texts: Texts;
  readonly #sizes = new NumberColumn(0);
  /** Calls before it hold no text. */
  #first = 0;
  #limit = 0;
  #used = 0;

  constructor(texts: Texts) {
    this.#texts = texts;
  }

  /** Characters that wait. */
  get used(): number {
    return this.#used;
  }

  /** Characters that may wait; less than what waits lets go of the oldest at once. */
  get limit(): number {
    return this.#limit;
  }

  set limit(characters: number) {
    this.#limit = characters;
    this.#trim();
  }

  /** Counts the text of a call, again if it has changed. Of a call whose turn to lose it has passed nothing is kept. */
  count(number: number): void {
    const before = this.#sizes.get(number);
    const size = this.#texts.textSize(number);
    if (size === before) return;
    if (number < this.#first) {
      this.#texts.dropText(number);
      return;
    }
    this.#used += size - before;
    this.#sizes.set(number, size);
    this.#trim();
  }

  /** Drops the text of a call that leaves. Calls leave in the order of their numbers. */
  release(number: number): void {
    this.#drop(number);
    this.#sizes.release(number);
    this.#first = Math.max(this.#first, number + 1);
  }

  #drop(number: number): void {
    const size = this.#sizes.get(number);
    if (size === 0) return;
    this.#used -= size;
    this.#sizes.set(number, 0);
    this.#texts.dropText(number);
  }

  #trim(): void {
    while (this.#used > this.#limit) this.#drop(this.#first++);
  }
}
