import type { Clock } from '../../core/clock.js';
import type { Json } from '../../core/json.js';
import type { CallIds, Identifier } from '../truth/call-index.js';
import { answerOf, type LabelChain } from './label-chain.js';
import { inPieces } from './pieces.js';
import { PostgresConnection, type Row } from './postgres-connection.js';
import * as sql from './postgres-statements.js';
import { checkSnapshotName, SNAPSHOT_LIFE } from './snapshots.js';
import type { Claim, Claimed, LabelStore, Snapshot, StateStore, StoredCall, SweptCall } from './state-store.js';
import { escaped, namespaceOf, storageKey, unescaped } from './storage-key.js';

export interface PostgresStateOptions {
  readonly url: string;
  readonly shown: string;
  readonly secrets: readonly string[];
  readonly service: string;
  readonly clock: Clock;
}

/** Milliseconds that a snapshot may take, which may be many megabytes. */
const SNAPSHOT_PATIENCE = 60_000;
/** From so many calls on their number is counted at most once in so many milliseconds: that reads them all. */
const MANY = 100_000;
const COUNT_EVERY = 60_000;
/** Calls that one statement takes. */
const PIECE = 1000;

type Record = readonly [ids: CallIds, at: number, data: Json];

function callOf(row: Row): StoredCall {
  const [ids, at, data] = JSON.parse(row['record'] as string) as Record;
  return { ids, at, data };
}

class PostgresLabels implements LabelStore {
  readonly #server: PostgresConnection;
  readonly #service: string;

  readonly #clock: Clock;
  #counted: { readonly size: number; readonly at: number } | undefined;

  constructor(server: PostgresConnection, service: string, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
    this.#service = service;
  }

  async put(calls: readonly StoredCall[]): Promise<void> {
    for (const piece of inPieces(calls, PIECE)) {
      const records = piece.map(({ ids, at, data }) => JSON.stringify([ids, at, data] satisfies Record));
      await this.#server.query(sql.PUT, [
        this.#service,
        piece.map(({ ids }) => storageKey(ids.callId)),
        piece.map(({ ids }) => (ids.responseId === undefined ? null : storageKey(ids.responseId))),
        piece.map(({ ids }) => (ids.spanId === undefined ? null : storageKey(ids.spanId))),
        piece.map(({ at }) => at),
        records,
      ]);
    }
  }

  async find(by: Identifier, id: string): Promise<StoredCall | undefined> {
    const [row] = await this.#server.query(sql.FIND[by], [this.#service, storageKey(id)]);
    return row && callOf(row);
  }

  async claim(claims: readonly Claim[]): Promise<readonly Claimed[]> {
    const out = new Array<Claimed>(claims.length).fill({ kind: 'unknown' });
    for (let rest = [...claims.entries()]; rest.length > 0; ) {
      // A statement changes a row once: what speaks of the same call again waits for the next one.
      const round = new Map<string, readonly [at: number, claim: Claim]>();
      const later: typeof rest = [];
      for (const entry of rest) {
        const id = storageKey(entry[1].callId);
        if (round.has(id) || round.size >= PIECE) later.push(entry);
        else round.set(id, entry);
      }
      for (const { call_id: id, chain } of await this.#claimOnce([...round])) {
        const [at, { token }] = round.get(id as string) as readonly [number, Claim];
        out[at] = answerOf(chain as LabelChain, escaped(token)) ?? { kind: 'unknown' };
      }
      rest = later;
    }
    return out;
  }

  async sweep(before: number, limit: number): Promise<readonly SweptCall[]> {
    if (limit <= 0) return [];
    const rows = await this.#server.query(sql.SWEEP, [this.#service, before, limit]);
    const age = (a: Row, b: Row): number =>
      (a['at'] as number) - (b['at'] as number) || Number(a['seq']) - Number(b['seq']);
    return [...rows].sort(age).map(row => ({
      ...callOf(row),
      labelled: (row['labelled'] as readonly string[]).map(unescaped),
    }));
  }

  async now(): Promise<number> {
    const [row] = await this.#server.query(sql.NOW, []);
    return Number(row?.['now']);
  }

  async size(): Promise<number> {
    const now = this.#clock.monotonic();
    if (this.#counted !== undefined && now - this.#counted.at < COUNT_EVERY) return this.#counted.size;
    const [row] = await this.#server.query(sql.SIZE, [this.#service]);
    const size = Number(row?.['size']);
    this.#counted = size < MANY ? undefined : { size, at: now };
    return size;
  }

  async #claimOnce(
    round: readonly (readonly [id: string, entry: readonly [number, Claim]])[],
  ): Promise<readonly Row[]> {
    return this.#server.query(sql.CLAIM, [
      this.#service,
      round.map(([id]) => id),
      round.map(([, [, claim]]) => escaped(claim.task)),
      round.map(([, [, claim]]) => escaped(claim.token)),
      round.map(([, [, claim]]) => JSON.stringify(claim.verdict)),
    ]);
  }
}

/** State in PostgreSQL 12 or later: two tables whose names begin with `llm_monitor_v1_`, in the first schema of the search path. */
export class PostgresStateStore implements StateStore {
  readonly location: string;
  readonly labels: LabelStore;
  readonly #server: PostgresConnection;
  readonly #service: string;

  constructor(options: PostgresStateOptions) {
    this.location = options.shown;
    this.#server = new PostgresConnection(options, [sql.PRESENT, sql.TABLES]);
    this.#service = namespaceOf(options.service);
    this.labels = new PostgresLabels(this.#server, this.#service, options.clock);
  }

  async save(name: string, bytes: Uint8Array, now: number): Promise<void> {
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await this.#server.query(
      sql.SAVE,
      [this.#service, checkSnapshotName(name), now, content, now - SNAPSHOT_LIFE],
      SNAPSHOT_PATIENCE,
    );
  }

  async load(name: string): Promise<Snapshot | undefined> {
    const [row] = await this.#server.query(sql.LOAD, [this.#service, checkSnapshotName(name)], SNAPSHOT_PATIENCE);
    return row && snapshotOf(row);
  }

  async latest(prefix: string): Promise<Snapshot | undefined> {
    const [row] = await this.#server.query(sql.LATEST, [this.#service, escaped(prefix)], SNAPSHOT_PATIENCE);
    return row && snapshotOf(row);
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}

function snapshotOf(row: Row): Snapshot {
  return {
    name: row['name'] as string,
    savedAt: row['saved_at'] as number,
    bytes: new Uint8Array(row['bytes'] as Buffer),
  };
}
