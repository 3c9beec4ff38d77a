import type { Json } from '../../core/json.js';
import { readNumber } from '../detectors/state.js';

/** An entry that its owner may hold on to, as long as the map's `generation` stays the same. */
export interface Kept<V> {
  readonly key: string;
  readonly value: V;
  /** When it was used last, counted in uses of its map. */
  used: number;
}

/**
 * A map of the entries used last: contexts are named by users, so their number must be bounded. Unlike `LruMap` it hands out its
 * entries, so that a call that comes the same way again looks up nothing, and past the capacity it lets a tenth go at a time: where
 * every call has a name of its own, none costs a walk over all.
 */
export class RecentMap<V> {
  readonly #capacity: number;
  readonly #most: number;
  readonly #entries = new Map<string, Kept<V>>();
  #uses = 0;
  #generation = 0;

  /** @param capacity at least 1; a tenth more may be there between two clearances */
  constructor(capacity: number) {
    this.#capacity = Math.max(1, capacity);
    this.#most = this.#capacity + Math.ceil(this.#capacity / 10);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Changes when an entry leaves: what is held of this map must then be taken anew. */
  get generation(): number {
    return this.#generation;
  }

  /** The entry of a key, made where there is none; it becomes the one used last. */
  take(key: string, make: () => V): Kept<V> {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { key, value: make(), used: 0 };
      this.#entries.set(key, entry);
    }
    entry.used = ++this.#uses;
    if (this.#entries.size > this.#most) this.#clearOut();
    return entry;
  }

  /** Makes an entry the one used last. */
  touch(entry: Kept<V>): void {
    entry.used = ++this.#uses;
  }

  /** The value of a key; no use of it. */
  peek(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.#generation++;
  }

  clear(): void {
    this.#entries.clear();
    this.#generation++;
  }

  /** In the order in which they came. */
  values(): IterableIterator<Kept<V>> {
    return this.#entries.values();
  }

  save(pack: (value: V) => Json): Json {
    return [...this.#entries.values()].map(({ key, value, used }) => [key, used, pack(value)] as const);
  }

  /**
   * Takes over what another one saved.
   * @param unpack throws for what it cannot read
   * @throws MonitorError STATE_MISMATCH
   */
  restore(state: Json | undefined, unpack: (saved: Json, key: string) => V): void {
    this.clear();
    let uses = 0;
    for (const entry of Array.isArray(state) ? (state as readonly Json[]).slice(0, this.#most) : []) {
      const [key, used, packed] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
      const kept = this.take(String(key), () => unpack(packed ?? null, String(key)));
      kept.used = readNumber({ used: used ?? null }, 'used', 0);
      uses = Math.max(uses, kept.used);
    }
    this.#uses = uses;
  }

  #clearOut(): void {
    this.#generation++;
    const oldest = [...this.#entries.values()].sort((a, b) => a.used - b.used);
    for (const { key } of oldest.slice(0, oldest.length - this.#capacity)) this.#entries.delete(key);
  }
}
