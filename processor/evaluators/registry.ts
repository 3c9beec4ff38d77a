import type { LlmCall } from '../../core/call.js';
import type { CallText } from '../../core/content.js';
import { MonitorError, showValue } from '../../core/errors.js';
import { language } from '../language-detector.js';
import { advice } from './advice.js';
import { answerScript } from './answer-script.js';
import { type AnyEvaluator, checkAsync, isAsync } from './async-evaluator.js';
import { checkEvaluation } from './check-evaluation.js';
import { completionStatus } from './completion-status.js';
import { confidence } from './confidence.js';
import { isConfigured } from './configured.js';
import { diagnosis } from './diagnosis.js';
import { dosage } from './dosage.js';
import type { Evaluation, Evaluations, Evaluator, EvaluatorInput, OnEvaluatorError, SkipReason } from './evaluator.js';
import { jsonValidity } from './json-validity.js';
import { lexicalSupport } from './lexical-support.js';
import { pii, piiInput } from './pii.js';
import { profanity } from './profanity.js';
import { promise } from './promise.js';
import { promptInjection } from './prompt-injection.js';
import { readability } from './readability.js';
import { refusal } from './refusal.js';
import { relevance } from './relevance.js';
import { repetition } from './repetition.js';
import { requiredDisclaimer } from './required-disclaimer.js';
import { responseLength } from './response-length.js';
import { scanSteps } from './scan.js';
import { secrets } from './secrets.js';
import { finish } from './steps.js';
import { tokenEstimate } from './token-estimate.js';
import { typeTokenRatio } from './type-token-ratio.js';

/** Every evaluator of ours, by name. */
export const EVALUATORS: ReadonlyMap<string, Evaluator> = new Map(
  [
    completionStatus,
    responseLength,
    refusal,
    repetition,
    promptInjection,
    pii,
    piiInput,
    secrets,
    jsonValidity,
    confidence,
    relevance,
    typeTokenRatio,
    readability,
    answerScript,
    tokenEstimate,
    lexicalSupport,
    profanity,
    requiredDisclaimer,
    dosage,
    diagnosis,
    promise,
    advice,
    language,
  ].map(evaluator => [evaluator.name, evaluator]),
);

/** What runs where nothing was chosen. */
export const DEFAULT_EVALUATORS: readonly string[] = [
  'completion_status',
  'response_length',
  'refusal',
  'repetition',
  'prompt_injection',
  'pii',
  'secrets',
  'json_validity',
  'confidence',
  'type_token_ratio',
  'readability',
  'answer_script',
  'token_estimate',
];

/** One word of a selection: a name, `+name`, `-name` or `none`; or a user's own evaluator. */
export type EvaluatorChoice = string | Evaluator;
type AnyChoice = string | AnyEvaluator;

/**
 * The evaluators that a selection names, each once. `name` alone starts from nothing, `+name` and `-name` change the default
 * set (or what stands before them), `none` clears it, a user's own evaluator is added. Words may hold several names with commas.
 * @param selection the default set if absent or empty
 * @param own evaluators of the user, added to what the selection names
 * @throws MonitorError CONFIG_INVALID for a name that is not known, an evaluator of the user that is none, and one whose name
 * another evaluator has, selected or not; one of ours with options takes the place of the one without
 */
export function createEvaluators(
  selection?: string | readonly EvaluatorChoice[],
  own?: readonly Evaluator[],
): readonly Evaluator[];
export function createEvaluators(
  selection?: string | readonly AnyChoice[],
  own?: readonly AnyEvaluator[],
): readonly AnyEvaluator[];
export function createEvaluators(
  selection?: string | readonly AnyChoice[],
  own: readonly AnyEvaluator[] = [],
): readonly AnyEvaluator[] {
  if (!Array.isArray(own))
    throw new MonitorError(
      'CONFIG_INVALID',
      `customEvaluators is of type ${typeof own}; expected an array of evaluators`,
    );
  const given: readonly AnyChoice[] = typeof selection === 'string' ? [selection] : (selection ?? []);
  const words = given
    .flatMap((word): AnyChoice[] => (typeof word === 'string' ? word.split(',').map(part => part.trim()) : [word]))
    .filter(word => word !== '');
  const fromNothing = words.some(word => typeof word === 'string' && word !== 'none' && !/^[+-]/.test(word));
  const chosen = new Map<string, AnyEvaluator>();
  if (!fromNothing) for (const name of DEFAULT_EVALUATORS) chosen.set(name, known(name));
  for (const word of words) {
    if (typeof word !== 'string') add(chosen, word);
    else if (word === 'none') chosen.clear();
    else if (word.startsWith('-')) {
      known(word.slice(1).trim());
      chosen.delete(word.slice(1).trim());
    } else {
      const evaluator = known(word.replace(/^\+\s*/, ''));
      chosen.set(evaluator.name, evaluator);
    }
  }
  for (const evaluator of own) add(chosen, evaluator);
  return [...chosen.values()];
}

