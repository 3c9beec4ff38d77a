import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { readParts } from './scan.js';
import { scriptShares } from './script-shares.js';

const MIN_WORDS = 20;
/** A grade that scores 1: nobody writes prose beyond it. */
const FULL = 30;
/** The formula knows the syllables of English; half of the letters say whether a text can be. */
const LATIN = 0.5;

const VOWEL = 1;
const LETTER = 2;

let kinds: Uint8Array | undefined;

function letterKinds(): Uint8Array {
  kinds ??= Uint8Array.from({ length: 128 }, (_, code) => {
    const char = String.fromCharCode(code).toLowerCase();
    return /[a-z]/.test(char) ? LETTER | (/[aeiouy]/.test(char) ? VOWEL : 0) : 0;
  });
  return kinds;
}

const E = 0x65;
const L = 0x6c;
const APOSTROPHE = 0x27;
const CURLY_APOSTROPHE = 0x2019;

/**
 * Syllables of English words, one at least for each: groups of vowels, less an `e` that ends a word behind a consonant
 * (but not `-le`). Letters beyond ASCII count as consonants. On prose within a few per cent of a dictionary.
 */
export function countSyllables(text: string, from = 0, to = text.length): number {
  const table = letterKinds();
  let total = 0;
  let groups = 0;
  let previous = 0;
  let before = 0;
  for (let at = from; at <= to; at++) {
    const unit = at < to ? text.charCodeAt(at) : 0;
    if ((unit === APOSTROPHE || unit === CURLY_APOSTROPHE) && previous !== 0) continue;
    // General punctuation parts words, all else beyond ASCII is taken for a letter.
    const kind = unit < 128 ? (table[unit] as number) : unit >= 0x2000 && unit <= 0x206f ? 0 : LETTER;
    if (kind === 0) {
      if (previous !== 0) {
        const last = text.charCodeAt(at - 1) | 0x20;
        const silent = groups > 1 && last === E && before === LETTER && (text.charCodeAt(at - 2) | 0x20) !== L;
        total += silent ? groups - 1 : Math.max(1, groups);
      }
      groups = 0;
    } else if (kind > LETTER && previous <= LETTER) groups++;
    before = previous;
    previous = kind;
  }
  return total;
}

/**
 * How hard an answer is to read: its Flesch-Kincaid grade (years of US school) / 30, 0..1; answers of assistants lie about 4 to
 * 20, median 11. For comparison over time, never a flag. Skips fewer than 20 words, and a script that is not Latin.
 * @see Kincaid et al. 1975, Derivation of new readability formulas for Navy enlisted personnel, CNTECHTRA RBR 8-75
 */
export const readability: Evaluator = {
  name: 'readability',
  bad: 'neither',
  evaluate({ facts }: EvaluatorInput): Evaluation {
    if (facts.choice < 0) return { skipped: 'no_output' };
    if (facts.words < MIN_WORDS) return { skipped: 'too_short' };
    if (facts.nonAscii > 0 && scriptShares(facts.answer).latin < LATIN) return { skipped: 'script' };
    let syllables = 0;
    for (const [from, to] of readParts(facts.answer)) syllables += countSyllables(facts.answer, from, to);
    const grade = (0.39 * facts.words) / facts.sentences + (11.8 * syllables) / facts.words - 15.59;
    return { score: Math.min(1, Math.max(0, grade / FULL)), flagged: false };
  },
};
