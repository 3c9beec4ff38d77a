/**
 * Integers that order as the numbers they stand for. A 32 bit float's bits, read as an integer, order as the float where it is
 * positive and the other way round where it is negative; with that undone and one bit dropped, the difference of any two keys
 * fits 32 bits, so that "greater" is the sign of a subtraction and needs no branch that a processor could mispredict.
 */
const floats = new Float32Array(1);
const bits = new Int32Array(floats.buffer);

/** Below the key of every number. The key of NaN and of its mirror image: a missing value is greater than nothing. */
export const MISSING_KEY = -0x4000_0000;
/** Largest finite 32 bit float: an infinite value is cut to it, so that a range stays a range. */
const MAX_FLOAT = 3.4028234663852886e38;

/** The key of a number. Numbers that agree in their first 22 binary digits have the same one. */
export function toKey(value: number): number {
  // Adding 0 makes a positive zero of a negative one.
  floats[0] = value > MAX_FLOAT ? MAX_FLOAT : Math.max(-MAX_FLOAT, value + 0);
  const word = bits[0]!;
  return Number.isNaN(value) ? MISSING_KEY : (word ^ ((word >> 31) & 0x7fff_ffff)) >> 1;
}

/** The key of -x from the key of x. */
export function mirrorKey(key: number): number {
  return key === MISSING_KEY ? key : ~key;
}

/** A number with this key, of those the one nearest to 0 or to minus infinity. */
export function fromKey(key: number): number {
  const word = key << 1;
  bits[0] = word ^ ((word >> 31) & 0x7fff_ffff);
  return floats[0]!;
}
