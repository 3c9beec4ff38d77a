/** Parts of the table, each of which grows by itself: the longest pause is that of one of them. */
const PARTS = 64;
const FIRST_SIZE = 16;

interface Part {
  /** Pairs of a hash and a reference; reference 0 is an empty place. */
  cells: Uint32Array;
  /** Places less one. */
  mask: number;
  used: number;
}

/**
 * Hash of a text, 32 bits, different for each `seed`.
 * @see FNV-1a, Fowler, Noll, Vo; finished as MurmurHash3 is, so that the low bits are even
 */
export function hashOf(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * References by the hash of a name, 8 bytes a place: what a name reads is asked of who keeps the names. References are whole
 * numbers from 1 to 2^32 - 1. Open addressing with linear probing; a removal moves what follows back, so no place is lost.
 */
export class NameTable {
  readonly #parts: Part[] = Array.from({ length: PARTS }, () => ({
    cells: new Uint32Array(2 * FIRST_SIZE),
    mask: FIRST_SIZE - 1,
    used: 0,
  }));
  readonly #reads: (reference: number, name: string) => boolean;

  /** @param reads true where a reference is to something of that name */
  constructor(reads: (reference: number, name: string) => boolean) {
    this.#reads = reads;
  }

  /** The reference of a name; 0 where there is none. */
  find(hash: number, name: string): number {
    const part = this.#part(hash);
    const at = this.#seek(part, hash, name);
    return at < 0 ? 0 : (part.cells[2 * at + 1] as number);
  }

  /** Gives a name a reference, in the place of the one it had. */
  set(hash: number, name: string, reference: number): void {
    const part = this.#part(hash);
    const at = this.#seek(part, hash, name);
    if (at >= 0) {
      part.cells[2 * at + 1] = reference;
      return;
    }
    if (part.used >= (part.mask + 1) * 0.75) this.#grow(part);
    put(part, hash, reference);
    part.used++;
  }

  /** Takes a reference out, unless its name has another one by now. */
  remove(hash: number, reference: number): void {
    const part = this.#part(hash);
    const { cells, mask } = part;
    let hole = home(hash, mask);
    while (cells[2 * hole + 1] !== reference) {
      if (cells[2 * hole + 1] === 0) return;
      hole = (hole + 1) & mask;
    }
    for (let at = (hole + 1) & mask; cells[2 * at + 1] !== 0; at = (at + 1) & mask) {
      const from = home(cells[2 * at] as number, mask);
      if (((at - from) & mask) < ((at - hole) & mask)) continue;
      cells[2 * hole] = cells[2 * at] as number;
      cells[2 * hole + 1] = cells[2 * at + 1] as number;
      hole = at;
    }
    cells[2 * hole + 1] = 0;
    part.used--;
  }

  #part(hash: number): Part {
    return this.#parts[hash % PARTS] as Part;
  }

  #seek({ cells, mask }: Part, hash: number, name: string): number {
    for (let at = home(hash, mask); ; at = (at + 1) & mask) {
      const reference = cells[2 * at + 1] as number;
      if (reference === 0) return -1;
      if (cells[2 * at] === hash && this.#reads(reference, name)) return at;
    }
  }

  #grow(part: Part): void {
    const { cells } = part;
    part.mask = 2 * (part.mask + 1) - 1;
    part.cells = new Uint32Array(2 * (part.mask + 1));
    for (let i = 0; i < cells.length; i += 2)
      if (cells[i + 1] !== 0) put(part, cells[i] as number, cells[i + 1] as number);
  }
}

/** The bits that choose the part are the same for all of its names. */
function home(hash: number, mask: number): number {
  return (hash / PARTS) & mask;
}

function put({ cells, mask }: Part, hash: number, reference: number): void {
  let at = home(hash, mask);
  while (cells[2 * at + 1] !== 0) at = (at + 1) & mask;
  cells[2 * at] = hash;
  cells[2 * at + 1] = reference;
}
