import { showValue } from './errors.js';
import { fieldsOf } from './fields.js';
import type { TokenClass } from './labels.js';

/**
 * The base address of an OpenAI-compatible endpoint, as its clients take it (with `/v1`), or what is wrong with it. A problem
 * never shows a password.
 */
export function readEndpoint(text: string): URL | { readonly problem: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    // What is no address may still be one with a slip in it, and hold a password or a key.
    const given = /[@?#]/.test(text) ? 'is no such address (it is not shown)' : `is ${showValue(text)}`;
    return { problem: `${given}; expected an address like http://127.0.0.1:8080/v1` };
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return { problem: 'holds a user, a password, a query or a fragment; expected none' };
  return url;
}

/** Whether a text may be a key in a header: printable ASCII without blanks. */
export function isApiKey(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** Where chat completions are asked for. */
export function completionsUrl(endpoint: URL): URL {
  return new URL(`${endpoint.pathname.replace(/(?<!\/)\/+$/, '')}/chat/completions`, endpoint);
}

/** Tokens of a reply by exclusive class. */
export type CompletionTokens = { readonly [C in TokenClass]?: number };

/** What a chat completion says. */
export interface Completion {
  /** The words of the first choice; empty where it only calls a tool. */
  readonly output: string;
  readonly finishReason?: string;
  /** Absent where the reply has no usable count. */
  readonly tokens?: CompletionTokens;
}

/** What a chat completion says; undefined where it is none. */
export function readCompletion(parsed: unknown): Completion | undefined {
  const { choices, usage } = fieldsOf(parsed);
  const choice = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
  const { content, refusal } = fieldsOf(choice['message']);
  const parts = Array.isArray(content)
    ? content.map(part => fieldsOf(part)['text']).filter(text => typeof text === 'string')
    : [];
  const said = typeof content === 'string' ? content : parts.length > 0 ? parts.join('') : refusal;
  // A call of a tool alone is an answer without words.
  if (typeof said !== 'string' && choice['message'] === undefined) return undefined;
  const finish = choice['finish_reason'];
  const tokens = readTokens(usage);
  return {
    output: typeof said === 'string' ? said : '',
    ...(typeof finish === 'string' ? { finishReason: finish } : {}),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

function readTokens(usage: unknown): CompletionTokens | undefined {
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } = fieldsOf(usage);
  const input = count(prompt_tokens);
  const output = count(completion_tokens);
  if (input === undefined || output === undefined) return undefined;
  // No chat is without a token: servers that do not count say 0, and a budget must not take it for nothing.
  if (input + output === 0) return undefined;
  const cached = Math.min(input, count(fieldsOf(prompt_tokens_details)['cached_tokens']) ?? 0);
  const reasoning = Math.min(output, count(fieldsOf(completion_tokens_details)['reasoning_tokens']) ?? 0);
  return {
    input_uncached: input - cached,
    output: output - reasoning,
    ...(cached > 0 ? { cache_read: cached } : {}),
    ...(reasoning > 0 ? { reasoning } : {}),
  };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1e9 ? value : undefined;
}
