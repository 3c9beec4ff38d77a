import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Identifier } from '../truth/call-index.js';
import { callLine, claimLine, END_LINE, sweptLine } from './folder-lines.js';
import { hashOf, Segment } from './folder-segment.js';
import { inPieces } from './pieces.js';
import type { Claim, Claimed, LabelStore, StoredCall, SweptCall } from './state-store.js';

/** Segments whose content is in memory, some 3 MB each; of the others there is a filter of 64 KB. */
const HELD = 6;
/** Calls appended at once. */
const PIECE = 500;
/** Steps, of a tenth of a microsecond or so, between two turns of the event loop. */
const STEPS = 10_000;
/** What a call costs that is taken out. */
const TAKE_OUT_STEPS = 100;
const NAME = /^(\d{12})\.jsonl$/;

type Guard = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Pending labels in numbered files, segments, of which the last takes calls in. It is ended when it is full, before the next one
 * is made; one whose calls were all taken out is removed, but never the last, so that no number comes twice.
 */
export class FolderLabels implements LabelStore {
  readonly #folder: string;
  readonly #guard: Guard;
  readonly #segments = new Map<number, Segment>();
  /** Held segments, the one used last at the end. */
  readonly #held = new Set<Segment>();
  #turn: Promise<unknown> = Promise.resolve();
  #steps = 0;

  /** @param guard turns what goes wrong with a file into the store's error */
  constructor(folder: string, guard: Guard) {
    this.#folder = folder;
    this.#guard = guard;
  }

