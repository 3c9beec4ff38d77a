import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { readParts } from './scan.js';
import { scriptShares } from './script-shares.js';

const MIN_WORDS = 20;
/** A grade that scores 1: nobody writes prose beyond it. */
const FULL = 30;
/** The formula knows the syllables of English; half of the letters say whether a text can be. */
const LATIN = 0.5;

/** Classes of characters. Inside a word an apostrophe is not there, elsewhere it parts words. */
const BREAK = 0;
const CONSONANT = 1;
const L = 2;
const VOWEL = 3;
const E = 4;
const APOSTROPHE = 5;
const CLASSES = 8;

let classes: Uint8Array | undefined;

function asciiClasses(): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => {
    const char = String.fromCharCode(code).toLowerCase();
    if (char === "'") return APOSTROPHE;
    if (char === 'e') return E;
    if (char === 'l') return L;
    return /[aiouy]/.test(char) ? VOWEL : /[a-z]/.test(char) ? CONSONANT : BREAK;
  });
}

/** General punctuation parts words, all else beyond ASCII is taken for a consonant. */
function classBeyond(unit: number): number {
  if (unit === 0x2019) return APOSTROPHE;
  return unit >= 0x2000 && unit <= 0x206f ? BREAK : CONSONANT;
}

/** What a word is at, by its last letter: 0 between words, else a last letter and the groups of vowels so far (0, 1, 2 for more). */
const ENDS = { consonant: 0, l: 1, vowel: 2, silent: 3 } as const;
const stateOf = (end: number, groups: number): number => 1 + end * 3 + Math.min(groups, 2);
const STATES = 13;

let steps: Uint8Array | undefined;

/** State and class -> next state * 4 + 1 + how many syllables that adds (-1..1): a branch a letter costs five times as much. */
function stepTable(): Uint8Array {
  const table = new Uint8Array(STATES * CLASSES);
  for (let state = 0; state < STATES; state++) {
    const end = state === 0 ? -1 : Math.floor((state - 1) / 3);
    const groups = state === 0 ? 0 : (state - 1) % 3;
    const inVowel = end === ENDS.vowel || end === ENDS.silent;
    const put = (kind: number, to: number, adds: number): void => {
      table[state * CLASSES + kind] = to * 4 + 1 + adds;
    };
    // A word has one at least; a silent `e` is no group of its own unless it is the only one.
    const closing = state === 0 ? 0 : groups === 0 ? 1 : groups === 2 && end === ENDS.silent ? -1 : 0;
    put(BREAK, 0, closing);
    put(CONSONANT, stateOf(ENDS.consonant, groups), 0);
    put(L, stateOf(ENDS.l, groups), 0);
    put(VOWEL, stateOf(ENDS.vowel, inVowel ? groups : groups + 1), inVowel ? 0 : 1);
    put(E, stateOf(end === ENDS.consonant ? ENDS.silent : ENDS.vowel, inVowel ? groups : groups + 1), inVowel ? 0 : 1);
    const kept = inVowel ? ENDS.vowel : ENDS.consonant;
    put(APOSTROPHE, state === 0 ? 0 : stateOf(kept, groups), 0);
  }
  return table;
}

/**
 * Syllables of English words, one at least for each: groups of vowels, less an `e` that ends a word behind a consonant
 * (but not `-le`). Letters beyond ASCII count as consonants. On prose within a few per cent of a dictionary.
 */
export function countSyllables(text: string, from = 0, to = text.length): number {
  classes ??= asciiClasses();
  steps ??= stepTable();
  const [kinds, table] = [classes, steps];
  let total = 0;
  let state = 0;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    const step = table[state * CLASSES + (unit < 128 ? (kinds[unit] as number) : classBeyond(unit))] as number;
    state = step >> 2;
    total += (step & 3) - 1;
  }
  return total + ((table[state * CLASSES + BREAK] as number) & 3) - 1;
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
