/** Characters that may be remembered, keys and all. */
const MAX_WEIGHT = 512 * 1024;

/**
 * Results for what comes again with nearly every call, system texts and definitions of tools, so that they are not read anew each
 * time. The oldest unused goes first.
 */
export class Recurring<T> {
  readonly #known = new Map<string, { readonly value: T; readonly weight: number }>();
  #weight = 0;

  get(key: string): T | undefined {
    const found = this.#known.get(key);
    if (found === undefined) return undefined;
    this.#known.delete(key);
    this.#known.set(key, found);
    return found.value;
  }

  set(key: string, value: T): void {
    // A result is about as long as what it was made of; the smallest entry has a size, too.
    const weight = 2 * key.length + 200;
    if (weight > MAX_WEIGHT / 2 || this.#known.has(key)) return;
    this.#known.set(key, { value, weight });
    this.#weight += weight;
    for (const [oldest, { weight: freed }] of this.#known) {
      if (this.#weight <= MAX_WEIGHT) return;
      this.#known.delete(oldest);
      this.#weight -= freed;
    }
  }
}
