import { wordTokens } from './text-match.js';

const ORDERS = 4;

/** What stands for an order without a common n-gram: one more above and below (n > 1), or halves that shrink. */
export type BleuSmoothing = 'add1' | 'exp';

/**
 * BLEU of one text against its references together, 0..1: the geometric mean of the clipped precision of word n-grams, 1 to 4,
 * with the brevity penalty of the closest reference length. Meant for corpora: on one text of few words it says little
 * (`yes` against `yes` is 0.595 with `add1`). Without a word: 1 if some reference has none either, else 0.
 * @see Papineni et al. 2002; Lin and Och 2004 for `add1`, Chen and Cherry 2014 for `exp` (method 3)
 */
export function bleu(prediction: string, references: readonly string[], smoothing: BleuSmoothing = 'exp'): number {
  const said = wordTokens(prediction);
  const others = references.map(wordTokens);
  if (said.length === 0) return others.some(other => other.length === 0) ? 1 : 0;
  if (others.length === 0 || others.some(other => other.length === 0)) return 0;
  let logs = 0;
  let empty = 0;
  for (let n = 1; n <= ORDERS; n++) {
    const common = clipped(counted(said, n), others, n);
    if (n === 1 && common === 0) return 0;
    const size = Math.max(1, said.length - n + 1);
    const plus = smoothing === 'add1' && n > 1 ? 1 : 0;
    if (common + plus > 0) logs += Math.log((common + plus) / (size + plus));
    else logs -= Math.log(2 ** ++empty * size);
  }
  return brevity(said.length, others) * Math.exp(logs / ORDERS);
}

function counted(words: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= words.length; i++) {
    // A word holds no blank.
    const gram = words.slice(i, i + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** n-grams of the text that a reference has, each as often as the one that has it most. */
function clipped(said: ReadonlyMap<string, number>, others: readonly (readonly string[])[], n: number): number {
  const found = others.map(other => counted(other, n));
  let common = 0;
  for (const [gram, times] of said) common += Math.min(times, Math.max(...found.map(counts => counts.get(gram) ?? 0)));
  return common;
}

function brevity(length: number, others: readonly (readonly string[])[]): number {
  const distance = (other: number): number => Math.abs(other - length);
  const closest = others
    .map(other => other.length)
    .reduce((a, b) => (distance(b) < distance(a) || (distance(b) === distance(a) && b < a) ? b : a));
  return length > closest ? 1 : Math.exp(1 - closest / length);
}
