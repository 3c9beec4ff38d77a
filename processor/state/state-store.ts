import type { Json } from '../../core/json.js';
import type { CallIds, Identifier } from '../truth/call-index.js';

/** What a store keeps of a call until its labels come: never a word of its text. */
export interface StoredCall {
  /** `callId` is unique; the others may be taken over by a later call. */
  readonly ids: CallIds;
  /** When the call ended, milliseconds since the epoch. */
  readonly at: number;
  /** What `GroundTruth` needs to know of it; opaque to a store. */
  readonly data: Json;
}

/** One label, on its way into a store. */
export interface Claim {
  readonly callId: string;
  readonly task: string;
  /** Unique to this label. A claim that is sent again, as nobody knows whether the first one arrived, counts once. */
  readonly token: string;
  /** What this label makes of the call; opaque to a store. */
  readonly verdict: Json;
}

/** What became of a claim. */
export type Claimed =
  /** The first label of this call and task. */
  | { readonly kind: 'first' }
  /** There was one: this is the verdict that it takes the place of. */
  | { readonly kind: 'replaced'; readonly verdict: Json }
  /** No such call: never put, or swept. */
  | { readonly kind: 'unknown' };

/** A call whose time was over. */
export interface SweptCall extends StoredCall {
  /** Tasks that had a label for it. */
  readonly labelled: readonly string[];
}

/**
 * Calls that wait for their labels, shared by the replicas of a service. Every method is atomic towards other processes, and may
 * be sent again after a failure; a long list may have been taken in in part. All reject with MonitorError UNAVAILABLE when the
 * store can't be reached or can't do it now, with REFUSED when it will never do it, and with MISSING_PEER when its client is not installed.
 */
export interface LabelStore {
  /** Puts calls in; one that is there already, by `callId`, stays as it is with its labels. */
  put(calls: readonly StoredCall[]): Promise<void>;
  /** @returns the call of that name that ended last; undefined for none */
  find(by: Identifier, id: string): Promise<StoredCall | undefined>;
  /**
   * Takes labels in, each in its order; of two replicas that claim at once, one is `first` and the other `replaced`. A token is
   * answered as the first time, as long as the call is there and no more than 30 later labels of its task.
   */
  claim(claims: readonly Claim[]): Promise<readonly Claimed[]>;
  /**
   * Takes out at most `limit` calls that ended before `before`, oldest first; each is given to one caller only. Those of an
   * answer that is lost on the way are given to nobody.
   */
  sweep(before: number, limit: number): Promise<readonly SweptCall[]>;
  /**
   * The time that calls are aged by, milliseconds since the epoch: that of the server, or of the machine that a folder is on. All
   * replicas see the same, whatever their own clocks say.
   */
  now(): Promise<number>;
  /** Calls held; where counting many is slow, as of up to a minute ago. */
  size(): Promise<number>;
}

/** A named piece of state, as it was last saved. */
export interface Snapshot {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
  readonly bytes: Uint8Array;
}

/** Where a monitor keeps what must outlive its process. */
export interface StateStore {
  /** The location without its secrets, for messages. */
  readonly location: string;
  readonly labels: LabelStore;
  /**
   * Saves under a name (lower case, digits, `-`, `_`, `.`; at most 120), whole or not at all. What was not saved again for a
   * week goes: its replica is gone.
   * @throws MonitorError INVALID_ARGUMENT for what is no name
   */
  save(name: string, bytes: Uint8Array, now: number): Promise<void>;
  /** @returns what was last saved under a name; undefined for nothing */
  load(name: string): Promise<Snapshot | undefined>;
  /** @returns the latest of the snapshots whose name begins so; undefined for none */
  latest(prefix: string): Promise<Snapshot | undefined>;
  /** Lets go of connections; what comes after it may be refused. Idempotent. */
  close(): Promise<void>;
}
