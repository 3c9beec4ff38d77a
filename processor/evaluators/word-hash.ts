/** Where the hash of a word starts: FNV-1a over folded code points. @see Fowler, Noll, Vo: draft-eastlake-fnv */
export const HASH_START = 0x811c9dc5 | 0;
export const HASH_PRIME = 0x01000193;

/** The hash that a scan gives to a folded word (lower case, no apostrophe). Signed 32-bit. */
export function hashWord(word: string): number {
  let hash = HASH_START;
  for (const char of word) hash = Math.imul(hash ^ (char.codePointAt(0) as number), HASH_PRIME);
  return hash;
}

/** Spreads a hash over its low bits, which a table of a power of two indexes by. */
export function spread(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
