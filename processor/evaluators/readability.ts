import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { readParts } from './scan.js';
import { scriptShares } from './script-shares.js';

const MIN_WORDS = 20;
/** A grade that scores 1: nobody writes prose beyond it. */
const FULL = 30;
/** The formula knows the syllables of English; half of the letters say whether a text can be. */
const LATIN = 0.5;

const BREAK = 0;
const CONSONANT = 1;
const VOWEL = 2;
/** Inside a word it is not there, elsewhere it parts words. */
const APOSTROPHE = 3;

let kinds: Uint8Array | undefined;

function letterKinds(): Uint8Array {
  kinds ??= Uint8Array.from({ length: 128 }, (_, code) => {
    const char = String.fromCharCode(code).toLowerCase();
    if (char === "'") return APOSTROPHE;
    return /[aeiouy]/.test(char) ? VOWEL : /[a-z]/.test(char) ? CONSONANT : BREAK;
  });
  return kinds;
}

/** General punctuation parts words, all else beyond ASCII is taken for a consonant. */
function kindBeyond(unit: number): number {
  if (unit === 0x2019) return APOSTROPHE;
  return unit >= 0x2000 && unit <= 0x206f ? BREAK : CONSONANT;
}

const E = 0x65;
const L = 0x6c;

/**
 * Syllables of English words, one at least for each: groups of vowels, less an `e` that ends a word behind a consonant
 * (but not `-le`). Letters beyond ASCII count as consonants. On prose within a few per cent of a dictionary.
 */
export function countSyllables(text: string, from = 0, to = text.length): number {
  const table = letterKinds();
  let total = 0;
  let groups = 0;
  let previous = BREAK;
  let before = BREAK;
  for (let at = from; at <= to; at++) {
    const unit = at < to ? text.charCodeAt(at) : 0;
    let kind = unit < 128 ? (table[unit] as number) : kindBeyond(unit);
    if (kind === APOSTROPHE) {
      if (previous !== BREAK) continue;
      kind = BREAK;
    }
    if (kind === VOWEL) {
      if (previous !== VOWEL) groups++;
    } else if (kind === BREAK && previous !== BREAK) {
      if (groups > 1 && before === CONSONANT && isSilent(text, at)) groups--;
      total += groups > 0 ? groups : 1;
      groups = 0;
    }
    before = previous;
    previous = kind;
  }
  return total;
}

/** Whether the word that ends at `at` ends in an `e` that is not spoken: not behind an `l`, as in `table`. */
function isSilent(text: string, at: number): boolean {
  return (text.charCodeAt(at - 1) | 0x20) === E && (text.charCodeAt(at - 2) | 0x20) !== L;
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
