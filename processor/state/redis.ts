import type { Clock } from '../../core/clock.js';
import type { Json } from '../../core/json.js';
import type { CallIds, Identifier } from '../truth/call-index.js';
import { inPieces } from './pieces.js';
import { RedisConnection } from './redis-connection.js';
import { CLAIM, PUT, SAVE, SWEEP } from './redis-scripts.js';
import { checkSnapshotName, SNAPSHOT_LIFE } from './snapshots.js';
import type { Claim, Claimed, LabelStore, Snapshot, StateStore, StoredCall, SweptCall } from './state-store.js';
import { escaped, namespaceOf, storageKey, unescaped } from './storage-key.js';

export interface RedisStateOptions {
  readonly url: string;
  readonly shown: string;
  readonly secrets: readonly string[];
  readonly service: string;
  /** How long calls wait, milliseconds. */
  readonly ttl: number;
  readonly clock: Clock;
}

/** Calls that one script takes: others wait while it runs. */
const PIECE = 200;
const DAY = 86_400_000;

type Record = readonly [ids: CallIds, at: number, data: Json];

function callOf(record: string): StoredCall {
  const [ids, at, data] = JSON.parse(record) as Record;
  return { ids, at, data };
}

/** Keys of one service; the braces keep them in one slot of a cluster. */
class RedisKeys {
  readonly prefix: string;

  constructor(service: string) {
    this.prefix = `llm-monitor:v1:{${namespaceOf(service)}}`;
  }

  get queue(): string {
    return `${this.prefix}:queue`;
  }

  get snapshots(): string {
    return `${this.prefix}:snapshots`;
  }

  of(kind: 'call' | 'response' | 'span' | 'snapshot', id: string): string {
    return `${this.prefix}:${kind}:${id}`;
  }
}

class RedisLabels implements LabelStore {
  readonly #redis: RedisConnection;
  readonly #keys: RedisKeys;
  readonly #keep: string;

  constructor(redis: RedisConnection, keys: RedisKeys, ttl: number) {
    this.#redis = redis;
    this.#keys = keys;
    // Only a backstop: who sweeps in time must find everything.
    this.#keep = String(Math.ceil(ttl * 2 + DAY));
  }

  async put(calls: readonly StoredCall[]): Promise<void> {
    for (const piece of inPieces(calls, PIECE)) {
      const keys = [this.#keys.queue];
      const args = [this.#keep];
      for (const { ids, at, data } of piece) {
        const id = storageKey(ids.callId);
        const own = this.#keys.of('call', id);
        keys.push(own, this.#name('response', ids.responseId) ?? own, this.#name('span', ids.spanId) ?? own);
        args.push(id, String(at), JSON.stringify([ids, at, data] satisfies Record));
      }
      await this.#redis.run(PUT, keys, args);
    }
  }

  async find(by: Identifier, id: string): Promise<StoredCall | undefined> {
    let key: unknown = storageKey(id);
    if (by !== 'call_id') {
      const name = this.#keys.of(by === 'response_id' ? 'response' : 'span', storageKey(id));
      key = await this.#redis.command('HGET', name, 'call');
    }
    if (typeof key !== 'string') return undefined;
    const record = await this.#redis.command('HGET', this.#keys.of('call', key), 'record');
    return typeof record === 'string' ? callOf(record) : undefined;
  }

  async claim(claims: readonly Claim[]): Promise<readonly Claimed[]> {
    const out: Claimed[] = [];
    for (const piece of inPieces(claims, PIECE)) {
      const keys = piece.map(({ callId }) => this.#keys.of('call', storageKey(callId)));
      const args = piece.flatMap(claim => [
        `t:${escaped(claim.task)}`,
        escaped(claim.token),
        JSON.stringify(claim.verdict),
      ]);
      for (const answer of (await this.#redis.run(CLAIM, keys, args)) as string[]) out.push(claimedOf(answer));
    }
    return out;
  }

  async sweep(before: number, limit: number): Promise<readonly SweptCall[]> {
    const out: SweptCall[] = [];
    while (out.length < limit) {
      const most = Math.min(PIECE, limit - out.length);
      let reply: unknown[];
      try {
        const args = [`${this.#keys.prefix}:call:`, String(before), String(most)];
        reply = (await this.#redis.run(SWEEP, [this.#keys.queue], args)) as unknown[];
      } catch (error) {
        // What was taken out already is nobody else's any more.
        if (out.length > 0) return out;
        throw error;
      }
      const [left, ...swept] = reply as [number, ...[record: string, tasks: string[]][]];
      for (const [record, tasks] of swept) out.push({ ...callOf(record), labelled: tasks.map(unescaped) });
      if (left < most) return out;
    }
    return out;
  }

  async now(): Promise<number> {
    const [seconds, micros] = (await this.#redis.command('TIME')) as readonly unknown[];
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  async size(): Promise<number> {
    return Number(await this.#redis.command('ZCARD', this.#keys.queue));
  }

  #name(kind: 'response' | 'span', id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.#keys.of(kind, storageKey(id));
  }
}

function claimedOf(answer: string): Claimed {
  if (answer === 'u') return { kind: 'unknown' };
  return answer === 'f' ? { kind: 'first' } : { kind: 'replaced', verdict: JSON.parse(answer.slice(1)) as Json };
}

/** Milliseconds that a snapshot may take, which may be many megabytes. */
const SNAPSHOT_PATIENCE = 60_000;

/** State in Redis 4 or later, or what speaks its protocol and runs its scripts. Every key begins with `llm-monitor:v1:{service}`. */
export class RedisStateStore implements StateStore {
  readonly location: string;
  readonly labels: LabelStore;
  readonly #forLabels: RedisConnection;
  /** Labels don't wait behind a snapshot. */
  readonly #redis: RedisConnection;
  readonly #keys: RedisKeys;

  constructor(options: RedisStateOptions) {
    this.location = options.shown;
    this.#forLabels = new RedisConnection(options);
    this.#redis = new RedisConnection({ ...options, patience: SNAPSHOT_PATIENCE });
    this.#keys = new RedisKeys(options.service);
    this.labels = new RedisLabels(this.#forLabels, this.#keys, options.ttl);
  }

  async save(name: string, bytes: Uint8Array, now: number): Promise<void> {
    const key = this.#keys.of('snapshot', checkSnapshotName(name));
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    const args = [name, String(now), text, String(now - SNAPSHOT_LIFE), `${this.#keys.prefix}:snapshot:`];
    await this.#redis.run(SAVE, [this.#keys.snapshots, key], args);
  }

  async load(name: string): Promise<Snapshot | undefined> {
    const key = this.#keys.of('snapshot', checkSnapshotName(name));
    const [at, text] = (await this.#redis.command('HMGET', key, 'at', 'bytes')) as (string | null)[];
    if (typeof at !== 'string' || typeof text !== 'string') return undefined;
    return { name, savedAt: Number(at), bytes: new Uint8Array(Buffer.from(text, 'base64')) };
  }

  async latest(prefix: string): Promise<Snapshot | undefined> {
    const names = (await this.#redis.command('ZREVRANGE', this.#keys.snapshots, '0', '-1')) as string[];
    for (const name of names) {
      const found = name.startsWith(prefix) ? await this.load(name) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async close(): Promise<void> {
    await Promise.all([this.#forLabels.close(), this.#redis.close()]);
  }
}
