import { invalidRequest, type Refusal } from './refusal.js';

/** What of a chat completion request the demo's server reads; the rest of OpenAI's fields is accepted and has no effect. */
export interface ChatRequest {
  readonly model: string;
  /** The last message of the user; the model knows one turn and no system text. */
  readonly question: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly logprobs: boolean;
  readonly maxTokens: number;
  readonly temperature: number;
}

const DEFAULT_MAX_TOKENS = 64;

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a message: a string, or the text parts of an array. Undefined for anything else. */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const parts: readonly unknown[] = content;
  const texts = parts.map(part => (isObject(part) && part['type'] === 'text' ? part['text'] : undefined));
  return texts.every(text => typeof text === 'string') ? texts.join('') : undefined;
}

/** Reads one number in a range; the fallback where it is absent. */
function numberIn(body: Fields, field: string, low: number, high: number, fallback: number): number | Refusal {
  const value = body[field] ?? fallback;
  return typeof value === 'number' && value >= low && value <= high
    ? value
    : invalidRequest(`Invalid '${field}': expected a number from ${low} to ${high}.`, field);
}

/** Reads a request body as OpenAI would: the request, or the refusal to send. */
export function readChatRequest(json: string): ChatRequest | Refusal {
  let body: unknown;
  try {
    body = JSON.parse(json);
  } catch {
    return invalidRequest('We could not parse the JSON body of your request.');
  }
  if (!isObject(body)) return invalidRequest('The body of a request is a JSON object.');
  const { model, messages } = body;
  if (typeof model !== 'string' || model === '') return invalidRequest('You must provide a model parameter.', 'model');
  if (!Array.isArray(messages) || messages.length === 0)
    return invalidRequest("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter');
  const asked = (messages as readonly unknown[]).filter(isObject).findLast(message => message['role'] === 'user');
  const question = asked === undefined ? undefined : textOf(asked['content']);
  if (question === undefined) return invalidRequest('No message of role user with text content.', 'messages');
  if ((body['n'] ?? 1) !== 1) return invalidRequest("Invalid 'n': only 1 is supported.", 'n');
  if ((body['top_logprobs'] ?? 0) !== 0)
    return invalidRequest("Invalid 'top_logprobs': only 0 is supported.", 'top_logprobs');
  const limit = body['max_completion_tokens'] === undefined ? 'max_tokens' : 'max_completion_tokens';
  const maxTokens = numberIn(body, limit, 1, 100_000, DEFAULT_MAX_TOKENS);
  if (typeof maxTokens !== 'number') return maxTokens;
  const temperature = numberIn(body, 'temperature', 0, 2, 0);
  if (typeof temperature !== 'number') return temperature;
  const options = body['stream_options'];
  return {
    model,
    question,
    stream: body['stream'] === true,
    includeUsage: isObject(options) && options['include_usage'] === true,
    logprobs: body['logprobs'] === true,
    maxTokens: Math.floor(maxTokens),
    temperature,
  };
}
