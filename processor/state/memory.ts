import { type Clock, systemClock } from '../../core/clock.js';
import type { Identifier } from '../truth/call-index.js';
import { answerOf, chainWith, type LabelChain } from './label-chain.js';
import { checkSnapshotName, SNAPSHOT_LIFE } from './snapshots.js';
import type { Claim, Claimed, LabelStore, Snapshot, StateStore, StoredCall, SweptCall } from './state-store.js';

interface Entry {
  readonly call: StoredCall;
  readonly chains: Map<string, LabelChain>;
}

/** The reference: what every store does, in one process and without its failures. */
class MemoryLabels implements LabelStore {
  readonly #calls = new Map<string, Entry>();
  readonly #by: Readonly<Record<Exclude<Identifier, 'call_id'>, Map<string, Entry>>> = {
    response_id: new Map(),
    span_id: new Map(),
  };

  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  async put(calls: readonly StoredCall[]): Promise<void> {
    for (const call of calls) {
      const { callId, responseId, spanId } = call.ids;
      if (this.#calls.has(callId)) continue;
      const entry: Entry = { call, chains: new Map() };
      this.#calls.set(callId, entry);
      this.#name('response_id', responseId, entry);
      this.#name('span_id', spanId, entry);
    }
  }

  async find(by: Identifier, id: string): Promise<StoredCall | undefined> {
    return (by === 'call_id' ? this.#calls : this.#by[by]).get(id)?.call;
  }

  async claim(claims: readonly Claim[]): Promise<readonly Claimed[]> {
    return claims.map(({ callId, task, token, verdict }): Claimed => {
      const chains = this.#calls.get(callId)?.chains;
      if (chains === undefined) return { kind: 'unknown' };
      const before = chains.get(task) ?? [];
      const known = answerOf(before, token);
      if (known !== undefined) return known;
      const chain = chainWith(before, token, verdict);
      chains.set(task, chain);
      return answerOf(chain, token) as Claimed;
    });
  }

  async sweep(before: number, limit: number): Promise<readonly SweptCall[]> {
    const due = [...this.#calls.values()].filter(({ call }) => call.at < before).sort((a, b) => a.call.at - b.call.at);
    return due.slice(0, limit).map(entry => {
      const { call, chains } = entry;
      this.#calls.delete(call.ids.callId);
      this.#unname('response_id', call.ids.responseId, entry);
      this.#unname('span_id', call.ids.spanId, entry);
      return { ...call, labelled: [...chains.keys()] };
    });
  }

  async now(): Promise<number> {
    return this.#clock.now();
  }

  async size(): Promise<number> {
    return this.#calls.size;
  }

  #name(by: Exclude<Identifier, 'call_id'>, id: string | undefined, entry: Entry): void {
    if (id === undefined) return;
    const other = this.#by[by].get(id);
    if (other === undefined || other.call.at <= entry.call.at) this.#by[by].set(id, entry);
  }

  #unname(by: Exclude<Identifier, 'call_id'>, id: string | undefined, entry: Entry): void {
    if (id !== undefined && this.#by[by].get(id) === entry) this.#by[by].delete(id);
  }
}

/** State in the memory of this process: for tests, and as the reference that the other stores are held against. */
export class MemoryStateStore implements StateStore {
  readonly location = 'memory';
  readonly labels: LabelStore;
  readonly #snapshots = new Map<string, Snapshot>();

  constructor(clock: Pick<Clock, 'now'> = systemClock) {
    this.labels = new MemoryLabels(clock);
  }

  async save(name: string, bytes: Uint8Array, now: number): Promise<void> {
    this.#snapshots.set(checkSnapshotName(name), { name, savedAt: now, bytes: bytes.slice() });
    for (const other of this.#snapshots.values())
      if (other.savedAt < now - SNAPSHOT_LIFE) this.#snapshots.delete(other.name);
  }

  async load(name: string): Promise<Snapshot | undefined> {
    const found = this.#snapshots.get(checkSnapshotName(name));
    return found && { ...found, bytes: found.bytes.slice() };
  }

  async latest(prefix: string): Promise<Snapshot | undefined> {
    const named = [...this.#snapshots.values()].filter(({ name }) => name.startsWith(prefix));
    const [found] = named.sort((a, b) => b.savedAt - a.savedAt);
    return found && { ...found, bytes: found.bytes.slice() };
  }

  async close(): Promise<void> {}
}
