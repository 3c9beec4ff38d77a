import type { FeedbackRecord } from '../../core/feedback.js';

/** Labels whose call is not known yet: a label may be faster than the call it speaks of, when they take two ways. */
export class SecondTries<T extends { readonly record: FeedbackRecord }> {
  readonly #names = new Set<string>();
  #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** True for a label of a call that an earlier one waits for: it must not overtake it. */
  waitsFor(record: FeedbackRecord): boolean {
    return this.#items.length > 0 && this.#names.has(nameOf(record));
  }

  add(item: T): void {
    this.#items.push(item);
    this.#names.add(nameOf(item.record));
  }

  /** All, in the order in which they came. */
  takeOut(): readonly T[] {
    const items = this.#items;
    this.#items = [];
    this.#names.clear();
    return items;
  }
}

function nameOf({ by, id }: FeedbackRecord): string {
  return `${by} ${id}`;
}
