import type { Held } from './call-index.js';
import { isLong, type TrackedCall } from './tracked-call.js';

/**
 * Bounds the text that waits for labels: when there is too much of it, the calls that came first lose theirs. A predicted class
 * name counts for nothing and stays.
 */
export class TextBudget {
  readonly #sizes = new Map<Held<TrackedCall>, number>();
  #limit = 0;
  #used = 0;

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

  /** Counts the text of a call, again if it has changed. */
  count(held: Held<TrackedCall>): void {
    const size = textOf(held.call);
    this.#used += size - (this.#sizes.get(held) ?? 0);
    if (size === 0) this.#sizes.delete(held);
    else this.#sizes.set(held, size);
    this.#trim();
  }

  /** Drops the text of a call. */
  forget(held: Held<TrackedCall>): void {
    const size = this.#sizes.get(held);
    if (size === undefined) return;
    this.#sizes.delete(held);
    this.#used -= size;
    const { call } = held;
    call.text = undefined;
    if (isLong(call.prediction)) call.prediction = null;
    for (const [task, prediction] of call.predictions ?? []) if (isLong(prediction)) call.predictions?.set(task, null);
  }

  #trim(): void {
    for (const held of this.#sizes.keys()) {
      if (this.#used <= this.#limit) return;
      this.forget(held);
    }
  }
}

function textOf(call: TrackedCall): number {
  let size = call.text?.length ?? 0;
  for (const prediction of [call.prediction, ...(call.predictions?.values() ?? [])])
    if (isLong(prediction)) size += String(prediction?.value).length;
  return size;
}
