/** White space as Unicode has it (and the separators among the control characters); a byte-order mark is none. */
const SPACE = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
const ASCII_PUNCTUATION = /[!-/:-@[-`{-~]/g;
/** The articles as whole words: a letter, digit or underscore of any script beside them makes them part of a word. */
const ARTICLE = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
/** One character of Hiragana, Katakana or Han, or a run of letters, marks and numbers of other scripts. */
const WORD =
  /(?=[\p{L}\p{M}\p{N}])[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2ffff}]|(?:(?![\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2ffff}])[\p{L}\p{M}\p{N}])+/gu;

/** Words that the longest common subsequence is sought in; its cost is the product of both lengths, by 32. */
export const MAX_SEQUENCE = 1024;

/** True for a character that is white space. */
export function isSpace(character: string): boolean {
  return (character <= ' ' || character >= '\u0085') && SPACE.test(character);
}

/** Splits on white space, case kept. */
export function spaceTokens(text: string): string[] {
  return text.split(SPACE).filter(token => token !== '');
}

/** Words in lower case: each Chinese or Japanese character alone, else runs of letters, marks and numbers. */
export function wordTokens(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/**
 * Tokens as SQuAD compares them: lower case, without ASCII punctuation and articles, split on white space.
 * @see Rajpurkar et al. 2016
 */
export function squadTokens(text: string): string[] {
  return spaceTokens(text.toLowerCase().replace(ASCII_PUNCTUATION, '').replace(ARTICLE, ' '));
}

/** True when the text is one of the references, character by character. */
export function exactMatch(prediction: string, references: readonly string[]): boolean {
  return references.includes(prediction);
}

/** True when the text equals a reference after SQuAD's normalising. */
export function squadExactMatch(prediction: string, references: readonly string[]): boolean {
  const said = squadTokens(prediction).join(' ');
  return references.some(reference => squadTokens(reference).join(' ') === said);
}

/**
 * Token F1 of SQuAD, 0..1, the best over the references: 2 common / (tokens of both), common by multiplicity. No token on one
 * side: 1 if both have none, else 0.
 * @see Rajpurkar et al. 2018
 */
export function squadF1(prediction: string, references: readonly string[]): number {
  const said = squadTokens(prediction);
  return best(references, reference => overlapF1(said, squadTokens(reference), 1));
}

/**
 * ROUGE-N, 0..1, the best over the references: F1 of the clipped n-gram overlap. No n-gram on either side: 1 if the tokens are
 * the same, else 0; on one side only: 0.
 * @see Lin 2004
 */
export function rougeN(
  n: number,
  prediction: string,
  references: readonly string[],
  tokens: (text: string) => string[] = wordTokens,
): number {
  const said = tokens(prediction);
  return best(references, reference => overlapF1(said, tokens(reference), n));
}

/**
 * ROUGE-L, 0..1, the best over the references: F1 of the longest common subsequence of tokens. Memory is linear; texts beyond
 * `limit` tokens are compared by their first ones.
 * @see Lin 2004
 */
export function rougeL(
  prediction: string,
  references: readonly string[],
  tokens: (text: string) => string[] = wordTokens,
  limit = MAX_SEQUENCE,
): number {
  const said = tokens(prediction).slice(0, limit);
  return best(references, reference => {
    const other = tokens(reference).slice(0, limit);
    return shareF1(longestCommon(said, other), said.length, other.length, true);
  });
}

/** The highest score of any reference; 0 without one. */
export function best(references: readonly string[], score: (reference: string) => number): number {
  let highest = 0;
  for (const reference of references) {
    highest = Math.max(highest, score(reference));
    if (highest === 1) break;
  }
  return highest;
}

function shareF1(common: number, a: number, b: number, sameWhenEmpty: boolean): number {
  if (a === 0 && b === 0) return sameWhenEmpty ? 1 : 0;
  return a === 0 || b === 0 ? 0 : (2 * common) / (a + b);
}

function overlapF1(a: readonly string[], b: readonly string[], n: number): number {
  const counts = new Map<string, number>();
  const size = Math.max(0, a.length - n + 1);
  const other = Math.max(0, b.length - n + 1);
  // A token holds no blank, so a blank between tokens makes a key that no two n-grams share.
  for (let i = 0; i < size; i++) {
    const gram = a.slice(i, i + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  let common = 0;
  for (let i = 0; i < other; i++) {
    const gram = b.slice(i, i + n).join(' ');
    const left = counts.get(gram) ?? 0;
    if (left === 0) continue;
    counts.set(gram, left - 1);
    common++;
  }
  return shareF1(common, size, other, a.length === b.length && a.every((token, i) => token === b[i]));
}

/**
 * Length of the longest common subsequence, 32 places of the second text at a time: a bit that is 0 is one more common token.
 * @see Hyyrö 2004, Bit-parallel LCS-length computation revisited
 */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  const words = Math.ceil(b.length / 32);
  const places = new Map<string, Uint32Array>();
  for (const [j, token] of b.entries()) {
    let bits = places.get(token);
    if (bits === undefined) {
      bits = new Uint32Array(words);
      places.set(token, bits);
    }
    bits[j >>> 5]! |= 1 << (j & 31);
  }
  const open = new Uint32Array(words).fill(0xffffffff);
  for (const token of a) {
    const bits = places.get(token);
    if (bits === undefined) continue;
    let carry = 0;
    for (let k = 0; k < words; k++) {
      const before = open[k] as number;
      const hit = (before & (bits[k] as number)) >>> 0;
      const sum = before + hit + carry;
      carry = sum > 0xffffffff ? 1 : 0;
      open[k] = sum | (before & ~hit);
    }
  }
  let common = 0;
  for (let j = 0; j < b.length; j++) if (((open[j >>> 5] as number) & (1 << (j & 31))) === 0) common++;
  return common;
}
