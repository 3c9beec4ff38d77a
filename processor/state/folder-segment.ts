import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Json } from '../../core/json.js';
import type { Identifier } from '../truth/call-index.js';
import { nameInLine, readLine } from './folder-lines.js';
import { hashId, IdFilter, type IdHash } from './id-filter.js';
import type { Claim, Claimed, StoredCall, SweptCall } from './state-store.js';

/** Calls and bytes after which a segment is ended. */
export const SEGMENT_CALLS = 4096;
export const SEGMENT_BYTES = 2 ** 21;
/** Read and parsed at once: a millisecond or two. */
const CHUNK = 2 ** 17;
const NEW_LINE = 10;

const KINDS = { call_id: 'c', response_id: 'r', span_id: 's' } as const;

/** An identifier as the filter of a segment knows it. */
export function hashOf(by: Identifier, id: string): IdHash {
  return hashId(`${KINDS[by]}${id}`);
}

/** What is in memory of a segment while it is in use: its bytes, and where the lines of each call begin. */
interface Held {
  content: Buffer;
  readonly lines: Map<string, number[]>;
}

/**
 * A file of lines to which every process appends and which nobody ever changes otherwise. The system puts each append as a
 * whole after the others, so the order of the lines is the order of events, the same for all who read them: who appends a claim
 * and then reads the file up to it knows what it was the first of. So there are no locks that a killed process could leave.
 */
export class Segment {
  readonly number: number;
  readonly #path: string;
  #filter = new IdFilter();
  #held: Held | undefined;
  /** Bytes read, up to the end of the last whole line. */
  #read = 0;
  /** Calls that count, swept or not. */
  #calls = 0;
  /** Calls that were taken out, with who did. */
  #swept = new Map<string, string>();
  /** No call still waits that ended before it; milliseconds. */
  firstAt = Number.POSITIVE_INFINITY;
  /** True when no more calls are taken in. */
  ended = false;

  constructor(number: number, path: string) {
    this.number = number;
    this.#path = path;
  }

  /** Calls that were neither taken out nor never in. */
  get waiting(): number {
    return this.#calls - this.#swept.size;
  }

  get full(): boolean {
    return this.#calls >= SEGMENT_CALLS || this.#read >= SEGMENT_BYTES;
  }

  /** False for certain when no call has this identifier. */
  mayHave(hash: IdHash): boolean {
    return this.#filter.has(hash);
  }

  /** Reads what was appended since. @returns false when the file is gone: all its calls were taken out */
  async refresh(): Promise<boolean> {
    return this.#withFile(constants.O_RDONLY, file => this.#readOn(file));
  }

