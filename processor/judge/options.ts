import type { Clock } from '../../core/clock.js';
import { MonitorError, showValue } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { isApiKey, readEndpoint } from '../../core/openai-endpoint.js';
import type { JudgeBudget } from './budget.js';
import { DEFAULT_TEMPLATE, PARTS, PLACEHOLDER, type PromptMessage, type PromptOptions } from './prompt.js';
import type { Scale } from './verdict.js';

/** A chat completion as a judge asks for it, with the fields of `body`: the client of an SDK takes it as it is. */
export interface JudgeRequest {
  model: string;
  messages: PromptMessage[];
}

/** Asks a model; what it resolves to is a chat completion, as the clients of OpenAI give it. */
export type AskJudge = (request: JudgeRequest, options: { readonly signal: AbortSignal }) => Promise<unknown>;

export interface JudgeOptions {
  /** Becomes the label `evaluator`; `judge` if absent. */
  readonly name?: string;
  /** Base address of an OpenAI-compatible server, with `/v1`. */
  readonly endpoint?: string;
  /** Instead of an endpoint: `(request, options) => client.chat.completions.create(request, options)`. */
  readonly ask?: AskJudge;
  readonly model: string;
  /** The key, or the environment variable that holds it. It is in no log, error or state. */
  readonly apiKey?: string | { readonly env: string };
  /** What to score, in a sentence or some: "the answer is correct, and says so where it does not know". */
  readonly criteria: string;
  /** How the material is laid out: a text with `{{answer}}`, and `{{question}}` (the last of the user) or `{{conversation}}`. */
  readonly prompt?: string;
  /** 1 to 5 if absent; becomes 0..1. */
  readonly scale?: Scale;
  /** Words that the judge may give as its reason; `other` is always one. */
  readonly reasons?: readonly string[];
  /** Which end is bad; `low` if absent. */
  readonly bad?: 'low' | 'high';
  /** 0..1; a score on the bad side of it is flagged. 0.5 if absent. */
  readonly threshold?: number;
  /** Share of the calls that are judged, 0..1. */
  readonly sample: number;
  /** 20 calls a minute if absent. Each process has its own, and starts anew with it. */
  readonly budget?: JudgeBudget;
  /** US dollars per million tokens; the built-in list price of the model if absent. */
  readonly price?: { readonly input: number; readonly output: number };
  /** Whose prices apply (`gen_ai.provider.name`), where the address does not say so. */
  readonly provider?: string;
  /** Milliseconds; 30,000 if absent. */
  readonly timeout?: number;
  /** Judgements at a time; 2 if absent. */
  readonly concurrency?: number;
  /** False sends the text as it is; otherwise personal data and credentials of a checkable form are masked. */
  readonly redact?: boolean;
  /** Characters of each part that are sent, its beginning and its end; 12,000 if absent. */
  readonly maxCharacters?: number;
  /** Further fields of the request; `{ temperature: 0, max_tokens: 200 }` if absent. */
  readonly body?: Readonly<Record<string, Json>>;
  readonly clock?: Clock;
}

export interface JudgeSettings {
  readonly prompt: PromptOptions;
  readonly bad: 'low' | 'high';
  readonly threshold: number;
  readonly budget: JudgeBudget;
  readonly body: Readonly<Record<string, Json>>;
  /** Tokens that an answer may have. */
  readonly maxOutput: number;
  readonly endpoint: URL | undefined;
  readonly apiKey: string | undefined;
}

const REASONS = ['good', 'incorrect', 'incomplete', 'off_topic', 'unsupported', 'unclear', 'unsafe'] as const;
const BODY: Readonly<Record<string, Json>> = { temperature: 0, max_tokens: 200 };
const BUDGET: JudgeBudget = { callsPerMinute: 20 };
const WORD = /^[a-z][a-z0-9_]{0,63}$/;

function fail(what: string, problem: string): never {
  throw new MonitorError('CONFIG_INVALID', `${what} of a judge ${problem}`);
}

function number(what: string, given: unknown, least: number, most: number): number {
  if (typeof given === 'number' && given >= least && given <= most) return given;
  return fail(what, `is ${showValue(given)}; expected a number from ${least} to ${most}`);
}

/**
 * What a judge was told, checked.
 * @throws MonitorError CONFIG_INVALID that names the option; a key is never shown
 */
