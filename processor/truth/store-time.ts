import type { Claim, Claimed, LabelStore, StoredCall, SweptCall } from '../state/state-store.js';
import type { Identifier } from '../truth/call-index.js';

/**
 * A store whose times are those of this process. The clock of a replica may be days ahead, and its sweep would take out what all
 * others wait for: so what is in a store, and what is over, goes by the store's own time, and is turned into it and back here.
 */
export class StoreTime implements LabelStore {
  readonly #labels: LabelStore;
  readonly #now: () => number;
  /** How far the store is ahead of this process, milliseconds; undefined until it has been asked. */
  #ahead: number | undefined;

  /** @param now the time of this process */
  constructor(labels: LabelStore, now: () => number) {
    this.#labels = labels;
    this.#now = now;
  }

  async put(calls: readonly StoredCall[]): Promise<void> {
    const ahead = this.#ahead ?? (await this.#look());
    await this.#labels.put(calls.map(call => ({ ...call, at: call.at + ahead })));
  }

  async find(by: Identifier, id: string): Promise<StoredCall | undefined> {
    const found = await this.#labels.find(by, id);
    if (found === undefined) return undefined;
    return { ...found, at: found.at - (this.#ahead ?? (await this.#look())) };
  }

  claim(claims: readonly Claim[]): Promise<readonly Claimed[]> {
    return this.#labels.claim(claims);
  }

  /** Asks for the store's time anew: either clock may have been set. */
  async sweep(before: number, limit: number): Promise<readonly SweptCall[]> {
    const ahead = await this.#look();
    const swept = await this.#labels.sweep(before + ahead, limit);
    return swept.map(call => ({ ...call, at: call.at - ahead }));
  }

  now(): Promise<number> {
    return this.#labels.now();
  }

  size(): Promise<number> {
    return this.#labels.size();
  }

  async #look(): Promise<number> {
    const theirs = await this.#labels.now();
    // Ours after theirs: the way of the answer makes calls younger, and none is swept too early.
    this.#ahead = theirs - this.#now();
    return this.#ahead;
  }
}