  /** As `refresh`, and keeps the content in memory until `release`. */
  async hold(): Promise<boolean> {
    if (this.#held === undefined) this.#forget();
    return this.refresh();
  }

  release(): void {
    this.#held = undefined;
  }

  /** Appends lines as a whole and reads up to them. @returns false when the file is gone */
  async append(lines: string): Promise<boolean> {
    return this.#withFile(constants.O_RDWR | constants.O_APPEND, async file => {
      const bytes = Buffer.from(lines);
      const { bytesWritten } = await file.write(bytes, 0, bytes.length);
      if (bytesWritten < bytes.length) throw Object.assign(new Error('no room for a whole line'), { code: 'ENOSPC' });
      await this.#readOn(file);
    });
  }

  /** Whether a call is in, taken out or not. Needs `hold`. */
  has(callId: string): boolean {
    return this.#held?.lines.has(callId) === true;
  }

  /** Whether a claim is in. Needs `hold`. */
  hasClaim({ callId, task, token }: Claim): boolean {
    return this.#claims(callId).some(claim => claim.task === task && claim.token === token);
  }

  /** What became of a claim that was appended. Needs `hold`. */
  answer({ callId, task, token }: Claim): Claimed {
    let before: { readonly verdict: Json } | undefined;
    for (const claim of this.#claims(callId)) {
      if (claim.task !== task) continue;
      if (claim.token === token) return before ? { kind: 'replaced', verdict: before.verdict } : { kind: 'first' };
      before = claim;
    }
    // It stands after the line that took the call out.
    return { kind: 'unknown' };
  }

  /** A call that is in and was not taken out. Needs `hold`. */
  call(callId: string): StoredCall | undefined {
    const [at] = this.#held?.lines.get(callId) ?? [];
    if (at === undefined || this.#swept.has(callId)) return undefined;
    const line = this.#lineAt(at);
    return line?.kind === 'call' ? line.call : undefined;
  }

  /** Calls of that response or span that were not taken out, in the order they were put. Needs `hold`. */
  named(by: Exclude<Identifier, 'call_id'>, id: string): StoredCall[] {
    const held = this.#held;
    if (held === undefined) return [];
    const name = nameInLine(id);
    const bytes = held.content.subarray(0, this.#read);
    const found = new Set<StoredCall>();
    for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
      const begin = bytes.lastIndexOf(NEW_LINE, at) + 1;
      const line = this.#lineAt(begin);
      if (line?.kind !== 'call' || held.lines.get(line.call.ids.callId)?.[0] !== begin) continue;
      const { callId, responseId, spanId } = line.call.ids;
      if ((by === 'response_id' ? responseId : spanId) === id && !this.#swept.has(callId)) found.add(line.call);
    }
    return [...found];
  }

  /** Calls that ended before `before` and wait, in the order they were put. Needs `hold`. */
  due(before: number): { readonly at: number; readonly callId: string }[] {
    const out: { readonly at: number; readonly callId: string }[] = [];
    let firstAt = Number.POSITIVE_INFINITY;
    for (const callId of this.#held?.lines.keys() ?? []) {
      const call = this.call(callId);
      if (call === undefined) continue;
      firstAt = Math.min(firstAt, call.at);
      if (call.at < before) out.push({ at: call.at, callId });
    }
    this.firstAt = firstAt;
    return out;
  }

  /** A call that this sweep has taken out; undefined when another one has. Needs `hold`. */
  takenBy(sweep: string, callId: string): SweptCall | undefined {
    if (this.#swept.get(callId) !== sweep) return undefined;
    const [at] = this.#held?.lines.get(callId) ?? [];
    const line = at === undefined ? undefined : this.#lineAt(at);
    if (line?.kind !== 'call') return undefined;
    return { ...line.call, labelled: [...new Set(this.#claims(callId).map(({ task }) => task))] };
  }

  /** Claims of a call that count, oldest first; one that was sent again may stand there twice. */
  #claims(callId: string): readonly Claim[] {
    const out = new Map<string, Claim>();
    for (const at of this.#held?.lines.get(callId) ?? []) {
      const line = this.#lineAt(at);
      if (line?.kind === 'swept') break;
      if (line?.kind !== 'claim') continue;
      const key = JSON.stringify([line.claim.task, line.claim.token]);
      if (!out.has(key)) out.set(key, line.claim);
    }
    return [...out.values()];
  }

  #lineAt(begin: number): ReturnType<typeof readLine> {
    const content = (this.#held as Held).content;
    return readLine(content.toString('utf8', begin, content.indexOf(NEW_LINE, begin)));
  }

  #forget(): void {
    this.#held = { content: Buffer.alloc(0), lines: new Map() };
    this.#filter = new IdFilter();
    this.#swept = new Map();
    this.#read = 0;
    this.#calls = 0;
    this.firstAt = Number.POSITIVE_INFINITY;
    this.ended = false;
  }

  async #withFile(flags: number, run: (file: FileHandle) => Promise<void>): Promise<boolean> {
    let file: FileHandle;
    try {
      file = await open(this.#path, flags);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    try {
      await run(file);
      return true;
    } finally {
      await file.close();
    }
  }

  async #readOn(file: FileHandle): Promise<void> {
    const { size } = await file.stat();
    if (this.#held !== undefined && size > this.#held.content.length) {
      const room = Buffer.allocUnsafe(Math.ceil(size * 1.25));
      this.#held.content.copy(room, 0, 0, this.#read);
      this.#held.content = room;
    }
    let from = this.#read;
    // Of a line that is longer than a chunk.
    let carried = Buffer.alloc(0);
    while (from < size) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK, size - from));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, from);
      if (bytesRead === 0) break;
      from += bytesRead;
      const bytes = Buffer.concat([carried, chunk.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(NEW_LINE) + 1;
      this.#held?.content.set(bytes.subarray(0, end), this.#read);
      this.#take(bytes.subarray(0, end));
      carried = bytes.subarray(end);
    }
  }

  /** Takes in whole lines that follow what was read. */
  #take(bytes: Buffer): void {
    for (let begin = 0; begin < bytes.length; ) {
      const end = bytes.indexOf(NEW_LINE, begin);
      if (end > begin) this.#takeLine(bytes.toString('utf8', begin, end), this.#read + begin);
      begin = end + 1;
    }
    this.#read += bytes.length;
  }

  #takeLine(text: string, at: number): void {
    const lines = this.#held?.lines;
    // Nothing is asked of the claims of a segment that is not held.
    if (text[0] === 'c' && lines === undefined) return;
    const line = readLine(text);
    if (line?.kind === 'end') this.ended = true;
    else if (line?.kind === 'call') this.#takeCall(line.call, at);
    else if (line?.kind === 'claim') lines?.get(line.claim.callId)?.push(at);
    else if (line?.kind === 'swept' && !this.#swept.has(line.callId)) {
      this.#swept.set(line.callId, line.sweep);
      lines?.get(line.callId)?.push(at);
    }
  }

  #takeCall({ ids, at: endedAt }: StoredCall, at: number): void {
    const lines = this.#held?.lines;
    // A segment that still takes calls in is held: only there two may have put the same one at once.
    if (this.ended || lines?.has(ids.callId) === true) return;
    lines?.set(ids.callId, [at]);
    this.#calls++;
    this.firstAt = Math.min(this.firstAt, endedAt);
    this.#filter.add(hashOf('call_id', ids.callId));
    if (ids.responseId !== undefined) this.#filter.add(hashOf('response_id', ids.responseId));
    if (ids.spanId !== undefined) this.#filter.add(hashOf('span_id', ids.spanId));
  }
}
