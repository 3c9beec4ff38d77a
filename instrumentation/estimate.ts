/** Characters a token has on average in English prose, with the tokenisers in use. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Tokens of a text whose count nobody reported, rounded up; 0 for an empty text. A rough guess (languages other than English,
 * code and digits take more), which is why every figure made from it is marked as estimated.
 */
export function estimateTokens(characters: number): number {
  return characters > 0 ? Math.ceil(characters / CHARACTERS_PER_TOKEN) : 0;
}
