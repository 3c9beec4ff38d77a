/** A source of numbers in [0, 1). */
export type Random = () => number;

/**
 * Mulberry32: 32 bits of state, period 2^32, one multiplication chain a number. Good enough for sampling rows and cuts, and
 * the same everywhere, which `Math.random` is not.
 * @param seed any integer; only its low 32 bits count
 * @see Tommy Ettinger, mulberry32 (2017, public domain)
 */
export function createRandom(seed: number): Random & { state(): number } {
  let s = seed >>> 0;
  const next = (): number => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = s;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return Object.assign(next, { state: () => s });
}
