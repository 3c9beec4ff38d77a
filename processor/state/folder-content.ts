import { type CallHead, type Line, lineStart, nameInLine, readHead, readLine } from './folder-lines.js';

const NEW_LINE = 10;
const QUOTE = 34;
const BACKSLASH = 92;
/** A search reads it all, half a millisecond or so; after so many it is worth to note once where the lines of each call are. */
const SEARCHES = 8;

/** The lines of a segment in memory, by where they begin. */
export class SegmentContent {
  #bytes = Buffer.alloc(0);
  #length = 0;
  #searches = 0;
  /** Where the lines of each call begin, by the beginning that they share. */
  #index: Map<string, number[]> | undefined;

  /** Bytes, up to the end of the last whole line. */
  get length(): number {
    return this.#length;
  }

  /** Takes whole lines in. */
  append(lines: Buffer): void {
    const end = this.#length + lines.length;
    if (end > this.#bytes.length) {
      const room = Buffer.allocUnsafe(Math.ceil(end * 1.25));
      this.#bytes.copy(room, 0, 0, this.#length);
      this.#bytes = room;
    }
    lines.copy(this.#bytes, this.#length);
    const from = this.#length;
    this.#length = end;
    if (this.#index !== undefined) this.#note(from);
  }

  /** Where lines begin, first to last. */
  *starts(from = 0): Generator<number> {
    for (let begin = from; begin < this.#length; ) {
      const end = this.#bytes.indexOf(NEW_LINE, begin);
      if (end > begin) yield begin;
      begin = end + 1;
    }
  }

  /** Where the lines that speak of a call begin, first to last. */
  linesOf(callId: string): readonly number[] {
    const start = lineStart(callId);
    if (this.#index === undefined && ++this.#searches > SEARCHES) {
      this.#index = new Map();
      this.#note(0);
    }
    if (this.#index !== undefined) return this.#index.get(start) ?? [];
    // The letter of the kind is before it.
    const found = this.#search(start).map(at => at - 1);
    return found.filter(begin => begin === 0 || this.#bytes[begin - 1] === NEW_LINE);
  }

  /** Where the lines of calls begin that may have this identifier as their response's or their span's. */
  naming(id: string): readonly number[] {
    return this.#search(nameInLine(id)).map(at => this.#bytes.lastIndexOf(NEW_LINE, at) + 1);
  }

  line(begin: number): Line | undefined {
    return readLine(this.#text(begin));
  }

  head(begin: number): CallHead | undefined {
    return readHead(this.#text(begin));
  }

  #text(begin: number): string {
    return this.#bytes.toString('utf8', begin, this.#bytes.indexOf(NEW_LINE, begin));
  }

  #search(text: string): number[] {
    const bytes = this.#bytes.subarray(0, this.#length);
    const out: number[] = [];
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) out.push(at);
    return out;
  }

  #note(from: number): void {
    const index = this.#index as Map<string, number[]>;
    for (const begin of this.starts(from)) {
      const start = this.#startOf(begin);
      if (start === undefined) continue;
      const lines = index.get(start);
      if (lines === undefined) index.set(start, [begin]);
      else lines.push(begin);
    }
  }

  /** What `lineStart` gives for the call of a line. */
  #startOf(begin: number): string | undefined {
    const bytes = this.#bytes;
    if (bytes[begin + 2] !== QUOTE) return undefined;
    for (let at = begin + 3; at < this.#length; at++) {
      if (bytes[at] === BACKSLASH) at++;
      else if (bytes[at] === QUOTE) return bytes.toString('utf8', begin + 1, at + 2);
      else if (bytes[at] === NEW_LINE) return undefined;
    }
    return undefined;
  }
}
