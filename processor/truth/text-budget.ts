import type { Held } from './call-index.js';
import { isLong, type TrackedCall } from './tracked-call.js';

/**
 * Bounds the text that waits for labels: when there is too much of it, the calls that came first lose theirs. A predicted class
 * name counts for nothing and stays.
 */
export class TextBudget {
  /** Calls in the order in which they were first counted; one whose text went early stays until its turn. */
  #queue: (Held<TrackedCall> | undefined)[] = [];
  #head = 0;
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
    const { call } = held;
    const size = textOf(call);
    if (size === 0 && call.counted <= 0) return;
    this.#used += size - Math.max(0, call.counted);
    if (call.counted < 0) this.#queue.push(held);
    call.counted = size;
    this.#trim();
  }

  /** Drops the text of a call. */
  forget(held: Held<TrackedCall>): void {
    this.#drop(held.call);
    this.#trim();
  }

  #drop(call: TrackedCall): void {
    if (call.counted <= 0) return;
    this.#used -= call.counted;
    call.counted = 0;
    call.text = undefined;
    if (isLong(call.prediction)) call.prediction = null;
    if (call.predictions === undefined) return;
    for (const [task, prediction] of call.predictions) if (isLong(prediction)) call.predictions.set(task, null);
  }

  #trim(): void {
    const queue = this.#queue;
    for (; this.#head < queue.length; this.#head++) {
      const held = queue[this.#head] as Held<TrackedCall>;
      if (held.call.counted > 0) {
        if (this.#used <= this.#limit) break;
        this.#drop(held.call);
      }
      held.call.counted = -1;
      queue[this.#head] = undefined;
    }
    if (this.#head > 1024 && this.#head * 2 > queue.length) {
      this.#queue = queue.slice(this.#head);
      this.#head = 0;
    }
  }
}

function textOf({ text, prediction, predictions }: TrackedCall): number {
  let size = (text?.length ?? 0) + lengthOf(prediction);
  if (predictions !== undefined) for (const own of predictions.values()) size += lengthOf(own);
  return size;
}

function lengthOf(prediction: TrackedCall['prediction']): number {
  return isLong(prediction) ? String(prediction?.value).length : 0;
}
