import {
  ERROR_TYPES,
  type ErrorType,
  type FinishReason,
  OPERATIONS,
  type Operation,
  type TokenClass,
} from './labels.js';

/** Tokens by exclusive class. A class that the provider does not report is absent; `source` says who counted. */
export type Usage = { readonly [C in TokenClass]?: number } & { readonly source: 'reported' | 'estimated' };

export type Outcome =
  | { readonly kind: 'ok'; readonly finishReasons: readonly FinishReason[] }
  | { readonly kind: 'error'; readonly errorType: ErrorType }
  | { readonly kind: 'aborted'; readonly by: 'caller' | 'abandoned' | 'shutdown' };

/** What the app itself made of the answer: a class, a number or a text, with the probability it gave if it has one. */
export interface Prediction {
  readonly value: string | number | boolean;
  /** Probability of the positive class or of `value`, 0..1. */
  readonly score?: number;
}

/** One finished model call. Frozen; made once, by who saw it, through `cleanCall`. */
export interface LlmCall {
  /** Ours; unique. A label may name it as `call_id`. */
  readonly id: string;
  readonly responseId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  /** `gen_ai.provider.name`. */
  readonly provider: string;
  readonly operation: Operation;
  readonly model: { readonly requested: string; readonly answered?: string };
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Seconds, of the whole operation with its retries. NaN when the clock made no sense. */
  readonly duration: number;
  /** Seconds; only for streams. */
  readonly timeToFirstChunk?: number;
  /** HTTP attempts of the SDK, 1 without a retry, where they can be seen. */
  readonly attempts?: number;
  /** The tier that the provider says it served the call in (`default`, `flex`, `batch` ..), one lower case word: it changes the price. */
  readonly serviceTier?: string;
  /** Undefined = not reported; never 0 for that. */
  readonly usage?: Usage;
  /** Hash of the system text, or the caller's word. */
  readonly template?: string;
  /** Allow-listed attributes of the caller. */
  readonly context: Readonly<Record<string, string>>;
  readonly prediction?: Prediction;
  readonly outcome: Outcome;
}

/** A value that cleaning refused: which field, and why. Both words are bounded and become labels of `self.rejected`. */
export interface Rejection {
  readonly field: string;
  readonly reason:
    | 'not_a_number'
    | 'negative'
    | 'absurd'
    | 'unknown'
    | 'missing'
    | 'too_long'
    | 'duplicate'
    | 'inconsistent'
    | 'not_text';
}

/** What a reader or a foreign span says of a call before anybody checked it. */
export type RawCall = { readonly [K in keyof LlmCall]?: unknown };

export interface CleanCall {
  readonly call: LlmCall;
  readonly rejected: readonly Rejection[];
}

/** Nothing an app waits for takes longer: a duration beyond a day, in seconds, is a clock that jumped. */
const MAX_SECONDS = 86_400;
/** No context window comes near: a count beyond it is a unit error. */
const MAX_TOKENS = 1_000_000_000;
const MAX_ATTEMPTS = 1000;
const MAX_NAME = 256;
const MAX_PREDICTION = 20_000;
/** 1 January 2015; no call to a language model API is older. */
const EARLIEST = 1_420_070_400_000;
const TOKEN_FIELDS = ['input_uncached', 'cache_read', 'cache_write', 'output', 'reasoning'] as const;
const ABORTERS = ['caller', 'abandoned', 'shutdown'] as const;
const FINISH = new Set<string>(['stop', 'length', 'tool_call', 'content_filter', 'error', 'other']);

type Refuse = (field: string, reason: Rejection['reason']) => undefined;

function text(value: unknown, field: string, refuse: Refuse, max = MAX_NAME): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') return refuse(field, 'not_text');
  const clean = value.trim();
  if (clean === '') return undefined;
  return clean.length > max ? refuse(field, 'too_long') : clean;
}

/** One lower case word, as the enumerations of an API have. */
function word(value: unknown, field: string, refuse: Refuse): string | undefined {
  const clean = text(value, field, refuse)?.toLowerCase();
  return clean === undefined || /^[a-z][a-z0-9_.-]{0,31}$/.test(clean) ? clean : refuse(field, 'unknown');
}

function number(value: unknown, field: string, max: number, refuse: Refuse): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return refuse(field, 'not_a_number');
  if (value < 0) return refuse(field, 'negative');
  return value > max ? refuse(field, 'absurd') : value;
}

function usage(raw: unknown, refuse: Refuse): Usage | undefined {
  if (raw === undefined || raw === null) return undefined;
  if (typeof raw !== 'object') return refuse('usage', 'unknown');
  const given = raw as Record<string, unknown>;
  // `source` first: a spread of the counts afterwards made it seven times as dear.
  const out: { [C in TokenClass]?: number } & { readonly source: Usage['source'] } = {
    source: given['source'] === 'estimated' ? 'estimated' : 'reported',
  };
  let any = false;
  for (const field of TOKEN_FIELDS) {
    const count = number(given[field], field, MAX_TOKENS, refuse);
    if (count === undefined) continue;
    if (!Number.isInteger(count)) {
      refuse(field, 'not_a_number');
      continue;
    }
    out[field] = count;
    any = true;
  }
  return any ? Object.freeze(out) : undefined;
}

