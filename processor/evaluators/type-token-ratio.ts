import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';

const MIN_WORDS = 10;

/**
 * How varied the words of an answer are: different words / words, 0..1; a character of a script without spaces is a word. It
 * falls with the length of a text (0.8 at 50 words, 0.5 at 500), so it is for comparison over time, never a flag. Skips fewer
 * than 10 words.
 */
export const typeTokenRatio: Evaluator = {
  name: 'type_token_ratio',
  bad: 'neither',
  evaluate({ facts }: EvaluatorInput): Evaluation {
    if (facts.choice < 0) return { skipped: 'no_output' };
    if (facts.words < MIN_WORDS) return { skipped: 'too_short' };
    return { score: facts.distinctWords / facts.words, flagged: false };
  },
};
