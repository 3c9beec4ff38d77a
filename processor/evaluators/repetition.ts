import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';

/** The share of a text from which a stretch that repeats itself is a loop, and how often it must repeat. */
const SHARE = 0.25;
const ROUNDS = 3;
const RUN = 40;

/**
 * Whether a model has fallen into a loop. The score grows with the share of the answer that repeats what stood just before;
 * tables, JSON, code and songs repeat a form, not their words, and stay low. Skips an answer without words.
 */
export const repetition: Evaluator = {
  name: 'repetition',
  bad: 'high',
  evaluate({ facts }: EvaluatorInput): Evaluation {
    if (facts.choice < 0) return { skipped: 'no_output' };
    const { loop, longestRun } = facts;
    if (longestRun.length >= RUN) {
      const span = { start: longestRun.start, end: longestRun.start + longestRun.length, kind: 'character_run' };
      return { score: 1, flagged: true, reason: 'character_run', spans: [span] };
    }
    if (loop === undefined || loop.slips > 0) return { score: 0, flagged: false };
    const share = (loop.words - loop.period) / facts.words;
    const rounds = loop.words / loop.period;
    const flagged = share >= SHARE && rounds >= ROUNDS;
    const score = flagged ? 0.5 + share / 2 : Math.min(0.49, share / 2);
    if (!flagged) return { score, flagged };
    return { score, flagged, reason: 'loop', spans: [{ start: loop.start, end: loop.end, kind: 'loop' }] };
  },
};
