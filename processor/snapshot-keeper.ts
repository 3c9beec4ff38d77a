import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Clock } from '../core/clock.js';
import { describeError, MonitorError } from '../core/errors.js';
import type { Json } from '../core/json.js';
import { notice } from '../core/notice.js';
import type { Wiring } from '../core/wiring.js';
import { readingLines, writingLines } from './snapshot-lines.js';
import type { Snapshot, StateStore } from './state/state-store.js';

/** What is kept across restarts: one snapshot a part and instance, `<name>-<instance>`. */
export interface SnapshotPart {
  /** Lower case letters, digits and `_`. */
  readonly name: string;
  /** True where a new instance may start from what another one of its service knows. */
  readonly common?: boolean;
  /** False while there is nothing worth keeping. */
  worth?(): boolean;
  /** Slices of work of a few milliseconds, or all at once. */
  save(): Json | Generator<void, Json>;
  /** Takes a state up, or throws and is as it was. */
  restore(state: Json): undefined | Generator<void, void>;
}

export interface SnapshotKeeperOptions {
  readonly state: StateStore;
  readonly parts: readonly SnapshotPart[];
  /** Who this process is among the replicas, the same after a restart; see `instanceName`. */
  readonly instance: Promise<string>;
  readonly wiring: Pick<Wiring, 'clock' | 'store'>;
}

/** Milliseconds between two saves, and that a start waits for what was saved. */
const SAVE_EVERY = 60_000;
const RESTORE_LIMIT = 5000;
/** Milliseconds that an end waits for the last save. */
const END_LIMIT = 5000;
/** How long a slice of work may hold the event loop, milliseconds. */
const SLICE_MS = 4;
/** What a snapshot may grow to, bytes: a broken one must not fill the memory. */
const MAX_BYTES = 512 * 1024 * 1024;

const squeeze = promisify(gzip);
const unsqueeze = promisify(gunzip);

/** A name of an instance as part of the name of a snapshot: what may not be in one becomes `-`. */
export function instanceName(name: string): string {
  const clean = name.toLowerCase().replace(/[^a-z0-9_.-]+/g, '-');
  return clean.length <= 80 ? clean : `${clean.slice(0, 60)}-${clean.slice(-19)}`;
}

/** Does the slices of a work in later turns of the event loop, a few milliseconds at a stretch. */
async function inTurns<T>(work: Generator<void, T>, clock: Clock): Promise<T> {
  for (;;) {
    const begin = performance.now();
    do {
      const { done, value } = work.next();
      if (done === true) return value;
    } while (performance.now() - begin < SLICE_MS);
    await new Promise<void>(resolve => clock.defer(resolve));
  }
}

function isWork<T>(given: T | Generator<void, T>): given is Generator<void, T> {
  return typeof given === 'object' && given !== null && Symbol.iterator in given && 'next' in given;
}

/**
 * Takes up what an earlier process, or a colleague, saved, and saves it anew every minute. Whatever goes wrong is counted in
 * `self.errors` and told once; the part that it concerns starts from nothing.
 */
