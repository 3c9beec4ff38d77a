import { lastUserText } from '../../core/content.js';
import { contentWords, pairOf } from './content-words.js';
import type { Evaluation, Evaluator, EvaluatorInput, TextSpan } from './evaluator.js';
import { readParts, type ScanLimits } from './scan.js';

/** How much of the context and of the answer is read, in UTF-16 units. */
const CONTEXT: ScanLimits = { head: 32_768, tail: 8192 };
const MAX_SPANS = 32;

/** What a missing part of each kind takes from the score, as a power: all words missing leaves 0, all names a half. */
const POWERS = { words: 1, pairs: 0.35, numbers: 0.5, names: 0.5 };
const NEGATED = 0.75;

const NUMBER = /\d{1,12}(?:[.,:/]\d{1,6}){0,3}/g;
/** A capital inside a sentence. */
const NAME = /(?<=[\p{Ll}\p{N},;:'"’”)\]] )\p{Lu}[\p{L}\p{M}'’-]{1,40}/gu;
const NEGATION =
  /\b(?:not|no|never|none|cannot|without|neither|nor|(?:is|are|was|were|do|does|did|ca|could|wo|would|should|has|have|had)n['’]t)\b/i;

interface Share {
  readonly found: number;
  readonly all: number;
}

const shareOf = ({ found, all }: Share): number => (all === 0 ? 1 : found / all);

function parts(text: string): string {
  return readParts(text, CONTEXT)
    .map(([from, to]) => text.slice(from, to))
    .join('\n');
}

/** Tools and the system prompt bring what an answer may lean on. */
function contextOf(input: EvaluatorInput['text']['input']): string {
  return parts(
    input
      .filter(({ role }) => role === 'tool' || role === 'system')
      .map(({ text }) => text)
      .join('\n'),
  );
}

/** Words and pairs of neighbours of the answer that the context or the question has. */
function words(answer: string, context: string, question: string): { readonly words: Share; readonly pairs: Share } {
  const there = new Set<number>();
  const pairsThere = new Set<number>();
  for (const text of [context, question]) {
    const { stems, weights, length } = contentWords(text, [[0, text.length]]);
    let last: number | undefined;
    for (let i = 0; i < length; i++) {
      if (weights[i] === 0) continue;
      const stem = stems[i] as number;
      there.add(stem);
      if (last !== undefined) pairsThere.add(pairOf(last, stem));
      last = stem;
    }
  }
  const { stems, weights, length } = contentWords(answer, [[0, answer.length]]);
  let [found, all, foundPairs, pairs] = [0, 0, 0, 0];
  let last: number | undefined;
  for (let i = 0; i < length; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    const stem = stems[i] as number;
    all += weight;
    if (there.has(stem)) found += weight;
    if (last !== undefined) {
      pairs++;
      if (pairsThere.has(pairOf(last, stem))) foundPairs++;
    }
    last = stem;
  }
  return { words: { found, all }, pairs: { found: foundPairs, all: pairs } };
}

/** Whether a text has a stretch and no letter or digit beside it. */
function has(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    const before = text.charCodeAt(at - 1);
    const behind = text.charCodeAt(at + part.length);
    if (!isDigit(before) && !isDigit(behind)) return true;
  }
  return false;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Numbers and names of the answer, each once, and where those stand that the context does not have. */
function exact(
  answer: string,
  expression: RegExp,
  known: (part: string) => boolean,
  kind: string,
): { readonly share: Share; readonly missing: readonly TextSpan[] } {
  const parts = new Map<string, TextSpan>();
  for (const match of answer.matchAll(expression)) {
    if (parts.has(match[0])) continue;
    parts.set(match[0], { start: match.index, end: match.index + match[0].length, kind });
    if (parts.size === 64) break;
  }
  const missing = [...parts].filter(([part]) => !known(part)).map(([, span]) => span);
  return { share: { found: parts.size - missing.length, all: parts.size }, missing };
}

/**
 * How far the words of an answer come from its context, what tools and the system prompt said: 1 all of them, 0 none. Numbers
 * and names weigh more than other words, and so does a "not" that only one of both has. It compares words, not meaning: a true
 * paraphrase scores low, a false sentence out of the context's words high. `spans` are numbers and names that the context does
 * not have. Flagged where a number or a name is missing and less than half of the words are there. Skips a call without context.
 */
export const lexicalSupport: Evaluator = {
  name: 'lexical_support',
  bad: 'low',
  evaluate({ facts, text }: EvaluatorInput): Evaluation {
    if (facts.choice < 0) return { skipped: 'no_output' };
    const context = contextOf(text.input);
    if (context.trim() === '') return { skipped: 'no_input' };
    const question = parts(lastUserText(text));
    const answer = parts(facts.answer);
    const overlap = words(answer, context, question);
    if (overlap.words.all === 0) return { skipped: 'too_short' };
    const source = `${context}\n${question}`.toLowerCase();
    const numbers = exact(answer, NUMBER, part => has(source, part), 'number');
    const names = exact(answer, NAME, part => source.includes(part.toLowerCase()), 'name');
    let score =
      shareOf(overlap.words) ** POWERS.words *
      ((1 + 3 * shareOf(overlap.pairs)) / 4) ** POWERS.pairs *
      ((1 + shareOf(numbers.share)) / 2) ** (2 * POWERS.numbers) *
      ((1 + shareOf(names.share)) / 2) ** (2 * POWERS.names);
    if (NEGATION.test(answer) !== NEGATION.test(source)) score *= NEGATED;
    const missing = [...numbers.missing, ...names.missing];
    const flagged = missing.length > 0 && shareOf(overlap.words) < 0.5;
    if (missing.length === 0) return { score, flagged };
    return {
      score,
      flagged,
      reason: numbers.missing.length > 0 ? 'number' : 'name',
      spans: missing.slice(0, MAX_SPANS),
    };
  },
};
