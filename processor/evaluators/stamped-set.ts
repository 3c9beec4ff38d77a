import { spread } from './word-hash.js';

/** A set of 32-bit numbers that is emptied by a stamp: nothing needs clearing between texts. Used by one text at a time. */
export class StampedSet {
  #keys = new Int32Array(64);
  #stamps = new Int32Array(64);
  #stamp = 0;
  #mask = 63;

  /** Empties the set and makes room. @param capacity the most numbers that can come */
  reset(capacity: number): void {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(32, capacity) * 2));
    if (slots > this.#keys.length || this.#stamp > 2 ** 30) {
      this.#keys = new Int32Array(Math.max(slots, this.#keys.length));
      this.#stamps = new Int32Array(this.#keys.length);
      this.#stamp = 0;
    }
    this.#stamp++;
    // A small text stays in a small part of the table, which is in the cache.
    this.#mask = slots - 1;
  }

  /** Whether a number is new; it is in the set from now on. */
  add(key: number): boolean {
    const keys = this.#keys;
    const stamps = this.#stamps;
    const mask = this.#mask;
    for (let at = spread(key) & mask; ; at = (at + 1) & mask) {
      if (stamps[at] !== this.#stamp) {
        stamps[at] = this.#stamp;
        keys[at] = key;
        return true;
      }
      if (keys[at] === key) return false;
    }
  }

  has(key: number): boolean {
    const keys = this.#keys;
    const stamps = this.#stamps;
    const mask = this.#mask;
    for (let at = spread(key) & mask; ; at = (at + 1) & mask) {
      if (stamps[at] !== this.#stamp) return false;
      if (keys[at] === key) return true;
    }
  }
}
