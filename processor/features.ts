import { inputTokens, type LlmCall, outputTokens } from '../core/call.js';
import type { FeatureScale } from './detectors/context-normaliser.js';
import { type Evaluations, scoreOf } from './evaluators/evaluator.js';

/** What the call itself does not say. */
export interface CallExtras {
  /** USD; undefined = no price is known, never 0 for that. */
  readonly cost?: number | undefined;
  /** Characters of the answer; undefined = its text was not seen. */
  readonly characters?: number | undefined;
}

interface Facts {
  readonly call: LlmCall;
  readonly evaluations: Evaluations;
  readonly cost: number;
  readonly characters: number;
  readonly input: number;
  readonly output: number;
}

interface FeatureDef {
  readonly name: string;
  readonly scale: FeatureScale;
  /** NaN = missing. */
  readonly read: (facts: Facts) => number;
}

/** What varies by factors is compared as a logarithm: 0.05 is 5 %. */
const FACTOR: FeatureScale = { kind: 'measure', spread: 0.7, least: 0.05 };
const RATE: FeatureScale = { kind: 'rate' };
/** One token, one character: keeps the logarithm of a ratio finite for an empty answer. */
const ONE = 1;
/** USD below which two costs are alike. */
const LEAST_COST = 1e-9;

const { log, log1p } = Math;

/** The logarithm of a quantity that is positive where it makes sense; NaN else. */
function positive(value: number): number {
  return value > 0 && value < Number.POSITIVE_INFINITY ? log(value) : Number.NaN;
}

/** 1 for yes, 0 for no. */
function yes(fact: boolean): number {
  return fact ? 1 : 0;
}

/** Only an answer can end early or say something odd: what failed or was cut short by the caller has none. */
function answered(call: LlmCall): boolean {
  return call.outcome.kind === 'ok';
}

function evaluation(name: string): FeatureDef['read'] {
  return ({ evaluations }) => scoreOf(evaluations, name) ?? Number.NaN;
}

/**
 * Every feature of a call: its name (a label value), how its usual values are tracked, and how it is read. Quantities say how
 * much, the ratios say whether quantities that go together still do. A new feature is one row.
 */
const FEATURES = [
  { name: 'latency', scale: FACTOR, read: ({ call }) => positive(call.duration) },
  { name: 'first_chunk', scale: FACTOR, read: ({ call }) => positive(call.timeToFirstChunk ?? Number.NaN) },
  { name: 'input_tokens', scale: FACTOR, read: ({ input }) => log1p(input) },
  { name: 'output_tokens', scale: FACTOR, read: ({ output }) => log1p(output) },
  {
    name: 'tokens_per_second',
    scale: FACTOR,
    // Of the stretch in which tokens came; without a first chunk it would only be latency_per_token again.
    read: ({ call, output }) => positive(output / (call.duration - (call.timeToFirstChunk ?? Number.NaN))),
  },
  { name: 'cost', scale: FACTOR, read: ({ cost }) => log(cost + LEAST_COST) },
  { name: 'characters', scale: FACTOR, read: ({ characters }) => log1p(characters) },
  {
    name: 'cut_off',
    scale: RATE,
    read: ({ call: { outcome } }) =>
      outcome.kind === 'ok' ? yes(outcome.finishReasons.includes('length')) : Number.NaN,
  },
  // An abort is the caller's choice, neither a failure nor a success of the model.
  {
    name: 'error',
    scale: RATE,
    read: ({ call: { outcome } }) => (outcome.kind === 'aborted' ? Number.NaN : yes(outcome.kind === 'error')),
  },
  {
    name: 'retries',
    scale: { kind: 'measure', spread: 0.35, least: 0.2 },
    read: ({ call }) => positive(call.attempts ?? Number.NaN),
  },
  { name: 'refusal', scale: RATE, read: evaluation('refusal') },
  { name: 'repetition', scale: RATE, read: evaluation('repetition') },
  { name: 'completion', scale: RATE, read: evaluation('completion_status') },
  {
    name: 'cost_per_token',
    scale: FACTOR,
    read: ({ cost, input, output }) => log((cost + LEAST_COST) / (input + output + ONE)),
  },
  {
    name: 'characters_per_token',
    scale: FACTOR,
    read: ({ characters, output }) => log((characters + ONE) / (output + ONE)),
  },
  { name: 'latency_per_token', scale: FACTOR, read: ({ call, output }) => positive(call.duration / (output + ONE)) },
  { name: 'output_per_input', scale: FACTOR, read: ({ input, output }) => log((output + ONE) / (input + ONE)) },
] as const satisfies readonly FeatureDef[];

export type FeatureName = (typeof FEATURES)[number]['name'];

/** The features of a call, in the order of `toFeatures`. Closed and few: they may be label values. */
export const FEATURE_NAMES: readonly FeatureName[] = FEATURES.map(feature => feature.name);
/** How the usual values of each are tracked. */
export const FEATURE_SCALES: readonly FeatureScale[] = FEATURES.map(feature => feature.scale);

/**
 * The features of a call as numbers, raw: quantities as natural logarithms, facts and evaluator scores as 0..1.
 * @returns one number a feature of FEATURE_NAMES; NaN where the call does not say, never 0 for that
 */
export function toFeatures(call: LlmCall, evaluations: Evaluations, extras: CallExtras = {}): Float64Array {
  // What failed may still report tokens; its answer, if any, is a fragment and no measure of answers.
  const whole = answered(call);
  const facts: Facts = {
    call,
    evaluations,
    cost: extras.cost ?? Number.NaN,
    characters: whole ? (extras.characters ?? Number.NaN) : Number.NaN,
    input: inputTokens(call.usage) ?? Number.NaN,
    output: whole ? (outputTokens(call.usage) ?? Number.NaN) : Number.NaN,
  };
  const out = new Float64Array(FEATURES.length);
  for (let f = 0; f < out.length; f++) out[f] = FEATURES[f]!.read(facts);
  return out;
}

/**
 * The contexts of a call, widest first: its operation, its model within it, its template, if it has one, within that. Templates are often made
 * per user or per day, so the model's own level carries those that are new.
 */
export function contextsOf(call: LlmCall): readonly string[] {
  const model = `${call.operation}\0${call.model.requested}`;
  return call.template === undefined ? [call.operation, model] : [call.operation, model, `${model}\0${call.template}`];
}
