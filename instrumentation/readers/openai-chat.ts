import type { MessageText } from '../../core/content.js';
import { type Fields, fieldsOf, itemsOf, numberOf, textOf, textsOf } from '../../core/fields.js';
import type { FinishReason } from '../../core/labels.js';
import { readErrorBody, readOpenAIError } from './openai-error.js';
import { usageIn } from './openai-usage.js';
import { MALFORMED, type ResponseFacts, type UsageFacts, type WireReader } from './wire-reader.js';

const ROLES: Readonly<Record<string, MessageText['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
};
const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_call',
  function_call: 'tool_call',
  content_filter: 'content_filter',
};
/** No request asks for more choices; a wild index may not make an array of that length. */
const MAX_CHOICES = 128;

/** A finish reason of chat in the small list of ours; anything new is `other`. */
export function finishReason(word: string): FinishReason {
  return Object.hasOwn(REASONS, word) ? (REASONS[word] as FinishReason) : 'other';
}

/** The text of a message: a string, or its text parts one below the other. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  let text = '';
  for (const item of itemsOf(content)) {
    const words = textOf(fieldsOf(item)['text']);
    if (words !== undefined) text = text === '' ? words : `${text}\n${words}`;
  }
  return text;
}

export function roleOf(role: unknown): MessageText['role'] {
  return typeof role === 'string' && Object.hasOwn(ROLES, role) ? (ROLES[role] as MessageText['role']) : 'user';
}

/** Appends the log probabilities of a choice's tokens. @returns the list, made on first need */
export function gatherLogprobs(content: unknown, into: number[] | undefined): number[] | undefined {
  let out = into;
  for (const token of itemsOf(content)) {
    const value = numberOf(fieldsOf(token)['logprob']);
    if (value === undefined) continue;
    out ??= [];
    out.push(value);
  }
  return out;
}

/** Characters of the arguments of tool calls, whole or in pieces. */
function toolLength(message: Fields): number {
  let length = textOf(fieldsOf(message['function_call'])['arguments'])?.length ?? 0;
  for (const call of itemsOf(message['tool_calls']))
    length += textOf(fieldsOf(fieldsOf(call)['function'])['arguments'])?.length ?? 0;
  return length;
}

/** Characters of the thinking that compatible servers send beside the answer. */
function reasoningLength(message: Fields): number {
  return (textOf(message['reasoning_content']) ?? textOf(message['reasoning']))?.length ?? 0;
}

/** What a stream of chat chunks has said so far. */
export interface ChatState {
  id: string | undefined;
  model: string | undefined;
  serviceTier: string | undefined;
  fingerprint: string | undefined;
  usage: UsageFacts | undefined;
  failure: ResponseFacts['failure'];
  /** By choice; a hole where a choice has not stopped. */
  readonly reasons: (string | undefined)[];
  readonly output: string[];
  logprobs: number[] | undefined;
  outputLength: number;
}

function newState(): ChatState {
  return {
    id: undefined,
    model: undefined,
    serviceTier: undefined,
    fingerprint: undefined,
    usage: undefined,
    failure: undefined,
    reasons: [],
    output: [],
    logprobs: undefined,
    outputLength: 0,
  };
}

