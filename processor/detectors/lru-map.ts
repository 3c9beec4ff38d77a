interface Entry<V> {
  readonly key: string;
  readonly value: V;
  /** When it was used last, counted in uses. */
  used: number;
}

/**
 * A map that keeps the `capacity` entries used last: contexts are named by users, so their number must be bounded. A use costs
 * one look-up, as moving an entry to the end would cost each call four hash operations a context; an entry past the capacity
 * costs a walk over all.
 */
export class LruMap<V> {
  readonly #capacity: number;
  readonly #entries = new Map<string, Entry<V>>();
  #uses = 0;

  /** @param capacity at least 1 */
  constructor(capacity: number) {
    this.#capacity = Math.max(1, capacity);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The entry, which becomes the one used last; undefined where there is none. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.used = ++this.#uses;
    return entry.value;
  }

  set(key: string, value: V): void {
    this.#entries.set(key, { key, value, used: ++this.#uses });
    if (this.#entries.size <= this.#capacity) return;
    let oldest: Entry<V> | undefined;
    for (const entry of this.#entries.values()) if (oldest === undefined || entry.used < oldest.used) oldest = entry;
    if (oldest !== undefined) this.#entries.delete(oldest.key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** From the entry used longest ago to the one used last. */
  entries(): readonly (readonly [key: string, value: V])[] {
    return [...this.#entries.values()].sort((a, b) => a.used - b.used).map(({ key, value }) => [key, value]);
  }
}
