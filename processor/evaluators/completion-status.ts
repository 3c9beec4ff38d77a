import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import type { TextFacts } from './scan.js';

/** Whether the words alone look cut off: 1 = whole, 0 = cut. */
function looksWhole(facts: TextFacts): number {
  const { end, fences } = facts;
  if (facts.omitted === 0 && fences % 2 === 1) return 0.1;
  if (/[.!?。！？…:"'”’»`)\]}*>|]/u.test(end.last)) return 0.95;
  if (/[,;([{\-–—=+&]/u.test(end.last)) return 0.05;
  return facts.listLines >= 3 ? 0.6 : 0.2;
}

/**
 * Whether an answer is whole (1) or was cut off (0). The provider's finish reason decides where there is one; only without one
 * the end of the text is judged.
 */
export const completionStatus: Evaluator = {
  name: 'completion_status',
  bad: 'low',
  evaluate({ facts, call }: EvaluatorInput): Evaluation {
    const reasons = call.outcome.kind === 'ok' ? call.outcome.finishReasons : [];
    if (reasons.includes('length')) return { score: 0, flagged: true, reason: 'length' };
    if (reasons.includes('content_filter')) return { score: 0, flagged: true, reason: 'content_filter' };
    if (reasons.some(reason => reason === 'stop' || reason === 'tool_call')) return { score: 1, flagged: false };
    if (facts.words === 0) return { skipped: 'no_output' };
    const score = looksWhole(facts);
    return score < 0.5 ? { score, flagged: true, reason: 'text_ends_early' } : { score, flagged: false };
  },
};
