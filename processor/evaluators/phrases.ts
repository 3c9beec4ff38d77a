import { PhraseMatcher } from './phrase-matcher.js';
import { REFUSAL_PHRASES } from './refusal-phrases.js';

let matcher: PhraseMatcher | undefined;

/** One matcher for the phrases of all built-in evaluators, compiled at the first use. Group names are unique over all lists. */
export function builtInPhrases(): PhraseMatcher {
  matcher ??= new PhraseMatcher({ ...REFUSAL_PHRASES });
  return matcher;
}
