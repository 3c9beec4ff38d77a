import { type Fields, fieldsOf } from '../../core/fields.js';
import type { UsageFacts } from './wire-reader.js';

interface UsageNames {
  readonly input: string;
  readonly inputDetails: string;
  readonly output: string;
  readonly outputDetails: string;
}

const CHAT: UsageNames = {
  input: 'prompt_tokens',
  inputDetails: 'prompt_tokens_details',
  output: 'completion_tokens',
  outputDetails: 'completion_tokens_details',
};
const RESPONSES: UsageNames = {
  input: 'input_tokens',
  inputDetails: 'input_tokens_details',
  output: 'output_tokens',
  outputDetails: 'output_tokens_details',
};

/** A part of a total; 0 when the details are there without it, undefined when there are no details at all. */
function part(details: unknown, name: string): unknown {
  if (typeof details !== 'object' || details === null) return undefined;
  return (details as Fields)[name] ?? 0;
}

function read(usage: unknown, names: UsageNames): UsageFacts | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined;
  const given = usage as Fields;
  const inputs = given[names.inputDetails];
  const cacheRead = part(inputs, 'cached_tokens');
  const cacheWrite = part(inputs, 'cache_write_tokens');
  const reasoning = part(given[names.outputDetails], 'reasoning_tokens');
  let clamped = false;
  const rest = (total: unknown, ...parts: unknown[]): unknown => {
    // What is no number stays as it is: cleaning refuses it by name instead of a silent gap here.
    if (typeof total !== 'number') return total ?? undefined;
    let left = total;
    for (const value of parts) if (typeof value === 'number' && value > 0) left -= value;
    if (left >= 0 || total < 0 || Number.isNaN(left)) return total < 0 ? total : left;
    clamped = true;
    return 0;
  };
  const input = rest(given[names.input], cacheRead, cacheWrite);
  const output = rest(given[names.output], reasoning);
  if (input === undefined && output === undefined) return undefined;
  return { input_uncached: input, cache_read: cacheRead, cache_write: cacheWrite, output, reasoning, clamped };
}

/**
 * Usage of chat completions, legacy completions and embeddings onto exclusive classes. `prompt_tokens` includes what was read
 * from and written to a cache, `completion_tokens` includes reasoning; audio and prediction tokens are inside both.
 */
export function readChatUsage(usage: unknown): UsageFacts | undefined {
  return read(usage, CHAT);
}

/** Usage of the Responses API onto exclusive classes; its totals include their parts, as those of chat do. */
export function readResponsesUsage(usage: unknown): UsageFacts | undefined {
  return read(usage, RESPONSES);
}

/** The usage of a chunk or an answer of chat: at its top, or where Groq's streams put it. */
export function usageIn(answer: Fields): UsageFacts | undefined {
  return readChatUsage(answer['usage'] ?? fieldsOf(answer['x_groq'])['usage']);
}