export class SnapshotKeeper {
  readonly #options: SnapshotKeeperOptions;
  readonly #told = new Set<string>();
  #restored: Promise<void> | undefined;
  #saving: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(options: SnapshotKeeperOptions) {
    this.#options = options;
    options.wiring.store.counter('selfErrors', { component: 'state' }).add(0);
  }

  /** Resolves once everything is taken up, or after five seconds without it; then saves every minute. Never rejects. */
  restore(): Promise<void> {
    this.#restored ??= this.#start();
    return this.#restored;
  }

  /** Saves all parts; what another save has under way is waited for, and not done twice. Never rejects. */
  save(): Promise<void> {
    this.#saving ??= this.#save().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  /** Saves all that came before: a save that is under way may have passed it by, and is followed by another. Never rejects. */
  async saveAnew(): Promise<void> {
    await this.#saving;
    await this.save();
  }

  /** Saves for the last time and closes the store: within five seconds, or else without waiting for it. Never rejects. */
  async end(): Promise<void> {
    this.stop();
    const { state } = this.#options;
    const done = this.saveAnew().then(() => state.close().catch(() => undefined));
    if (await this.#within(END_LIMIT, done)) return;
    this.#fail('save', `state at ${state.location} does not answer: what came since the last save is lost`);
    // What is under way is cut off, and nobody waits for that.
    void state.close().catch(() => undefined);
  }

  /** Saves no more by itself. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #start(): Promise<void> {
    let late = false;
    let under: Promise<void> = Promise.resolve();
    const all = async (): Promise<void> => {
      for (const part of this.#options.parts) {
        const state = await this.#load(part, () => late);
        if (late || state === undefined) continue;
        under = this.#takeUp(part, state);
        await under;
      }
    };
    await this.#within(RESTORE_LIMIT, all(), () => {
      late = true;
    });
    // What was begun is not left half done.
    await under;
    if (late)
      this.#tell('restore', `state at ${this.#options.state.location} did not come within 5 s: starting without`);
    this.#arm();
  }

  /** @returns whether it is done by then */
  async #within(ms: number, work: Promise<void>, onLate = (): void => {}): Promise<boolean> {
    let cancel = (): void => {};
    const limit = new Promise<false>(resolve => {
      cancel = this.#options.wiring.clock.setTimeout(() => {
        onLate();
        resolve(false);
      }, ms);
    });
    const inTime = await Promise.race([work.then(() => true), limit]);
    cancel();
    return inTime;
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.wiring.clock.setTimeout(() => void this.save().then(() => this.#arm()), SAVE_EVERY);
  }

  async #load(part: SnapshotPart, late: () => boolean): Promise<Json | undefined> {
    const { state, instance } = this.#options;
    let found: Snapshot | undefined;
    try {
      found = await state.load(`${part.name}-${await instance}`);
      if (found === undefined && part.common === true) found = await state.latest(`${part.name}-`);
    } catch (error) {
      this.#fail('restore', `state at ${state.location} cannot be read: ${describeError(error)}`);
      return undefined;
    }
    if (found === undefined || late()) return undefined;
    try {
      const bytes = await unsqueeze(found.bytes, { maxOutputLength: MAX_BYTES });
      return await inTurns(readingLines(bytes), this.#options.wiring.clock);
    } catch (error) {
      this.#refuse(part, error);
      return undefined;
    }
  }

  async #takeUp(part: SnapshotPart, state: Json): Promise<void> {
    try {
      const work = part.restore(state);
      if (work !== undefined) await inTurns(work, this.#options.wiring.clock);
    } catch (error) {
      this.#refuse(part, error);
    }
  }

  #refuse({ name }: SnapshotPart, error: unknown): void {
    const why = MonitorError.is(error) ? describeError(error) : 'it is broken';
    this.#fail(`restore ${name}`, `the saved state of ${name} is not taken up, it is learnt anew: ${why}`);
  }

  async #save(): Promise<void> {
    // Before it is taken up, what was saved must not be written over.
    if (this.#restored === undefined) return;
    await this.#restored;
    const { state, parts, instance, wiring } = this.#options;
    for (const part of parts) {
      try {
        if (part.worth?.() === false) continue;
        const saved = part.save();
        const json = isWork(saved) ? await inTurns(saved, wiring.clock) : saved;
        // Each piece by itself: what is put together is still one compressed text.
        const squeezed: Uint8Array[] = [];
        for (const piece of await inTurns(writingLines(json), wiring.clock))
          squeezed.push(await squeeze(piece, { level: 1 }));
        await state.save(`${part.name}-${await instance}`, Buffer.concat(squeezed), wiring.clock.now());
      } catch (error) {
        this.#fail('save', `state at ${state.location} cannot be saved: ${describeError(error)}`);
      }
    }
  }

  #fail(what: string, message: string): void {
    this.#options.wiring.store.counter('selfErrors', { component: 'state' }).add(1);
    this.#tell(what, message);
  }

  /** Once of a kind: a store that is away for an hour is one line. */
  #tell(what: string, message: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    notice(message);
  }
}
