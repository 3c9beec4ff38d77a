import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';

/** A token that the model was not all but sure of. */
const SURE = Math.log(0.99);
/** What each such token adds to the doubt, whatever its probability. */
const UNSURE_TOKEN = 0.1;
/** How much more the first token counts than those after the third; between them it falls with the square root of the position. */
const EARLY = 2;
/** Only the most doubtful tokens count: the many sure ones of a long answer would hide them in a mean, and pile up in a sum. */
const MOST_DOUBTFUL = 32;
/** From this token on all count alike, so that the least probable are the most doubtful, and only of these is the doubt worked out. */
const EVEN = 4;

/** The lowest logarithms so far, in ascending order; for one call at a time. */
const lowest = new Float64Array(MOST_DOUBTFUL);

/** @returns how many are kept now */
function keepLowest(logprob: number, kept: number): number {
  const count = Math.min(kept + 1, MOST_DOUBTFUL);
  let at = count - 1;
  for (; at > 0 && (lowest[at - 1] as number) > logprob; at--) lowest[at] = lowest[at - 1] as number;
  lowest[at] = logprob;
  return count;
}

function doubtOf(logprob: number, weight: number): number {
  return (1 - Math.exp(logprob) + (logprob < SURE ? UNSURE_TOKEN : 0)) * weight;
}

/**
 * How sure a model was of its own answer, from the probabilities of its tokens: 1 / (1 + doubt), where the doubt is the number
 * of tokens that another draw would be expected to change, plus 0.1 for each token below 0.99, of the 32 most doubtful tokens.
 * The first three count for more (2, 1.41 and 1.15 times): they decide what can follow. 1 = sure of every token; 0.5 = one token
 * open. A score for comparison over time, never a flag: what a sure model says may be wrong. Values that are not
 * numbers are left out, those above 0 count as sure. Skips a call whose reply has no probabilities.
 */
export const confidence: Evaluator = {
  name: 'confidence',
  bad: 'low',
  evaluate({ text }: EvaluatorInput): Evaluation {
    const { logprobs } = text;
    const length = logprobs?.length ?? 0;
    const early: number[] = [];
    let known = 0;
    let kept = 0;
    for (let i = 0; i < length; i++) {
      const logprob = logprobs?.[i] as number;
      if (Number.isNaN(logprob)) continue;
      known++;
      if (logprob >= 0) continue;
      if (known < EVEN) early.push(doubtOf(logprob, EARLY / Math.sqrt(known)));
      else if (kept < MOST_DOUBTFUL || logprob < (lowest[kept - 1] as number)) kept = keepLowest(logprob, kept);
    }
    if (known === 0) return { skipped: 'not_reported' };
    // The least probable first: all but the early ones are in order already.
    const doubts: number[] = [];
    for (let i = 0; i < kept; i++) doubts.push(doubtOf(lowest[i] as number, 1));
    for (const each of early) {
      const place = doubts.findIndex(other => other < each);
      doubts.splice(place < 0 ? doubts.length : place, 0, each);
    }
    let doubt = 0;
    for (let i = 0; i < Math.min(MOST_DOUBTFUL, doubts.length); i++) doubt += doubts[i] as number;
    return { score: 1 / (1 + doubt), flagged: false };
  },
};
