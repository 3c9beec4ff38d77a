import { phraseTables } from '../evaluator-weights.js';
import { compilePhrases } from './phrase-compiler.js';
import { PhraseMatcher } from './phrase-matcher.js';
import { REFUSAL_PHRASES } from './refusal-phrases.js';

/** The phrases of all built-in evaluators. Group names are unique over all lists. */
export const BUILT_IN_PHRASES = REFUSAL_PHRASES;

let matcher: PhraseMatcher | undefined;

/** One matcher for the phrases of all built-in evaluators, from the file that comes with them; compiled where that cannot be read. */
export function builtInPhrases(): PhraseMatcher {
  matcher ??= read() ?? new PhraseMatcher(compilePhrases(BUILT_IN_PHRASES), Object.keys(BUILT_IN_PHRASES));
  return matcher;
}

function read(): PhraseMatcher | undefined {
  const bytes = phraseTables();
  if (bytes instanceof Error) return undefined;
  try {
    return new PhraseMatcher(bytes, Object.keys(BUILT_IN_PHRASES));
  } catch {
    return undefined;
  }
}
