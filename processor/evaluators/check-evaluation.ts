import { MonitorError } from '../../core/errors.js';
import { refusePromise } from '../refuse-promise.js';
import { type Evaluation, SKIP_REASONS, type SkipReason } from './evaluator.js';

const WORD = /^[a-z][a-z0-9_]{0,63}$/;
const OTHER = 'other';

/**
 * What an evaluator gave, as an evaluation whose words may become labels: a `skipped` that is not in the closed list and a
 * `reason` that is no word (lower case, digits and _, at most 64) are `other`.
 * @throws MonitorError INVALID_ARGUMENT for a promise, for what is no evaluation, and for a score outside 0..1 or NaN
 */
export function checkEvaluation(name: string, given: unknown): Evaluation {
  refusePromise(`evaluator ${name}`, given);
  if (typeof given !== 'object' || given === null) fail(name, typeof given);
  if ('skipped' in given) {
    const known = (SKIP_REASONS as readonly unknown[]).includes(given.skipped);
    return known ? (given as Evaluation) : { skipped: OTHER satisfies SkipReason };
  }
  const { score, flagged, reason, spans } = given as {
    readonly [K in 'score' | 'flagged' | 'reason' | 'spans']?: unknown;
  };
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) fail(name, `a score of ${showNumber(score)}`);
  if (typeof flagged !== 'boolean') fail(name, `flagged of type ${typeof flagged}`);
  const worded = reason === undefined || (typeof reason === 'string' && WORD.test(reason));
  if (worded && (spans === undefined || Array.isArray(spans))) return given as Evaluation;
  return {
    score,
    flagged,
    ...(reason === undefined ? {} : { reason: worded ? (reason as string) : OTHER }),
    ...(Array.isArray(spans) ? { spans } : {}),
  };
}

/** A number as it is, of anything else the type: it may be words of a user. */
function showNumber(value: unknown): string {
  return typeof value === 'number' ? String(value) : `type ${typeof value}`;
}

function fail(name: string, got: string): never {
  throw new MonitorError(
    'INVALID_ARGUMENT',
    `evaluator ${name} gave ${got}; expected { score: 0..1, flagged: true or false } or { skipped }`,
  );
}
