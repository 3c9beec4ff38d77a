import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';

/** Characters at which the score is 1: a longer answer scores 1 too. */
const FULL = 100_000;

/**
 * How long an answer is, on a logarithmic scale for drift and anomaly detection: log(1 + characters) / log(1 + 100,000), at
 * most 1; 100 characters are 0.40, 1,000 are 0.60. Neither end is bad; only an answer without a visible character is flagged.
 */
export const responseLength: Evaluator = {
  name: 'response_length',
  bad: 'neither',
  evaluate({ facts, call }: EvaluatorInput): Evaluation {
    if (facts.choice < 0) {
      // A reply that calls tools says nothing, and is whole.
      const acts = call.outcome.kind === 'ok' && call.outcome.finishReasons.includes('tool_call');
      return acts ? { skipped: 'no_output' } : { score: 0, flagged: true, reason: 'empty' };
    }
    return { score: Math.min(1, Math.log1p(facts.length) / Math.log1p(FULL)), flagged: false };
  },
};