function outcome(raw: unknown, refuse: Refuse): Outcome {
  const given = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  switch (given['kind']) {
    case 'ok': {
      const reasons = Array.isArray(given['finishReasons']) ? given['finishReasons'] : [];
      const known = reasons.map(reason =>
        FINISH.has(String(reason)) ? (reason as FinishReason) : (refuse('finish_reason', 'unknown') ?? 'other'),
      );
      return { kind: 'ok', finishReasons: Object.freeze(known) };
    }
    case 'error': {
      const type = (ERROR_TYPES as readonly unknown[]).includes(given['errorType'])
        ? (given['errorType'] as ErrorType)
        : (refuse('error_type', 'unknown') ?? 'other');
      return { kind: 'error', errorType: type };
    }
    case 'aborted': {
      const by = ABORTERS.find(name => name === given['by']) ?? refuse('aborted_by', 'unknown') ?? 'caller';
      return { kind: 'aborted', by };
    }
    default:
      refuse('outcome', raw === undefined ? 'missing' : 'unknown');
      return { kind: 'error', errorType: 'other' };
  }
}

function prediction(raw: unknown, refuse: Refuse): Prediction | undefined {
  if (raw === undefined || raw === null) return undefined;
  const given = (typeof raw === 'object' ? raw : { value: raw }) as Record<string, unknown>;
  const value = given['value'];
  if (typeof value !== 'string' && typeof value !== 'boolean' && !(typeof value === 'number' && Number.isFinite(value)))
    return refuse('prediction', 'unknown');
  if (typeof value === 'string' && value.length > MAX_PREDICTION) return refuse('prediction', 'too_long');
  const score = number(given['score'], 'prediction_score', 1, refuse);
  return Object.freeze(score === undefined ? { value } : { value, score });
}

function context(raw: unknown, refuse: Refuse): Readonly<Record<string, string>> {
  if (raw === undefined || raw === null) return EMPTY;
  if (typeof raw !== 'object') return refuse('context', 'unknown') ?? EMPTY;
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(raw)) {
    const clean = text(
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
      'context',
      refuse,
    );
    if (clean !== undefined) out[key] = clean;
  }
  return Object.freeze(out);
}

const EMPTY: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Validates and normalises a call. A value that makes no sense (NaN, negative, absurd, unknown) is left out and named in
 * `rejected`; the rest of the call counts. Never throws.
 * @param raw what was seen; times in milliseconds, durations in seconds
 * @param now milliseconds since the epoch; a start later than it (by a minute) is refused, and `now` taken
 */
export function cleanCall(raw: RawCall, now: number): CleanCall {
  const rejected: Rejection[] = [];
  const refuse: Refuse = (field, reason) => {
    rejected.push({ field, reason });
    return undefined;
  };
  const started = number(raw.startedAt, 'started_at', now + 60_000, refuse);
  const startedAt =
    started !== undefined && started < EARLIEST ? (refuse('started_at', 'absurd') ?? now) : (started ?? now);
  const duration =
    number(raw.duration, 'duration', MAX_SECONDS, refuse) ??
    (raw.duration === undefined ? refuse('duration', 'missing') : undefined) ??
    Number.NaN;
  let firstChunk = number(raw.timeToFirstChunk, 'time_to_first_chunk', MAX_SECONDS, refuse);
  if (firstChunk !== undefined && firstChunk > duration) firstChunk = refuse('time_to_first_chunk', 'inconsistent');
  const attempts = number(raw.attempts, 'attempts', MAX_ATTEMPTS, refuse);
  const operation =
    OPERATIONS.find(name => name === raw.operation) ??
    refuse('operation', raw.operation === undefined ? 'missing' : 'unknown') ??
    'other';
  const model = (typeof raw.model === 'object' && raw.model !== null ? raw.model : {}) as Record<string, unknown>;
  const requested = text(model['requested'], 'model', refuse) ?? 'unknown';
  const answered = text(model['answered'], 'answered_model', refuse);
  const optional = {
    responseId: text(raw.responseId, 'response_id', refuse),
    traceId: text(raw.traceId, 'trace_id', refuse),
    spanId: text(raw.spanId, 'span_id', refuse),
    timeToFirstChunk: firstChunk,
    attempts,
    serviceTier: word(raw.serviceTier, 'service_tier', refuse),
    usage: usage(raw.usage, refuse),
    template: text(raw.template, 'template', refuse),
    prediction: prediction(raw.prediction, refuse),
  };
  const call = {
    id: text(raw.id, 'id', refuse) ?? '',
    provider: (text(raw.provider, 'provider', refuse) ?? 'unknown').toLowerCase(),
    operation,
    model: Object.freeze(answered === undefined ? { requested } : { requested, answered }),
    startedAt,
    duration,
    context: context(raw.context, refuse),
    outcome: Object.freeze(outcome(raw.outcome, refuse)),
    ...present(optional),
  };
  return { call: Object.freeze(call), rejected };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** An object without its undefined fields: with exact optional properties, absent and undefined are not the same. */
export function present<T extends object>(value: T): Present<T> {
  const out: Partial<Record<keyof T, unknown>> = {};
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] !== undefined) out[key] = value[key];
  return out as Present<T>;
}

/** All input tokens of a call: uncached, read from and written to a cache; undefined when none is known. */
export function inputTokens(usage: Usage | undefined): number | undefined {
  if (usage === undefined || (usage.input_uncached ?? usage.cache_read ?? usage.cache_write) === undefined)
    return undefined;
  return (usage.input_uncached ?? 0) + (usage.cache_read ?? 0) + (usage.cache_write ?? 0);
}

/** All output tokens of a call, reasoning included; undefined when none is known. */
export function outputTokens(usage: Usage | undefined): number | undefined {
  if (usage === undefined || (usage.output ?? usage.reasoning) === undefined) return undefined;
  return (usage.output ?? 0) + (usage.reasoning ?? 0);
}
