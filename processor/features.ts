import { inputTokens, type LlmCall, outputTokens } from '../core/call.js';
import type { ErrorType } from '../core/labels.js';
import type { Contexts, FeatureScale } from './detectors/context-normaliser.js';
import type { Scope } from './detectors/nearby.js';
import { type Evaluations, scoreOf } from './evaluators/evaluator.js';

/** What the call itself does not say. */
export interface CallExtras {
  /** USD; undefined = no price is known, never 0 for that. */
  readonly cost?: number | undefined;
  /** Characters of the answer; undefined = its text was not seen. */
  readonly characters?: number | undefined;
  /** USD that such a call of this model usually costs; undefined or NaN = not known. */
  readonly expectedCost?: number | undefined;
}

interface Facts {
  readonly call: LlmCall;
  readonly evaluations: Evaluations;
  readonly cost: number;
  readonly expectedCost: number;
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
const FACTOR = { kind: 'measure', spread: 0.5, least: 0.05 } as const;
/** A ratio that hardly varies. */
const FIXED = { kind: 'measure', spread: 0.2, least: 0.02 } as const;
const SHARE = { kind: 'measure', spread: 0.1, least: 0.02 } as const;
const RATE = { kind: 'rate', harm: 'high' } as const;
/** One token, one character: keeps the logarithm of a ratio finite for an empty answer. */
const ONE = 1;
/** USD below which two costs are alike: many price tables round there. */
const LEAST_COST = 1e-7;
/** Seconds below which two paces are alike. */
const LEAST_STRETCH = 0.002;

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

/** Whether a call failed in one of these ways. An abort is the caller's choice, neither a failure nor a success of the model. */
function failedBy(...types: readonly ErrorType[]): FeatureDef['read'] {
  return ({ call: { outcome } }) =>
    outcome.kind === 'aborted' ? Number.NaN : yes(outcome.kind === 'error' && types.includes(outcome.errorType));
}

/** Seconds of what took time until the end, or until a limit; those of a call that was refused at once say nothing. */
function seconds({ call }: Facts): number {
  const { outcome, duration } = call;
  return outcome.kind === 'ok' || (outcome.kind === 'error' && outcome.errorType === 'timeout')
    ? positive(duration)
    : Number.NaN;
}

/** Tokens a second, of the stretch in which they came. */
function pace({ call, output }: Facts): number {
  return log((output + ONE / 2) / (call.duration - (call.timeToFirstChunk ?? 0) + LEAST_STRETCH));
}

/**
 * Every feature of a call: its name (a label value), how its usual values are tracked, and how it is read. Quantities say how
 * much, the ratios say whether quantities that go together still do. A new feature is one row.
 */
const FEATURES = [
  { name: 'latency', scale: { ...FACTOR, by: 'model', harm: 'high' }, read: seconds },
  {
    name: 'first_chunk',
    scale: { ...FACTOR, by: 'model', harm: 'high' },
    read: ({ call }) => positive(call.timeToFirstChunk ?? Number.NaN),
  },
  { name: 'input_tokens', scale: { ...FACTOR, by: 'prompt', harm: 'high' }, read: ({ input }) => log1p(input) },
  { name: 'output_tokens', scale: { ...FACTOR, by: 'prompt', harm: 'both' }, read: ({ output }) => log1p(output) },
  { name: 'tokens_per_second', scale: { ...FACTOR, by: 'model', harm: 'low' }, read: pace },
  {
    name: 'cost_per_token',
    scale: { ...FIXED, by: 'model', harm: 'both' },
    // Against what its tokens should cost: a plain share would move with the mix of input and output.
    read: ({ cost, expectedCost }) => log((cost + LEAST_COST) / (expectedCost + LEAST_COST)),
  },
  {
    name: 'characters_per_token',
    scale: { ...FACTOR, spread: 0.2, by: 'prompt', harm: 'both' },
    read: ({ characters, output }) => log((characters + ONE) / (output + ONE)),
  },
  {
    name: 'cut_off',
    scale: { ...RATE, by: 'prompt' },
    read: ({ call: { outcome } }) =>
      outcome.kind === 'ok' ? yes(outcome.finishReasons.includes('length')) : Number.NaN,
  },
  {
    name: 'filtered',
    scale: { ...RATE, by: 'prompt' },
    read: ({ call: { outcome } }) =>
      outcome.kind === 'ok' ? yes(outcome.finishReasons.includes('content_filter')) : Number.NaN,
  },
  { name: 'rate_limited', scale: { ...RATE, by: 'model' }, read: failedBy('rate_limit', 'overloaded') },
  { name: 'timed_out', scale: { ...RATE, by: 'model' }, read: failedBy('timeout', 'connection') },
  { name: 'server_error', scale: { ...RATE, by: 'model' }, read: failedBy('server', 'malformed_response', 'other') },
  {
    name: 'rejected',
    scale: { ...RATE, by: 'model' },
    read: failedBy('auth', 'permission', 'bad_request', 'not_found', 'context_length', 'content_filter'),
  },
  { name: 'aborted', scale: { ...RATE, by: 'model' }, read: ({ call }) => yes(call.outcome.kind === 'aborted') },
  {
    name: 'retried',
    scale: { ...RATE, by: 'model' },
    read: ({ call: { attempts } }) => (attempts === undefined ? Number.NaN : yes(attempts > 1)),
  },
  { name: 'refusal', scale: { ...RATE, by: 'prompt' }, read: evaluation('refusal') },
  { name: 'repetition', scale: { ...SHARE, by: 'prompt', harm: 'high' }, read: evaluation('repetition') },
  { name: 'variety', scale: { ...SHARE, by: 'prompt', harm: 'both' }, read: evaluation('type_token_ratio') },
  { name: 'pii', scale: { ...RATE, by: 'prompt' }, read: evaluation('pii') },
  { name: 'secrets', scale: { ...RATE, by: 'prompt' }, read: evaluation('secrets') },
  { name: 'injection', scale: { ...RATE, by: 'prompt' }, read: evaluation('prompt_injection') },
  {
    name: 'invalid_json',
    scale: { ...RATE, by: 'prompt' },
    read: ({ evaluations }) => 1 - (scoreOf(evaluations, 'json_validity') ?? Number.NaN),
  },
  { name: 'confidence', scale: { ...SHARE, by: 'prompt', harm: 'low' }, read: evaluation('confidence') },
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
    expectedCost: extras.expectedCost ?? Number.NaN,
    characters: whole ? (extras.characters ?? Number.NaN) : Number.NaN,
    input: inputTokens(call.usage) ?? Number.NaN,
    output: whole ? (outputTokens(call.usage) ?? Number.NaN) : Number.NaN,
  };
  const out = new Float64Array(FEATURES.length);
  for (let f = 0; f < out.length; f++) out[f] = FEATURES[f]!.read(facts);
  return out;
}