  put(calls: readonly StoredCall[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const piece of inPieces(calls, PIECE)) await this.#put(piece);
    });
  }

  find(by: Identifier, id: string): Promise<StoredCall | undefined> {
    return this.#inTurn(async () => {
      let latest: StoredCall | undefined;
      for (const segment of await this.#mayHave(by, id)) {
        if (!(await this.#hold(segment))) continue;
        if (by === 'call_id' && segment.has(id)) return segment.call(id);
        if (by === 'call_id') continue;
        for (const call of segment.named(by, id)) if (latest === undefined || call.at >= latest.at) latest = call;
      }
      return latest;
    });
  }

  claim(claims: readonly Claim[]): Promise<readonly Claimed[]> {
    return this.#inTurn(async () => {
      const out = new Array<Claimed>(claims.length).fill({ kind: 'unknown' });
      const hashes = claims.map(({ callId }) => hashOf('call_id', callId));
      let rest = [...claims.keys()];
      for (const segment of await this.#list()) {
        await this.#breathe(rest.length);
        const may = rest.filter(i => segment.mayHave(hashes[i] as (typeof hashes)[number]));
        if (may.length === 0 || !(await this.#hold(segment))) continue;
        const here = new Set(may.filter(i => segment.call((claims[i] as Claim).callId) !== undefined));
        const lines = Array.from(here, i => claims[i] as Claim).filter(claim => segment.answer(claim) === undefined);
        if (lines.length > 0 && !(await segment.append(lines.map(claimLine).join('')))) continue;
        for (const i of here) out[i] = segment.answer(claims[i] as Claim) ?? { kind: 'unknown' };
        rest = rest.filter(i => !here.has(i));
      }
      return out;
    });
  }

  sweep(before: number, limit: number): Promise<readonly SweptCall[]> {
    return this.#inTurn(async () => {
      const out: SweptCall[] = [];
      await this.#list();
      try {
        while (out.length < limit) {
          const due = await this.#due(before, limit - out.length);
          if (due.length === 0) break;
          out.push(...(await this.#takeOut(due)));
        }
        await this.#removeEmpty();
      } catch (error) {
        // What was taken out already is nobody else's any more.
        if (out.length === 0) throw error;
        this.#forget();
      }
      return out;
    });
  }

  /** Who shares a folder shares the clock of its machine, and so the corrections to it. */
  async now(): Promise<number> {
    return Date.now();
  }

  size(): Promise<number> {
    return this.#inTurn(async () => {
      let size = 0;
      for (const segment of await this.#list()) if (await this.#refresh(segment)) size += segment.waiting;
      return size;
    });
  }

  /** One after the other, as they share what is in memory; other processes need no turn. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn
      .then(() => this.#guard(work))
      .catch((error: unknown) => {
        // What is in memory may be half read.
        this.#forget();
        throw error;
      });
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Lets others run now and then. */
  async #breathe(steps: number): Promise<void> {
    this.#steps += steps;
    if (this.#steps < STEPS) return;
    this.#steps = 0;
    await nextTurn();
  }

  #forget(): void {
    this.#segments.clear();
    this.#held.clear();
  }

  /** All segments, oldest first, with every call that was put in. */
  async #list(): Promise<readonly Segment[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const numbers = (await readdir(this.#folder)).flatMap(name => NAME.exec(name)?.[1] ?? []).map(Number);
    const there = new Set(numbers);
    for (const number of this.#segments.keys()) if (!there.has(number)) this.#drop(number);
    for (const number of numbers.sort((a, b) => a - b)) {
      let segment = this.#segments.get(number);
      if (segment === undefined) {
        segment = new Segment(number, this.#pathOf(number));
        this.#segments.set(number, segment);
      }
      // Only what is not ended can have got calls since.
      if (!segment.ended) await this.#hold(segment);
    }
    return [...this.#segments.values()].sort((a, b) => a.number - b.number);
  }

  async #mayHave(by: Identifier, id: string): Promise<readonly Segment[]> {
    const hash = hashOf(by, id);
    return (await this.#list()).filter(segment => segment.mayHave(hash));
  }

  async #put(calls: readonly StoredCall[]): Promise<void> {
    for (let rest = calls; ; ) {
      const segments = await this.#list();
      rest = await this.#missing(segments, rest);
      if (rest.length === 0) return;
      const last = segments.at(-1);
      if (last === undefined || last.ended) await this.#create((last?.number ?? 0) + 1);
      else if (last.full) await last.append(END_LINE);
      else {
        const there = await last.append(rest.map(callLine).join(''));
        // What another process ended meanwhile may not have taken them in: that is looked up.
        if (there && !last.ended) return;
      }
    }
  }

  /** Those of `calls` that are in no segment, each once. */
  async #missing(segments: readonly Segment[], calls: readonly StoredCall[]): Promise<readonly StoredCall[]> {
    const missing = new Map<string, StoredCall>();
    for (const call of calls) if (!missing.has(call.ids.callId)) missing.set(call.ids.callId, call);
    for (const callId of [...missing.keys()]) {
      const hash = hashOf('call_id', callId);
      await this.#breathe(segments.length);
      for (const segment of segments)
        if (segment.mayHave(hash) && (await this.#hold(segment)) && segment.has(callId)) missing.delete(callId);
    }
    return [...missing.values()];
  }

  /** The oldest calls that ended before `before`, with their segments. */
  async #due(before: number, limit: number): Promise<readonly { callId: string; segment: Segment }[]> {
    const candidates = [...this.#segments.values()]
      .filter(segment => segment.firstAt < before && segment.waiting > 0)
      .sort((a, b) => a.firstAt - b.firstAt || a.number - b.number);
    let due: { at: number; callId: string; segment: Segment }[] = [];
    for (const segment of candidates) {
      const last = due[limit - 1];
      if (last !== undefined && last.at < segment.firstAt) break;
      if (!(await this.#hold(segment))) continue;
      due.push(...segment.due(before).map(call => ({ ...call, segment })));
      // Those of one time stay in the order they were put.
      due.sort((a, b) => a.at - b.at || a.segment.number - b.segment.number);
      due = due.slice(0, limit);
    }
    return due;
  }

  /** Takes calls out. @returns those that no other process was faster to take, in order */
  async #takeOut(due: readonly { callId: string; segment: Segment }[]): Promise<readonly SweptCall[]> {
    const sweep = randomUUID();
    const taken = new Map<string, SweptCall>();
    for (const segment of new Set(due.map(call => call.segment))) {
      const ids = due.filter(call => call.segment === segment).map(({ callId }) => callId);
      if (!(await this.#hold(segment))) continue;
      if (!(await segment.append(ids.map(id => sweptLine(id, sweep)).join('')))) continue;
      for (const id of ids) {
        await this.#breathe(TAKE_OUT_STEPS);
        const call = segment.takenBy(sweep, id);
        if (call !== undefined) taken.set(id, call);
      }
    }
    return due.flatMap(({ callId }) => taken.get(callId) ?? []);
  }

  async #removeEmpty(): Promise<void> {
    const segments = [...this.#segments.values()].sort((a, b) => a.number - b.number).slice(0, -1);
    for (const { number, ended, waiting } of segments) {
      if (!ended || waiting > 0) continue;
      await unlink(this.#pathOf(number)).catch(ignore('ENOENT'));
      this.#drop(number);
    }
  }

  async #create(number: number): Promise<void> {
    const file = await open(this.#pathOf(number), 'ax', 0o600).catch(ignore('EEXIST'));
    await file?.close();
  }

  async #hold(segment: Segment): Promise<boolean> {
    this.#held.delete(segment);
    this.#held.add(segment);
    for (const other of this.#held) {
      if (this.#held.size <= HELD) break;
      // The one that takes calls in is always held.
      if (other === segment || !other.ended) continue;
      other.release();
      this.#held.delete(other);
    }
    const there = await segment.hold();
    if (!there) this.#drop(segment.number);
    return there;
  }

  async #refresh(segment: Segment): Promise<boolean> {
    const there = await segment.refresh();
    if (!there) this.#drop(segment.number);
    return there;
  }

  #drop(number: number): void {
    const segment = this.#segments.get(number);
    if (segment === undefined) return;
    segment.release();
    this.#held.delete(segment);
    this.#segments.delete(number);
  }

  #pathOf(number: number): string {
    return join(this.#folder, `${String(number).padStart(12, '0')}.jsonl`);
  }
}

function ignore(code: string): (error: unknown) => undefined {
  return error => {
    if ((error as NodeJS.ErrnoException).code === code) return undefined;
    throw error;
  };
}
