/** Where names past the limit go. */
export const FURTHER = '(others)';

/** One thing a name, in bounded number: what comes past the limit shares one. */
export class BoundedNames<T> {
  readonly #most: number;
  readonly #make: (name: string) => T;
  readonly #known = new Map<string, T>();

  constructor(most: number, make: (name: string) => T) {
    this.#most = most;
    this.#make = make;
  }

  of(name: string): T {
    const key = this.#known.has(name) || this.#known.size < this.#most ? name : FURTHER;
    let found = this.#known.get(key);
    if (found === undefined) {
      found = this.#make(key);
      this.#known.set(key, found);
    }
    return found;
  }

  entries(): (readonly [name: string, of: T])[] {
    return [...this.#known];
  }
}