/** The name of a template without its version: `answers@3` is one of `answers`. */
function familyOf(template: string): string {
  const at = template.lastIndexOf('@');
  return at > 0 ? template.slice(0, at) : template;
}

/**
 * The contexts of a call, widest first: its operation, then its model or its template (of which a new version starts from what its
 * family knows), then both together. Templates are often made per user or per day, so the wider levels carry those that are new.
 */
export function contextsOf(call: LlmCall): Contexts {
  const { operation, template } = call;
  const model = `${operation}\0m${call.model.requested}`;
  if (template === undefined) return { model: [operation, model], prompt: [operation, model] };
  const family = `${operation}\0f${familyOf(template)}`;
  const both = `${model}\0${template}`;
  return {
    model: [operation, model, `${model}\0f${familyOf(template)}`, both],
    prompt: [operation, family, `${operation}\0t${template}`, both],
  };
}

/** Attributes of a call that are looked at. */
const MAX_ATTRIBUTES = 3;

/** What else may go wrong at once with a call: its model, its kind of prompt, and what the app says of it (`withCallContext`). */
export function scopesOf(call: LlmCall): readonly Scope[] {
  const scopes: Scope[] = [{ kind: 'model', key: `m${call.model.requested}` }];
  if (call.template !== undefined) scopes.push({ kind: 'prompt', key: `p${familyOf(call.template)}` });
  for (const [name, value] of Object.entries(call.context).slice(0, MAX_ATTRIBUTES))
    scopes.push({ kind: 'attribute', key: `a${name}=${value}` });
  return scopes;
}
