import { BLOCK, blockOf, rowOf } from './column.js';

/** Names a call may have. */
export const NAMES = 3;
const FIRST_BYTES = 16_384;
const MAX_LENGTH = 0x7fff;
/** Marks a name that takes two bytes a character. */
const WIDE = 0x8000;

interface Block {
  bytes: Buffer;
  used: number;
  readonly offsets: Uint32Array;
  /** Characters of each name of each call; 0 for none. */
  readonly lengths: Uint16Array;
}

/** The names of calls as bytes, in blocks: a call of three names costs little more than their characters. */
export class NameBytes {
  readonly #blocks = new Map<number, Block>();
  /** What a block needs, by those before it. */
  #usual = FIRST_BYTES;

  /** Keeps the names of a call; calls come in the order of their numbers. A name that is empty or beyond 32,767 characters is none. */
  add(number: number, names: readonly (string | undefined)[]): void {
    const block = this.#block(number);
    const row = rowOf(number);
    block.offsets[row] = block.used;
    for (let i = 0; i < NAMES; i++) {
      const name = names[i] ?? '';
      if (name !== '' && name.length <= MAX_LENGTH) block.lengths[row * NAMES + i] = write(block, name);
    }
    if (row === BLOCK - 1) {
      this.#usual = block.used;
      block.bytes = exactly(block.bytes, block.used);
    }
  }

  /** A name of a call; undefined where it has none of this kind. */
  read(number: number, kind: number): string | undefined {
    const found = this.#find(number, kind);
    if (found === undefined) return undefined;
    const { bytes, at, length, wide } = found;
    return wide ? bytes.toString('utf16le', at, at + 2 * length) : bytes.toString('latin1', at, at + length);
  }

  /** True where a call has this name. */
  reads(number: number, kind: number, name: string): boolean {
    const found = this.#find(number, kind);
    if (found === undefined || found.length !== name.length) return false;
    const { bytes, at, wide } = found;
    for (let i = 0; i < name.length; i++) if (unit(bytes, at, i, wide) !== name.charCodeAt(i)) return false;
    return true;
  }

  /** Forgets a call. Calls are released in the order of their numbers. */
  release(number: number): void {
    if (rowOf(number) === BLOCK - 1) this.#blocks.delete(blockOf(number));
  }

  #block(number: number): Block {
    const key = blockOf(number);
    let block = this.#blocks.get(key);
    if (block === undefined) {
      block = {
        bytes: exactly(NOTHING, this.#usual),
        used: 0,
        offsets: new Uint32Array(BLOCK),
        lengths: new Uint16Array(BLOCK * NAMES),
      };
      this.#blocks.set(key, block);
    }
    return block;
  }

  #find(number: number, kind: number) {
    const block = this.#blocks.get(blockOf(number));
    if (block === undefined) return undefined;
    const row = rowOf(number);
    const coded = block.lengths[row * NAMES + kind] as number;
    if (coded === 0) return undefined;
    let at = block.offsets[row] as number;
    for (let i = 0; i < kind; i++) at += size(block.lengths[row * NAMES + i] as number);
    return { bytes: block.bytes, at, length: coded & MAX_LENGTH, wide: (coded & WIDE) !== 0 };
  }
}

function size(coded: number): number {
  return (coded & MAX_LENGTH) * ((coded & WIDE) === 0 ? 1 : 2);
}

const NOTHING = Buffer.alloc(0);

/** The bytes in memory of their own, of exactly this size. */
function exactly(bytes: Buffer, size: number): Buffer {
  const out = Buffer.allocUnsafeSlow(size);
  bytes.copy(out);
  return out;
}

function unit(bytes: Buffer, at: number, i: number, wide: boolean): number {
  return wide ? (bytes[at + 2 * i] as number) | ((bytes[at + 2 * i + 1] as number) << 8) : (bytes[at + i] as number);
}

/** @returns the length as it is kept */
function write(block: Block, name: string): number {
  let wide = false;
  for (let i = 0; i < name.length && !wide; i++) wide = name.charCodeAt(i) > 0xff;
  const coded = name.length | (wide ? WIDE : 0);
  const end = block.used + size(coded);
  if (end > block.bytes.length) {
    block.bytes = exactly(block.bytes, Math.max(end, Math.ceil(block.bytes.length * 1.5)));
  }
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (!wide) block.bytes[block.used + i] = code;
    else {
      block.bytes[block.used + 2 * i] = code & 0xff;
      block.bytes[block.used + 2 * i + 1] = code >> 8;
    }
  }
  block.used = end;
  return coded;
}
