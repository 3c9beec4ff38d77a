/** Handles that are kept; past any number that a sane app has, start over rather than grow. */
const MOST = 4096;

/** Keeps what belongs to three label values. Nested maps, as joining the values to one key costs every call a string and its hash. */
export class HandleCache<H> {
  readonly #kept = new Map<string, Map<string, Map<string, H>>>();
  #size = 0;

  get(first: string, second: string, third: string): H | undefined {
    return this.#kept.get(first)?.get(second)?.get(third);
  }

  /** @returns the handle */
  set(first: string, second: string, third: string, handle: H): H {
    if (this.#size >= MOST) {
      this.#kept.clear();
      this.#size = 0;
    }
    this.#size++;
    const inner = child(child(this.#kept, first), second);
    inner.set(third, handle);
    return handle;
  }
}

function child<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let found = map.get(key);
  if (found === undefined) {
    found = new Map();
    map.set(key, found);
  }
  return found;
}
