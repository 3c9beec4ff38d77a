import { OUT_OF_DOMAIN, type Question } from './questions.js';

/** What no known answer looks like. */
export const UNKNOWN_INTENT = 'unknown';

/** Amounts and account names: an answer without them is the form that its intent has. */
const SLOTS = /\d+(\.\d+)?|savings|current|joint|student|business/g;

const form = (answer: string): string => answer.trim().replace(SLOTS, '#');

/**
 * Makes the classifier from an answer's text to the intent it belongs to, out of questions with known answers.
 * @returns a function that gives an intent's name, or `unknown` for a text that is no known answer
 */
export function createIntentOf(questions: readonly Question[]): (answer: string) => string {
  const intents = new Map<string, string>();
  for (const { intent, expected } of questions) {
    if (intent === OUT_OF_DOMAIN) continue;
    for (const answer of expected) intents.set(form(answer), intent);
  }
  return answer => intents.get(form(answer)) ?? UNKNOWN_INTENT;
}