export function readJudgeOptions(options: JudgeOptions): JudgeSettings {
  const { model, criteria, prompt = DEFAULT_TEMPLATE, bad = 'low', redact = true, body = BODY, ask } = options;
  if (typeof model !== 'string' || model === '') fail('model', `is ${showValue(model)}; expected its name`);
  if (typeof criteria !== 'string' || criteria.trim() === '')
    fail('criteria', `is ${showValue(criteria)}; expected what to score, in words`);
  if (bad !== 'low' && bad !== 'high') fail('bad', `is ${showValue(bad)}; expected low or high`);
  if (typeof redact !== 'boolean') fail('redact', `is ${showValue(redact)}; expected true or false`);
  if ((options.endpoint === undefined) === (ask === undefined))
    fail('endpoint', 'or ask is missing, or both are given; expected one of them');
  if (ask !== undefined && typeof ask !== 'function') fail('ask', `is of type ${typeof ask}; expected a function`);
  number('sample', options.sample, 0, 1);
  return {
    prompt: {
      criteria: criteria.trim(),
      template: templateOf(prompt),
      scale: scaleOf(options.scale ?? { min: 1, max: 5 }),
      reasons: reasonsOf(options.reasons ?? REASONS),
      redact,
      maxCharacters: number('maxCharacters', options.maxCharacters ?? 12_000, 100, 1_000_000),
    },
    bad,
    threshold: number('threshold', options.threshold ?? 0.5, 0, 1),
    budget: budgetOf(options.budget ?? BUDGET),
    body,
    maxOutput: number('max_tokens', body['max_completion_tokens'] ?? body['max_tokens'] ?? 1000, 1, 1_000_000),
    endpoint: endpointOf(options.endpoint),
    apiKey: keyOf(options.apiKey),
  };
}

function templateOf(prompt: unknown): string {
  if (typeof prompt !== 'string') return fail('prompt', `is of type ${typeof prompt}; expected a text`);
  const named = [...prompt.matchAll(PLACEHOLDER)].map(([, name]) => name as string);
  const unknown = named.find(name => !(PARTS as readonly string[]).includes(name));
  const accepted = PARTS.map(part => `{{${part}}}`).join(', ');
  if (unknown !== undefined) fail('prompt', `has {{${unknown}}}; known are ${accepted}`);
  if (!named.includes('answer')) fail('prompt', 'has no {{answer}}; without it there is nothing to score');
  return prompt;
}

function scaleOf({ min, max }: Scale): Scale {
  number('scale.min', min, -1000, 1000);
  number('scale.max', max, -1000, 1000);
  return min < max ? { min, max } : fail('scale', `is from ${min} to ${max}; expected min below max`);
}

function reasonsOf(reasons: readonly string[]): readonly string[] {
  const fine = Array.isArray(reasons) && reasons.length <= 30 && reasons.every(word => WORD.test(word));
  if (!fine) fail('reasons', 'are not usable; expected at most 30 words of lower case letters, digits and _');
  return [...new Set([...reasons, 'other'])];
}

function budgetOf(budget: JudgeBudget): JudgeBudget {
  const known = ['callsPerMinute', 'tokensPerDay', 'usdPerDay'] as const;
  const unknown = Object.keys(budget).find(key => !(known as readonly string[]).includes(key));
  if (unknown !== undefined || known.every(key => budget[key] === undefined))
    fail('budget', `is ${showValue(budget)}; expected ${known.join(', ')}, at least one`);
  for (const key of known) if (budget[key] !== undefined) number(`budget.${key}`, budget[key], 0, 1e12);
  return budget;
}

function endpointOf(endpoint: string | undefined): URL | undefined {
  if (endpoint === undefined) return undefined;
  const read = readEndpoint(String(endpoint));
  return read instanceof URL ? read : fail('endpoint', read.problem);
}

function keyOf(given: JudgeOptions['apiKey']): string | undefined {
  if (given === undefined) return undefined;
  const name = typeof given === 'object' ? given.env : undefined;
  const key = typeof given === 'object' ? process.env[given.env]?.trim() : given.trim();
  const where = name === undefined ? 'apiKey' : `apiKey in ${name}`;
  if (key === undefined || key === '') fail(where, 'is empty; expected a key');
  return isApiKey(key) ? key : fail(where, 'has characters that no key has (its value is not shown)');
}
