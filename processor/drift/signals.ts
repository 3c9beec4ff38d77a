import { inputTokens, type LlmCall, outputTokens } from '../../core/call.js';
import { type Evaluations, scoreOf } from '../evaluators/evaluator.js';
import type { CallExtras } from '../features.js';
import type { ResourceSignal } from './resource-watch.js';

/** What signals are read from. */
export interface DriftFacts {
  readonly call: LlmCall;
  readonly evaluations: Evaluations;
  readonly extras: CallExtras;
}

/** Which calls a value is compared with: those of the same model, template, or both. */
export type BaseContext = 'model' | 'template' | 'model_template';

/** A quantity of an answer whose usual level is tracked; NaN where the call does not say. */
interface LevelDef {
  readonly name: string;
  readonly read: (facts: DriftFacts) => number;
  readonly context: BaseContext;
  /** The change that matters, in the unit of the value: of a logarithm, 0.4 is half as much again. */
  readonly shift: number;
  /** Spread before there is any, and the smallest. */
  readonly start: number;
  readonly least: number;
  /** How much is asked depends on who asks: one sender's habit is learnt apart, and is no change of the app. */
  readonly bySender?: true;
  /** More traffic than ever makes it longer. */
  readonly slows?: true;
}

/** Something that a call has or has not; NaN where it can't be said. */
interface RateDef {
  readonly signal: string;
  readonly read: (facts: DriftFacts) => number;
  /** Share of calls before any is known. */
  readonly start: number;
  /** The change that matters: to so many times the usual rate, and by no less than so much. */
  readonly times: number;
  readonly plus: number;
}

const { log } = Math;
const SLOWER = log(1.8);
const nan = Number.NaN;

function flaggedOf(evaluations: Evaluations, name: string): boolean {
  const evaluation = evaluations.get(name);
  return evaluation !== undefined && 'flagged' in evaluation && evaluation.flagged;
}

const answered = ({ call }: DriftFacts): boolean => call.outcome.kind === 'ok';
/** Whether a call has levels. A refusal is short, quick and alike: it says nothing of answers. */
export const spoke = (facts: DriftFacts): boolean => answered(facts) && !flaggedOf(facts.evaluations, 'refusal');
const positive = (value: number | undefined): number =>
  value !== undefined && value > 0 && value < Number.POSITIVE_INFINITY ? log(value) : nan;
const flagged = (name: string) => (facts: DriftFacts) =>
  answered(facts) && scoreOf(facts.evaluations, name) !== undefined ? +flaggedOf(facts.evaluations, name) : nan;

/** Answers of fewer tokens say nothing of the time a token takes, nor of the characters it has. */
const FEW_TOKENS = 4;

function secondsPerToken({ call }: DriftFacts): number {
  const output = outputTokens(call.usage);
  // An embedding has no answer to take apart: it is as slow as it is.
  if (output === undefined) return positive(call.duration);
  return output < FEW_TOKENS ? nan : positive((call.duration - (call.timeToFirstChunk ?? 0)) / output);
}

function charactersPerToken({ call, extras }: DriftFacts): number {
  const output = outputTokens(call.usage) ?? 0;
  return output < FEW_TOKENS || extras.characters === undefined ? nan : positive(extras.characters / output);
}