/** The wire format of chat completions. @see https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: WireReader<ChatState> = {
  readRequest(request) {
    const body = fieldsOf(request);
    const format = fieldsOf(body['response_format'])['type'];
    const modalities = textsOf(body['modalities']);
    // Each field is named: a spread with overrides costs four times as much, on every call.
    return {
      model: textOf(body['model']),
      stream: body['stream'] === true,
      outputType:
        format === 'json_object' || format === 'json_schema'
          ? 'json'
          : format === 'text' || modalities?.length === 1
            ? 'text'
            : undefined,
      maxTokens: numberOf(body['max_completion_tokens']) ?? numberOf(body['max_tokens']),
      temperature: numberOf(body['temperature']),
      topP: numberOf(body['top_p']),
      frequencyPenalty: numberOf(body['frequency_penalty']),
      presencePenalty: numberOf(body['presence_penalty']),
      seed: numberOf(body['seed']),
      choiceCount: numberOf(body['n']),
      stop: textsOf(body['stop']),
      reasoningLevel: textOf(body['reasoning_effort']),
      previousResponseId: undefined,
      conversationId: undefined,
      serviceTier: textOf(body['service_tier']),
      encodingFormat: undefined,
      dimensions: undefined,
    };
  },

  readText(request) {
    const messages: MessageText[] = [];
    for (const item of itemsOf(fieldsOf(request)['messages'])) {
      const message = fieldsOf(item);
      const text = contentText(message['content']);
      if (text !== '') messages.push({ role: roleOf(message['role']), text });
    }
    return messages;
  },

  readResponse(response, words) {
    const answer = fieldsOf(response);
    const choices = answer['choices'];
    const reasons: string[] = [];
    const output: string[] = [];
    let outputLength = 0;
    for (const item of itemsOf(choices)) {
      const choice = fieldsOf(item);
      const message = fieldsOf(choice['message']);
      const reason = textOf(choice['finish_reason']);
      if (reason !== undefined) reasons.push(reason);
      const text = contentText(message['content']) || (textOf(message['refusal']) ?? '');
      outputLength += text.length + toolLength(message) + reasoningLength(message);
      if (words) output.push(text);
    }
    const first = words ? fieldsOf(fieldsOf(itemsOf(choices)[0])['logprobs'])['content'] : undefined;
    return {
      id: textOf(answer['id']),
      model: textOf(answer['model']),
      serviceTier: textOf(answer['service_tier']),
      fingerprint: textOf(answer['system_fingerprint']),
      reasons,
      finishReasons: reasons.map(finishReason),
      usage: usageIn(answer),
      output,
      logprobs: gatherLogprobs(first, undefined),
      outputLength,
      failure: Array.isArray(choices)
        ? undefined
        : typeof answer['error'] === 'object' && answer['error'] !== null
          ? readErrorBody(answer['error'])
          : MALFORMED,
    };
  },

  readError: readOpenAIError,

  foldChunk(state = newState(), chunk, words) {
    const piece = fieldsOf(chunk);
    const choices = piece['choices'];
    if (!Array.isArray(choices)) {
      if (typeof piece['error'] === 'object' && piece['error'] !== null) state.failure = readErrorBody(piece['error']);
    } else {
      for (const item of choices) {
        const choice = fieldsOf(item);
        const index = numberOf(choice['index']) ?? 0;
        if (!Number.isInteger(index) || index < 0 || index >= MAX_CHOICES) continue;
        const delta = fieldsOf(choice['delta']);
        const text = textOf(delta['content']) ?? textOf(delta['refusal']) ?? '';
        state.outputLength += text.length + toolLength(delta) + reasoningLength(delta);
        while (state.output.length <= index) state.output.push('');
        if (words && text !== '') state.output[index] += text;
        if (words && index === 0 && choice['logprobs'] !== undefined && choice['logprobs'] !== null)
          state.logprobs = gatherLogprobs(fieldsOf(choice['logprobs'])['content'], state.logprobs);
        const reason = textOf(choice['finish_reason']);
        if (reason !== undefined) state.reasons[index] = reason;
      }
    }
    state.id ??= textOf(piece['id']);
    state.model ??= textOf(piece['model']);
    state.serviceTier ??= textOf(piece['service_tier']);
    state.fingerprint ??= textOf(piece['system_fingerprint']);
    state.usage = usageIn(piece) ?? state.usage;
    return state;
  },

  finish(state) {
    if (state === undefined) return openaiChat.readResponse(undefined, false);
    const reasons = state.reasons.filter(reason => reason !== undefined);
    return {
      id: state.id,
      model: state.model,
      serviceTier: state.serviceTier,
      fingerprint: state.fingerprint,
      reasons,
      finishReasons: reasons.map(finishReason),
      usage: state.usage,
      output: state.output,
      logprobs: state.logprobs,
      outputLength: state.outputLength,
      // Chunks that held neither a choice nor a count nor a name are not chunks of an answer.
      failure:
        state.failure ??
        (state.output.length === 0 && state.usage === undefined && state.id === undefined ? MALFORMED : undefined),
    };
  },
};
