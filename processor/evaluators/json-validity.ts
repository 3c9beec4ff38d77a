import { MonitorError } from '../../core/errors.js';
import { configured } from './configured.js';
import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { hasDuplicateKey, type JsonDamage, type LenientValue, readLenient } from './json-lenient.js';

/** A schema as validation libraries offer it to others; only what is used of it. @see https://standardschema.dev */
export interface StandardSchema {
  readonly '~standard': {
    readonly validate: (value: unknown) => { readonly issues?: readonly unknown[] | undefined } | Promise<unknown>;
  };
}

/** Says whether a value is what the app asked for: a Standard Schema, or a function such as a validator that ajv compiled. */
export type JsonSchema = StandardSchema | ((value: unknown) => unknown);

export interface JsonValidityOptions {
  /** What the value must fit; without it any JSON will do. */
  readonly schema?: JsonSchema;
}

/** Longer answers would take the evaluator's thread for too long. */
const MAX_LENGTH = 262_144;
const FENCE = '```';
/** Brackets in words that are looked at for the one that holds the data. */
const MAX_BRACKETS = 256;
/** The reason that is named where several hold. */
const DAMAGES = ['single_quotes', 'python_literal', 'comment', 'trailing_comma'] as const satisfies JsonDamage[];

type Reason = JsonDamage | 'fenced' | 'prose' | 'cut_off' | 'several_values' | 'not_json' | 'schema' | 'duplicate_key';

interface Verdict {
  readonly score: number;
  readonly reason?: Reason;
  readonly value?: unknown;
}

/**
 * Whether an answer is JSON, asked only where the request asked for JSON: 1 it parses, 0.5 one plain step gets it back (a fence
 * or words around it, a comma too many, single quotes, Python's literals, comments), 0 neither, or the schema refuses the value.
 * Below 1 it is flagged. A key that occurs twice parses and is only named (`duplicate_key`). Prose is never mended into JSON.
 * @throws MonitorError INVALID_ARGUMENT when it evaluates and the schema answers with a promise; it cannot be waited for
 */
export function createJsonValidity({ schema }: JsonValidityOptions = {}): Evaluator {
  return configured({
    name: 'json_validity',
    bad: 'low',
    evaluate({ facts, text, call }: EvaluatorInput): Evaluation {
      if (text.jsonRequested !== true) return { skipped: 'not_asked' };
      if (facts.choice < 0) {
        const acts = call.outcome.kind === 'ok' && call.outcome.finishReasons.includes('tool_call');
        return acts ? { skipped: 'no_output' } : { score: 0, flagged: true, reason: 'not_json' };
      }
      if (facts.length > MAX_LENGTH) return { skipped: 'too_long' };
      const verdict = judgeJson(facts.answer);
      const { score, reason } = fits(verdict, schema) ? verdict : { score: 0, reason: 'schema' as const };
      return reason === undefined ? { score, flagged: score < 1 } : { score, flagged: score < 1, reason };
    },
  });
}

/** Any JSON will do. */
export const jsonValidity: Evaluator = createJsonValidity();

function fits(verdict: Verdict, schema: JsonSchema | undefined): boolean {
  if (schema === undefined || verdict.score === 0) return true;
  const result = typeof schema === 'function' ? schema(verdict.value) : schema['~standard'].validate(verdict.value);
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new MonitorError('INVALID_ARGUMENT', 'the schema of json_validity answers with a promise; expected a result');
  }
  if (typeof schema === 'function') return Boolean(result);
  return (result as { readonly issues?: readonly unknown[] }).issues === undefined;
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function judgeJson(answer: string): Verdict {
  const whole = parse(answer);
  if (whole !== undefined) {
    const twice = hasDuplicateKey(answer);
    return twice ? { score: 1, value: whole.value, reason: 'duplicate_key' } : { score: 1, value: whole.value };
  }
  const fenced = insideFence(answer);
  const text = fenced ?? answer;
  const found = onlyValue(text);
  if (typeof found === 'string') return { score: 0, reason: found };
  const first = DAMAGES.find(damage => found.lenient.damage.has(damage));
  return { score: 0.5, value: found.value, reason: first ?? (fenced === undefined ? 'prose' : 'fenced') };
}

/** What the only fence of an answer holds; undefined where there is none, or more than one. */
function insideFence(answer: string): string | undefined {
  const open = answer.indexOf(FENCE);
  if (open < 0) return undefined;
  const line = answer.indexOf('\n', open);
  const close = line < 0 ? -1 : answer.indexOf(FENCE, line);
  if (close < 0 || answer.indexOf(FENCE, close + FENCE.length) >= 0) return undefined;
  return answer.slice(line + 1, close);
}

/** The one value in a text, or why there is none. A bracket that never closes hides what is inside it: a value that was cut. */
function onlyValue(text: string): { readonly lenient: LenientValue; readonly value: unknown } | Reason {
  const bare = /^\s*[[{]/.test(text);
  let found: { readonly lenient: LenientValue; readonly value: unknown } | undefined;
  let seen = 0;
  for (let at = nextBracket(text, 0); at >= 0; ) {
    if (++seen > MAX_BRACKETS) return 'not_json';
    const lenient = readLenient(text, at);
    if (lenient === undefined) return found === undefined ? 'cut_off' : 'several_values';
    const parsed = parse(lenient.strict);
    if (parsed === undefined && bare) return 'not_json';
    if (parsed !== undefined && isData(parsed.value)) {
      if (found !== undefined) return 'several_values';
      found = { lenient, value: parsed.value };
      // What begins with the value and goes on in signs is broken JSON, not JSON with words around it.
      if (bare && /^\s*[^\s\p{L}[{]/u.test(text.slice(lenient.end, lenient.end + 100))) return 'not_json';
    }
    at = nextBracket(text, lenient.end);
  }
  return found ?? 'not_json';
}

function nextBracket(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x7b || unit === 0x5b) return at;
  }
  return -1;
}

/** Whether a bracket in words is data and not a note or a mark: `[1]`, `[2, 3]` and `{}` are not. */
function isData(value: unknown): boolean {
  if (!Array.isArray(value)) return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  return value.some(item => typeof item !== 'number');
}
