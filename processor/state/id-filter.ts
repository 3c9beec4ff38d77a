/** Bits of a filter, a power of two; with 12,288 identifiers in it, less than 1 in a million others seems to be in it. */
const BITS = 2 ** 19;
const PROBES = 10;

/** An identifier as a filter looks it up: two hashes of it. */
export interface IdHash {
  readonly a: number;
  readonly b: number;
}

/** Hashes an identifier for `IdFilter`, 32 bits twice. */
export function hashId(id: string): IdHash {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995);
    b ^= b >>> 15;
  }
  // An even step would visit half of the bits.
  return { a: (a ^ (a >>> 13)) >>> 0, b: (Math.imul(b, 0x27d4eb2f) | 1) >>> 0 };
}

/**
 * What may be in a file, in 64 KB whatever is in it: `has` is never false for what was added, and seldom true for anything else.
 * @see Bloom 1970, CACM 13(7):422–426; Kirsch and Mitzenmacher 2006 for two hashes in the place of many
 */
export class IdFilter {
  readonly #bits = new Uint32Array(BITS / 32);

  add({ a, b }: IdHash): void {
    for (let i = 0; i < PROBES; i++) {
      const bit = (a + Math.imul(i, b)) & (BITS - 1);
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
    }
  }

  has({ a, b }: IdHash): boolean {
    for (let i = 0; i < PROBES; i++) {
      const bit = (a + Math.imul(i, b)) & (BITS - 1);
      if (((this.#bits[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}
