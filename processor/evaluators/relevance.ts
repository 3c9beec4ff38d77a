import { lastUserText } from '../../core/content.js';
import { type ContentWords, contentWords, pairOf } from './content-words.js';
import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { logistic } from './linear-model.js';
import { readParts, type ScanLimits, type TextFacts } from './scan.js';
import { StampedSet } from './stamped-set.js';
import { hashWord } from './word-hash.js';

/** How much of a question is read, in UTF-16 units: what is asked stands at its ends. */
const QUESTION: ScanLimits = { head: 400, tail: 200 };

/** What a question lets an answer be expected to hold. */
interface Expectation {
  /** Words, any of which asks for it. */
  readonly asked: string;
  readonly met: (facts: TextFacts) => boolean;
  /** Log-odds if it is met; as much less if not. */
  readonly weight: number;
}

const YEAR = /\b(?:1[0-9]{3}|20[0-9]{2})\b/;
const DATE_WORDS = wordSet(
  'january february march april may june july august september october november december century',
);
const NUMBER_WORDS = wordSet(
  'one two three four five six seven eight nine ten dozen half several hundred thousand million billion',
);
const CAUSE_WORDS = wordSet('because due since reason reasons cause caused causes result results so');

function wordSet(words: string): () => ReadonlySet<number> {
  let set: ReadonlySet<number> | undefined;
  return () => {
    set ??= new Set(words.split(' ').map(hashWord));
    return set;
  };
}

function hasWord(hashes: Int32Array, words: ReadonlySet<number>): boolean {
  for (let i = 0; i < hashes.length; i++) if (words.has(hashes[i] as number)) return true;
  return false;
}

/** A name inside a sentence. */
const NAME = /[a-z,] [A-Z][a-z]/;

function hasTwoNames(text: string): boolean {
  const first = text.search(NAME);
  return first >= 0 && NAME.test(text.slice(first + 3));
}

// biome-ignore format: one expectation a line reads as a table
const EXPECTATIONS: readonly Expectation[] = [
  { asked: 'when year date old', met: facts => (facts.digits > 0 && YEAR.test(facts.answer)) || hasWord(facts.wordHashes, DATE_WORDS()), weight: 1 },
  { asked: 'many much far tall often percent population number', met: facts => facts.digits > 0 || hasWord(facts.wordHashes, NUMBER_WORDS()), weight: 0.9 },
  { asked: 'who whom whose', met: facts => hasTwoNames(facts.answer), weight: 0.35 },
  { asked: 'why reason reasons', met: facts => hasWord(facts.wordHashes, CAUSE_WORDS()), weight: 1.3 },
  { asked: 'poem poems haiku acrostic song lyrics verse rhyme rhymes', met: facts => facts.lines >= 3 && facts.words < facts.lines * 12, weight: 0.3 },
  { asked: 'list steps ways tips ideas examples', met: facts => facts.listLines > 0 || facts.symbols > 3, weight: 0.3 },
  { asked: 'code program script html python java javascript sql algorithm', met: facts => facts.fences > 0 || /[{};=]/.test(facts.answer), weight: 0.3 },
  { asked: 'calculate compute convert sum average equation solve', met: facts => facts.digits > 0, weight: 0.3 },
];

let expectationOf: Map<number, Expectation> | undefined;

/** What the words of a question let expect, each expectation once. */
function expectationsOf({ hashes, length }: ContentWords): ReadonlySet<Expectation> {
  expectationOf ??= new Map(
    EXPECTATIONS.flatMap(expectation => expectation.asked.split(' ').map(word => [hashWord(word), expectation])),
  );
  const found = new Set<Expectation>();
  for (let i = 0; i < length; i++) {
    const expectation = expectationOf.get(hashes[i] as number);
    if (expectation !== undefined) found.add(expectation);
  }
  return found;
}

/** From a logistic regression on SelQA's answer sentences (Jurczyk, Zhai, Choi 2016, Apache-2.0), rounded. */
const WEIGHTS = { bias: -2.4, words: 5, letters: 4, pairs: 1 };
/** Counts that a short question lacks: one word in common proves less there. */
const PRIOR = { words: 2, letters: 8, pairs: 2 };

/** How much of a question comes back in an answer, 0..1 each: words, the same by their letters, and pairs of neighbours. */
export interface Overlap {
  readonly words: number;
  readonly letters: number;
  readonly pairs: number;
}

const there = new StampedSet();
const pairsThere = new StampedSet();
const seen = new StampedSet();

/**
 * How much of a question comes back in an answer; undefined where the question has no word that carries meaning.
 * @param answer hashes of the first letters of its words, in order
 */
export function overlapOf(question: ContentWords, answer: Int32Array): Overlap | undefined {
  there.reset(answer.length);
  pairsThere.reset(answer.length);
  seen.reset(question.length);
  for (let i = 0; i < answer.length; i++) {
    const stem = answer[i] as number;
    there.add(stem);
    if (i > 0) pairsThere.add(pairOf(answer[i - 1] as number, stem));
  }
  let [words, found, letters, foundLetters, pairs, foundPairs] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < question.length; i++) {
    const stem = question.stems[i] as number;
    const weight = question.weights[i] as number;
    if (i > 0 && weight + (question.weights[i - 1] as number) > 0) {
      pairs++;
      if (pairsThere.has(pairOf(question.stems[i - 1] as number, stem))) foundPairs++;
    }
    if (weight === 0 || !seen.add(stem)) continue;
    words++;
    letters += weight;
    if (!there.has(stem)) continue;
    found++;
    foundLetters += weight;
  }
  if (words === 0) return undefined;
  return {
    words: found / (words + PRIOR.words),
    letters: foundLetters / (letters + PRIOR.letters),
    pairs: foundPairs / (pairs + PRIOR.pairs),
  };
}

/**
 * Whether an answer deals with the last question of the user: the probability that it is an answer to it and not to another
 * one, from the words they share and from what the question lets expect (a year, a number, a list). A score for comparison over
 * time, never a flag: a right answer to "write a poem" shares no word with it. The expectations know English only. Skips a call
 * without a question, and a question of function words alone.
 */
export const relevance: Evaluator = {
  name: 'relevance',
  bad: 'low',
  evaluate({ facts, text }: EvaluatorInput): Evaluation {
    if (facts.choice < 0) return { skipped: 'no_output' };
    const asked = lastUserText(text);
    if (asked.trim() === '') return { skipped: 'no_input' };
    const question = contentWords(asked, readParts(asked, QUESTION));
    const overlap = overlapOf(question, facts.stemHashes);
    if (overlap === undefined) return { skipped: 'too_short' };
    let logOdds = WEIGHTS.bias + overlap.words * WEIGHTS.words + overlap.letters * WEIGHTS.letters;
    logOdds += overlap.pairs * WEIGHTS.pairs;
    for (const { met, weight } of expectationsOf(question)) logOdds += met(facts) ? weight : -weight;
    return { score: logistic(logOdds), flagged: false };
  },
};