// biome-ignore format: one level a line reads as a table
export const LEVELS = [
  { name: 'first_chunk', read: ({ call }) => positive(call.timeToFirstChunk), context: 'model', shift: SLOWER, start: 0.4, least: 0.15, slows: true },
  { name: 'per_token', read: secondsPerToken, context: 'model', shift: SLOWER, start: 0.3, least: 0.15, slows: true },
  { name: 'input_tokens', read: ({ call }) => positive(inputTokens(call.usage)), context: 'template', shift: log(2), start: 0.7, least: 0.1, bySender: true },
  { name: 'cost', read: ({ extras }) => positive(extras.cost), context: 'model_template', shift: log(2), start: 0.7, least: 0.1, bySender: true },
  { name: 'output_tokens', read: ({ call }) => positive(outputTokens(call.usage)), context: 'model_template', shift: log(1.6), start: 0.6, least: 0.1 },
  { name: 'variety', read: ({ evaluations }) => scoreOf(evaluations, 'type_token_ratio') ?? nan, context: 'model_template', shift: 0.06, start: 0.06, least: 0.03 },
  { name: 'characters_per_token', read: charactersPerToken, context: 'model_template', shift: log(1.15), start: 0.15, least: 0.05 },
] as const satisfies readonly LevelDef[];

export type LevelName = (typeof LEVELS)[number]['name'];

const errorType = ({ call: { outcome } }: DriftFacts) => (outcome.kind === 'error' ? outcome.errorType : undefined);

/** Cut short from outside: by a deadline, or by a caller who would wait no longer. */
const cutShort = (facts: DriftFacts): boolean =>
  errorType(facts) === 'timeout' || facts.call.outcome.kind === 'aborted';

// biome-ignore format: one rate a line reads as a table
export const RATES = [
  { signal: 'errors', read: facts => +(errorType(facts) !== undefined && !cutShort(facts)), start: 0.006, times: 3, plus: 0.06 },
  { signal: 'timeouts', read: facts => +cutShort(facts), start: 0.003, times: 4, plus: 0.05 },
  { signal: 'refusals', read: flagged('refusal'), start: 0.01, times: 3, plus: 0.08 },
  { signal: 'repetition', read: flagged('repetition'), start: 0.01, times: 4, plus: 0.06 },
  { signal: 'pii', read: flagged('pii'), start: 0.003, times: 4, plus: 0.05 },
] as const satisfies readonly RateDef[];

export type RateSignal = (typeof RATES)[number]['signal'];

/** One test of a signal: its evidence is the sum of those of its levels. */
interface LevelTestDef {
  readonly signal: string;
  readonly direction: 'up' | 'down';
  readonly levels: readonly LevelName[];
  /** The change that matters to this test, in shifts of its levels; 1 if absent. */
  readonly shifts?: number;
}

// biome-ignore format: one test a line reads as a table
export const LEVEL_TESTS = [
  { signal: 'latency', direction: 'up', levels: ['first_chunk', 'per_token'] },
  { signal: 'time_to_first_chunk', direction: 'up', levels: ['first_chunk'], shifts: 1.6 },
  { signal: 'input_tokens', direction: 'up', levels: ['input_tokens'] },
  { signal: 'cost', direction: 'up', levels: ['cost'] },
  { signal: 'output_tokens', direction: 'up', levels: ['output_tokens'] },
  { signal: 'output_tokens', direction: 'down', levels: ['output_tokens'] },
] as const satisfies readonly LevelTestDef[];

/** How a model writes; another one under the same name differs in some of it. The last three are of the text itself. */
export const STYLE: readonly LevelName[] = ['per_token', 'output_tokens', 'variety', 'characters_per_token'];

export type DriftSignal =
  | RateSignal
  | (typeof LEVEL_TESTS)[number]['signal']
  | 'behaviour'
  | 'accuracy'
  | ResourceSignal;

/**
 * What makes a signal move as a consequence: while one of these is active, the signal is shown but tells nobody, as somebody was
 * told already.
 */
export const EXPLAINED_BY: { readonly [S in DriftSignal]?: readonly DriftSignal[] } = {
  time_to_first_chunk: ['latency'],
  latency: ['time_to_first_chunk'],
  input_tokens: ['cost'],
  cost: ['input_tokens', 'repetition', 'output_tokens'],
  output_tokens: ['repetition', 'refusals', 'behaviour'],
  behaviour: ['repetition', 'refusals', 'latency'],
  accuracy: ['behaviour', 'repetition', 'refusals'],
};
