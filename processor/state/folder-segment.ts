import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Identifier } from '../truth/call-index.js';
import { SegmentClaims } from './folder-claims.js';
import { SegmentContent } from './folder-content.js';
import { type CallHead, readHead, readLine } from './folder-lines.js';
import { hashId, IdFilter, type IdHash } from './id-filter.js';
import type { Claim, Claimed, StoredCall, SweptCall } from './state-store.js';

/** Calls and bytes after which a segment is ended. */
const SEGMENT_CALLS = 4096;
const SEGMENT_BYTES = 2 ** 21;
/** Read and taken in at once: a millisecond or so. */
const CHUNK = 2 ** 17;
const NEW_LINE = 10;

const KINDS = { call_id: 'c', response_id: 'r', span_id: 's' } as const;

/** An identifier as the filter of a segment knows it. */
export function hashOf(by: Identifier, id: string): IdHash {
  return hashId(`${KINDS[by]}${id}`);
}

/**
 * A file of lines to which every process appends and which nobody ever changes otherwise. The system puts each append as a
 * whole after the others, so the order of the lines is the order of events, the same for all who read them: who appends a claim
 * and then reads the file up to it knows what it was the first of. So there are no locks that a killed process could leave.
 */
export class Segment {
  readonly number: number;
  /** No call still waits that ended before it; milliseconds. */
  firstAt = Number.POSITIVE_INFINITY;
  readonly #path: string;
  readonly #filter = new IdFilter();
  #content: SegmentContent | undefined;
  #claims: SegmentClaims | undefined;
  /** Bytes read, up to the end of the last whole line. */
  #read = 0;
  /** Calls that count, swept or not. */
  #calls = 0;
  /** Calls that were taken out, with who did. */
  readonly #swept = new Map<string, string>();
  /** Where the line begins that ends it: calls after it don't count. */
  #endAt = Number.POSITIVE_INFINITY;

  constructor(number: number, path: string) {
    this.number = number;
    this.#path = path;
  }

  /** True when no more calls are taken in. */
  get ended(): boolean {
    return this.#endAt < this.#read;
  }

  /** Calls that nobody took out. */
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

  /** As `refresh`, and keeps the content in memory until `release`. One that takes calls in must be held when it is refreshed. */
  async hold(): Promise<boolean> {
    return this.#withFile(constants.O_RDONLY, async file => {
      if (this.#content === undefined) {
        const bytes = Buffer.allocUnsafe(this.#read);
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
          if (bytesRead === 0) throw new Error('a file of the state was cut short');
          at += bytesRead;
        }
        this.#content = new SegmentContent();
        this.#content.append(bytes);
        this.#claims = new SegmentClaims(this.#content);
      }
      await this.#readOn(file);
    });
  }

  release(): void {
    this.#content = undefined;
    this.#claims = undefined;
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
    return this.#startOf(callId) !== undefined;
  }

  /** What became of a claim that was appended; undefined for one that is not in, or came too late. Needs `hold`. */
  answer(claim: Claim): Claimed | undefined {
    return this.#claims?.answer(claim);
  }

  /** A call that is in and was not taken out. Needs `hold`. */
  call(callId: string): StoredCall | undefined {
    return this.#swept.has(callId) ? undefined : this.#callAt(this.#startOf(callId));
  }

  /** Calls of that response or span that were not taken out, in the order they were put. Needs `hold`. */
  named(by: Exclude<Identifier, 'call_id'>, id: string): readonly StoredCall[] {
    const key = by === 'response_id' ? 'responseId' : 'spanId';
    const found = new Map<string, StoredCall>();
    for (const begin of this.#content?.naming(id) ?? []) {
      const head = begin < this.#endAt ? this.#content?.head(begin) : undefined;
      if (head === undefined || head.ids[key] !== id || found.has(head.ids.callId)) continue;
      const call = this.call(head.ids.callId);
      // Of a call that two processes put at once only the first line counts.
      if (call?.ids[key] === id) found.set(call.ids.callId, call);
    }
    return [...found.values()];
  }

  /** Calls that ended before `before` and wait, in the order they were put. Needs `hold`. */
  due(before: number): readonly { readonly at: number; readonly callId: string }[] {
    const content = this.#content as SegmentContent;
    const seen = new Set<string>();
    const out: { readonly at: number; readonly callId: string }[] = [];
    let firstAt = Number.POSITIVE_INFINITY;
    for (const begin of content.starts()) {
      if (begin > this.#endAt) break;
      const head = content.head(begin);
      if (head === undefined || this.#swept.has(head.ids.callId) || seen.has(head.ids.callId)) continue;
      seen.add(head.ids.callId);
      firstAt = Math.min(firstAt, head.at);
      if (head.at < before) out.push({ at: head.at, callId: head.ids.callId });
    }
    this.firstAt = firstAt;
    return out;
  }

  /** A call that this sweep has taken out; undefined when another one has. Needs `hold`. */
  takenBy(sweep: string, callId: string): SweptCall | undefined {
    if (this.#swept.get(callId) !== sweep) return undefined;
    const call = this.#callAt(this.#startOf(callId));
    return call && { ...call, labelled: this.#claims?.tasks(callId) ?? [] };
  }

  /** Where the line begins that put a call in: the first of them. */
  #startOf(callId: string): number | undefined {
    return this.#content
      ?.linesOf(callId)
      .find(begin => begin < this.#endAt && this.#content?.head(begin) !== undefined);
  }

  #callAt(begin: number | undefined): StoredCall | undefined {
    const line = begin === undefined ? undefined : this.#content?.line(begin);
    return line?.kind === 'call' ? line.call : undefined;
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
      this.#content?.append(bytes.subarray(0, end));
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

  #takeLine(text: string, begin: number): void {
    const head = readHead(text);
    if (head !== undefined) this.#takeCall(head, begin);
    // Claims are read where they are asked for.
    if (head !== undefined || text[0] === 'c') return;
    const line = readLine(text);
    if (line?.kind === 'end') this.#endAt = Math.min(this.#endAt, begin);
    if (line?.kind === 'swept' && !this.#swept.has(line.callId)) this.#swept.set(line.callId, line.sweep);
  }

  #takeCall({ ids, at }: CallHead, begin: number): void {
    if (begin > this.#endAt) return;
    const hash = hashOf('call_id', ids.callId);
    // Two processes may have put the same one at once.
    if (this.#filter.has(hash) && this.#startOf(ids.callId) !== begin) return;
    this.#calls++;
    this.firstAt = Math.min(this.firstAt, at);
    this.#filter.add(hash);
    if (ids.responseId !== undefined) this.#filter.add(hashOf('response_id', ids.responseId));
    if (ids.spanId !== undefined) this.#filter.add(hashOf('span_id', ids.spanId));
  }
}