function add(chosen: Map<string, AnyEvaluator>, evaluator: AnyEvaluator): void {
  const { name } = checked(evaluator);
  const ours = EVALUATORS.get(name);
  const present = chosen.get(name);
  const replaces = !isAsync(evaluator) && isConfigured(evaluator) && (present ?? ours) === ours;
  const taken = replaces ? undefined : (present ?? ours);
  if (taken !== undefined && taken !== evaluator) fail(`is named ${name}; expected a name that no other has`);
  chosen.set(name, evaluator);
}

function known(name: string): Evaluator {
  const found = EVALUATORS.get(name);
  if (found !== undefined) return found;
  const names = [...EVALUATORS.keys()].join(', ');
  throw new MonitorError(
    'CONFIG_INVALID',
    `evaluator ${showValue(name)} is not known; expected none or some of ${names}`,
  );
}

function checked(evaluator: AnyEvaluator): AnyEvaluator {
  if (typeof evaluator?.evaluate !== 'function')
    fail(`is ${showValue(evaluator)}; expected an object with a name and a function evaluate`);
  const { name } = evaluator;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9_]{0,63}$/.test(name))
    fail(`is named ${showValue(name)}; expected a letter, then letters, digits and _, lower case, at most 64`);
  if (isAsync(evaluator)) checkAsync(evaluator);
  return evaluator;
}

function fail(problem: string): never {
  throw new MonitorError('CONFIG_INVALID', `an evaluator of your own ${problem}`);
}

/** Operations that answer in words. */
const SPEAKS: ReadonlySet<string> = new Set([
  'chat',
  'text_completion',
  'generate_content',
  'invoke_agent',
  'invoke_workflow',
  'other',
]);

/** Why no evaluator can judge a call; undefined if they can. */
export function unscorable(call: LlmCall, text: CallText | undefined): SkipReason | undefined {
  if (call.outcome.kind !== 'ok') return call.outcome.kind;
  if (!SPEAKS.has(call.operation)) return 'operation';
  return text === undefined ? 'no_text' : undefined;
}

/**
 * Scores a call with each evaluator. Never throws: an evaluator that does, or that gives no evaluation, is reported and skipped.
 * @param text undefined where nobody could read the words of the call
 */
export function evaluate(
  evaluators: readonly Evaluator[],
  call: LlmCall,
  text: CallText | undefined,
  onError?: OnEvaluatorError,
): Evaluations {
  return finish(evaluateSteps(evaluators, call, text, onError));
}

/** The same in steps, for who must not take long at a stretch: for the scan, for each evaluator, more for a long text. */
export function* evaluateSteps(
  evaluators: readonly Evaluator[],
  call: LlmCall,
  text: CallText | undefined,
  onError?: OnEvaluatorError,
): Generator<void, Evaluations> {
  const results = new Map<string, Evaluation>();
  if (evaluators.length === 0) return results;
  const skipped = unscorable(call, text);
  if (skipped !== undefined || text === undefined) {
    for (const { name } of evaluators) results.set(name, { skipped: skipped ?? 'no_text' });
    return results;
  }
  const facts = yield* scanSteps(text);
  const input = { facts, text, call, ...(onError === undefined ? {} : { report: onError }) };
  for (const evaluator of evaluators) {
    yield;
    const evaluation =
      evaluator.evaluateInSteps === undefined
        ? guarded(evaluator, input, onError)
        : yield* guardedSteps(evaluator, evaluator.evaluateInSteps, input, onError);
    results.set(evaluator.name, evaluation);
  }
  return results;
}

function guarded(evaluator: Evaluator, input: EvaluatorInput, onError?: OnEvaluatorError): Evaluation {
  try {
    return checkEvaluation(evaluator.name, evaluator.evaluate(input));
  } catch (error) {
    onError?.(evaluator.name, error);
    return { skipped: 'threw' };
  }
}

function* guardedSteps(
  evaluator: Evaluator,
  evaluate: NonNullable<Evaluator['evaluateInSteps']>,
  input: EvaluatorInput,
  onError?: OnEvaluatorError,
): Generator<void, Evaluation> {
  try {
    return checkEvaluation(evaluator.name, yield* evaluate.call(evaluator, input));
  } catch (error) {
    onError?.(evaluator.name, error);
    return { skipped: 'threw' };
  }
}
