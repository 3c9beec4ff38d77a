import type { LlmCall } from '../../core/call.js';
import type { CallText } from '../../core/content.js';
import type { TextFacts } from './scan.js';

/** A part of an evaluated text, in UTF-16 units of the original: [start, end). Stays inside the process. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

export type Evaluation =
  | {
      /** 0..1; the evaluator's `bad` says which end is bad. */
      readonly score: number;
      readonly flagged: boolean;
      /** A word from a closed list of the evaluator: it may become a label or a log field. */
      readonly reason?: string;
      readonly spans?: readonly TextSpan[];
    }
  | { readonly skipped: SkipReason };

/**
 * Why an evaluator could not score a call: `threw` also for what was no evaluation, `other` for a word that is not here. Of one
 * that runs beside the app, `error` means that it failed itself, and the last five that it was not asked or not waited for.
 */
export const SKIP_REASONS = [
  'no_text',
  'no_output',
  'no_input',
  'aborted',
  'error',
  'too_short',
  'too_long',
  'script',
  'not_asked',
  'not_reported',
  'not_ready',
  'missing_peer',
  'operation',
  'threw',
  'other',
  'timeout',
  'budget',
  'sampled_out',
  'queue_full',
  'shutdown',
] as const;
/** Closed, so that it may be a label. */
export type SkipReason = (typeof SKIP_REASONS)[number];

/** What an evaluator sees: one scan of the call's words, shared by all evaluators, and the call itself. */
export interface EvaluatorInput {
  readonly facts: TextFacts;
  readonly text: CallText;
  readonly call: LlmCall;
  /** Hears of what an evaluator can do without and still scores, such as a file of weights that cannot be read. */
  readonly report?: OnEvaluatorError;
}

/** Hears of an evaluator that threw and so scored nothing, or that reported what it had to do without. The others score on. */
export type OnEvaluatorError = (evaluator: string, error: unknown) => void;

/**
 * Scores the text of a call in process. Pure, deterministic and total: no clock, no locale, no randomness; linear in the
 * (bounded) length of the text; never throws on odd input, but skips with a reason.
 */
export interface Evaluator {
  /** Becomes the label `evaluator`: lower case and underscores. */
  readonly name: string;
  /** True only for an `AsyncEvaluator`. */
  readonly async?: false;
  /** Which end of the score is bad. */
  readonly bad: 'high' | 'low' | 'neither';
  evaluate(input: EvaluatorInput): Evaluation;
  /** The same in steps, taken in later turns of the event loop, where a long text would else hold it for milliseconds. */
  evaluateInSteps?(input: EvaluatorInput): Generator<void, Evaluation>;
}

/** The results of all evaluators for one call, by name. */
export type Evaluations = ReadonlyMap<string, Evaluation>;

/** The score of one evaluator; undefined where it skipped or did not run. */
export function scoreOf(evaluations: Evaluations, name: string): number | undefined {
  const found = evaluations.get(name);
  return found === undefined || 'skipped' in found ? undefined : found.score;
}
