import { lastUserText } from '../../core/content.js';
import { type ContentWords, contentWords, pairOf } from './content-words.js';
import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { logistic } from './linear-model.js';
import { readParts, type ScanLimits, type TextFacts } from './scan.js';

/** How much of a question is read, in UTF-16 units: what is asked stands at its ends. */
const QUESTION: ScanLimits = { head: 2048, tail: 1024 };

/** What a question lets an answer be expected to hold. */
interface Expectation {
  readonly asked: RegExp;
  readonly met: (facts: TextFacts) => boolean;
  /** Log-odds if it is met; as much less if not. */
  readonly weight: number;
}

const YEAR =
  /\b(?:1[0-9]{3}|20[0-9]{2}|january|february|march|april|june|july|august|september|october|november|december|century)\b/i;
const NUMBER_WORD =
  /\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|half|several|hundred|thousand|million|billion)\b/i;
const CAUSE = /\b(?:because|due|since|so that|in order|reasons?|caused?|result)/i;
/** A name inside a sentence. */
const NAME = /[a-z,] [A-Z][a-z]/;

function hasTwoNames(text: string): boolean {
  const first = text.search(NAME);
  return first >= 0 && NAME.test(text.slice(first + 3));
}

// biome-ignore format: one expectation a line reads as a table
const EXPECTATIONS: readonly Expectation[] = [
  { asked: /\b(?:when|what year|which year|what date|how old)\b/i, met: facts => YEAR.test(facts.answer), weight: 1 },
  { asked: /\bhow (?:many|much|long|far|tall|big|large|high|often)\b|\bnumber of\b|\bpercent|\bpopulation\b/i, met: facts => facts.digits > 0 || NUMBER_WORD.test(facts.answer), weight: 0.9 },
  { asked: /\bwho(?:m|se)?\b/i, met: facts => hasTwoNames(facts.answer), weight: 0.35 },
  { asked: /\bwhy\b|\breasons?\b/i, met: facts => CAUSE.test(facts.answer), weight: 1.3 },
  { asked: /\b(?:poem|haiku|acrostic|song|lyrics|verse|rhyme)s?\b/i, met: facts => facts.lines >= 3 && facts.words < facts.lines * 12, weight: 0.3 },
  { asked: /\b(?:list|steps|ways|tips|ideas|examples)\b/i, met: facts => facts.listLines > 0 || facts.symbols > 3, weight: 0.3 },
  { asked: /\b(?:code|program|script|html|python|java|javascript|sql|algorithm)\b/i, met: facts => facts.fences > 0 || /[{};=]/.test(facts.answer), weight: 0.3 },
  { asked: /\b(?:calculate|compute|convert|sum|average|equation|solve)\b|\d/i, met: facts => facts.digits > 0, weight: 0.3 },
];

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

/** How much of a question comes back in an answer; undefined where the question has no word that carries meaning. */
export function overlapOf(question: ContentWords, answer: ContentWords): Overlap | undefined {
  const there = new Set<number>();
  const pairsThere = new Set<number>();
  for (let i = 0; i < answer.length; i++) {
    const stem = answer.stems[i] as number;
    there.add(stem);
    if (i > 0) pairsThere.add(pairOf(answer.stems[i - 1] as number, stem));
  }
  const seen = new Set<number>();
  let [words, found, letters, foundLetters, pairs, foundPairs] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < question.length; i++) {
    const stem = question.stems[i] as number;
    const weight = question.weights[i] as number;
    if (i > 0 && weight + (question.weights[i - 1] as number) > 0) {
      pairs++;
      if (pairsThere.has(pairOf(question.stems[i - 1] as number, stem))) foundPairs++;
    }
    if (weight === 0 || seen.has(stem)) continue;
    seen.add(stem);
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
    const parts = readParts(asked, QUESTION);
    const overlap = overlapOf(contentWords(asked, parts), contentWords(facts.answer, readParts(facts.answer)));
    if (overlap === undefined) return { skipped: 'too_short' };
    const read = parts.map(([from, to]) => asked.slice(from, to)).join('\n');
    let logOdds = WEIGHTS.bias + overlap.words * WEIGHTS.words + overlap.letters * WEIGHTS.letters;
    logOdds += overlap.pairs * WEIGHTS.pairs;
    for (const { asked: pattern, met, weight } of EXPECTATIONS)
      if (pattern.test(read)) logOdds += met(facts) ? weight : -weight;
    return { score: logistic(logOdds), flagged: false };
  },
};
