/** A map that keeps the `capacity` entries used last: contexts are named by users, so their number must be bounded. */
export class LruMap<V> {
  readonly #capacity: number;
  readonly #entries = new Map<string, V>();
  #lastKey: string | undefined;

  /** @param capacity at least 1 */
  constructor(capacity: number) {
    this.#capacity = Math.max(1, capacity);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The entry, which becomes the one used last; undefined where there is none. */
  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    // Most calls hit the context of the call before: moving it to the end again would cost two hash operations for nothing.
    if (value === undefined || key === this.#lastKey) return value;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#lastKey = key;
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#lastKey = key;
    if (this.#entries.size > this.#capacity) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#lastKey = undefined;
  }

  /** From the entry used longest ago to the one used last. */
  entries(): IterableIterator<[string, V]> {
    return this.#entries.entries();
  }
}
