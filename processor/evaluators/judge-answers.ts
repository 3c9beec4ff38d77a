import type { Evaluation, EvaluatorInput } from './evaluator.js';
import { evaluationOf, type Found } from './finder.js';
import { type PlainText, plainText } from './plain-text.js';
import { readParts, type TextFacts } from './scan.js';

/** How many answers of a call are looked at besides the first. */
const MORE_CHOICES = 7;

/**
 * What is found in the answers of a call, each read as far as a scan does. Spans are those of the first choice with words; what
 * is only in another one flags the call without a span. Skips a call without a visible character.
 * @param find gets what a scan tells of the text where there was one
 * @param kinds all kinds that may be found, the worst first
 */
export function judgeAnswers(
  { facts, text }: EvaluatorInput,
  find: (plain: PlainText, facts?: TextFacts) => readonly Found[],
  kinds: readonly string[],
): Evaluation {
  if (facts.choice < 0) return { skipped: 'no_output' };
  const found = find(facts.plain, facts);
  const own = evaluationOf(found, kinds);
  const more = text.output
    .slice(facts.choice + 1, facts.choice + 1 + MORE_CHOICES)
    .flatMap(output => find(plainText(output, readParts(output))));
  if (more.length === 0) return own;
  const { spans: _, ...all } = evaluationOf([...found, ...more], kinds);
  return own.spans === undefined ? all : { ...all, spans: own.spans };
}
