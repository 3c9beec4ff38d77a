import type { Json } from '../../core/json.js';
import { readHead, readNumber } from '../detectors/state.js';

/** Calls over which the share of newcomers is taken. */
const MEMORY = 300;
/** Where more than so many calls in a hundred bring a name that was never seen, names are made per user, day or call. */
const MOST_NEW = 0.05;
const MAX_NAMES = 1000;

/** @returns whether another name had to go for it */
function remember(names: Set<string>, name: string): boolean {
  names.add(name);
  if (names.size <= MAX_NAMES) return false;
  const [first] = names;
  names.delete(first as string);
  return true;
}

/**
 * Tells names that come back from those made per user, day or call: templates, tenants. What is usual can only be learnt of the
 * former. Bounded, and a name that was let in stays so while others come and go.
 */
export class Newcomers {
  readonly #known = new Set<string>();
  readonly #seen = new Set<string>();
  #share = 0;
  #at = 0;
  #generation = 0;

  /** Changes when a name that was let in is forgotten. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * True for a name that may stand on its own; false, for now, where there are too many new ones.
   * @param calls of the service so far
   */
  admit(name: string, calls: number): boolean {
    if (this.#known.has(name)) return true;
    this.#share *= (1 - 1 / MEMORY) ** Math.max(0, calls - this.#at);
    this.#at = calls;
    if (!this.#seen.has(name)) {
      this.#share += 1 / MEMORY;
      remember(this.#seen, name);
    }
    if (this.#share > MOST_NEW) return false;
    if (remember(this.#known, name)) this.#generation++;
    return true;
  }

  save(): Json {
    return { known: [...this.#known], seen: [...this.#seen], share: this.#share, at: this.#at };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, {});
    this.#generation++;
    for (const [field, names] of [
      ['known', this.#known],
      ['seen', this.#seen],
    ] as const) {
      names.clear();
      for (const name of Array.isArray(saved[field]) ? (saved[field] as readonly Json[]) : [])
        if (names.size < MAX_NAMES) names.add(String(name));
    }
    this.#share = readNumber(saved, 'share', 0, MEMORY);
    this.#at = readNumber(saved, 'at', 0);
  }
}
