import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { SCRIPTS, type Script, scriptShares } from './script-shares.js';

/**
 * Which script an answer is written in: `reason` names the dominant one, the score is its share of the letters, 0..1. The
 * cheapest sign that a model changed its language; a score for comparison over time, never a flag. Skips an answer without a
 * letter.
 */
export const answerScript: Evaluator = {
  name: 'answer_script',
  bad: 'neither',
  evaluate({ facts }: EvaluatorInput): Evaluation {
    if (facts.choice < 0) return { skipped: 'no_output' };
    if (facts.nonAscii === 0)
      return /[a-z]/i.test(facts.answer) ? { score: 1, flagged: false, reason: 'latin' } : { skipped: 'no_output' };
    const shares = scriptShares(facts.answer);
    let most: Script = 'latin';
    for (const script of SCRIPTS) if (shares[script] > shares[most]) most = script;
    if (shares[most] === 0) return { skipped: 'no_output' };
    return { score: shares[most], flagged: false, reason: most };
  },
};
