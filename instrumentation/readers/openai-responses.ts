import type { MessageText } from '../../core/content.js';
import { type Fields, fieldsOf, itemsOf, numberOf, textOf } from '../../core/fields.js';
import type { FinishReason } from '../../core/labels.js';
import { contentText, gatherLogprobs, roleOf } from './openai-chat.js';
import { readErrorBody, readOpenAIError } from './openai-error.js';
import { readResponsesUsage } from './openai-usage.js';
import { MALFORMED, NO_REQUEST, NO_RESPONSE, type ResponseFacts, type WireReader } from './wire-reader.js';

/** Output items that ask the app to act: the model stopped for a tool of the caller, not one of the provider. */
const CALLER_TOOLS = new Set([
  'function_call',
  'custom_tool_call',
  'computer_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
]);
/** Events whose `delta` is something the model wrote, apart from the answer's text. */
const WRITTEN = new Set([
  'response.function_call_arguments.delta',
  'response.custom_tool_call_input.delta',
  'response.reasoning_text.delta',
  'response.reasoning_summary_text.delta',
]);

/** @returns undefined while the response is not finished */
export function finishOf(answer: Fields): FinishReason | undefined {
  switch (answer['status']) {
    case 'completed':
    case undefined:
      return itemsOf(answer['output']).some(item => CALLER_TOOLS.has(String(fieldsOf(item)['type'])))
        ? 'tool_call'
        : 'stop';
    case 'incomplete': {
      const reason = fieldsOf(answer['incomplete_details'])['reason'];
      return reason === 'max_output_tokens' ? 'length' : reason === 'content_filter' ? 'content_filter' : 'other';
    }
    case 'failed':
    case 'cancelled':
      return 'error';
    default:
      return undefined;
  }
}

function failureOf(answer: Fields): ResponseFacts['failure'] {
  const error = answer['error'];
  if (typeof error === 'object' && error !== null) return readErrorBody(error);
  if (answer['status'] === 'failed') return readErrorBody({ code: 'server_error' });
  return Array.isArray(answer['output']) ? undefined : MALFORMED;
}

/** What a stream of events has said so far. */
export interface ResponsesState {
  output: string;
  outputLength: number;
  logprobs: number[] | undefined;
  id: string | undefined;
  model: string | undefined;
  failure: ResponseFacts['failure'];
  /** The facts of the last event, which holds the whole response. */
  whole: ResponseFacts | undefined;
  events: number;
}

/** The wire format of the Responses API. @see https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: WireReader<ResponsesState> = {
  readRequest(request) {
    const body = fieldsOf(request);
    const format = fieldsOf(fieldsOf(body['text'])['format'])['type'];
    return {
      ...NO_REQUEST,
      model: textOf(body['model']),
      stream: body['stream'] === true,
      outputType:
        format === 'json_object' || format === 'json_schema' ? 'json' : format === 'text' ? 'text' : undefined,
      maxTokens: numberOf(body['max_output_tokens']),
      temperature: numberOf(body['temperature']),
      topP: numberOf(body['top_p']),
      reasoningLevel: textOf(fieldsOf(body['reasoning'])['effort']),
      previousResponseId: textOf(body['previous_response_id']),
      conversationId: textOf(body['conversation']) ?? textOf(fieldsOf(body['conversation'])['id']),
      serviceTier: textOf(body['service_tier']),
    };
  },

  readText(request) {
    const body = fieldsOf(request);
    const messages: MessageText[] = [];
    const say = (role: MessageText['role'], text: string): void => {
      if (text !== '') messages.push({ role, text });
    };
    say('system', contentText(body['instructions']));
    if (typeof body['input'] === 'string') say('user', body['input']);
    for (const entry of itemsOf(body['input'])) {
      const item = fieldsOf(entry);
      if (item['type'] === 'function_call_output') say('tool', contentText(item['output']));
      else if (item['role'] !== undefined) say(roleOf(item['role']), contentText(item['content']));
    }
    return messages;
  },

  readResponse(response, words) {
    const answer = fieldsOf(response);
    let text = '';
    let outputLength = 0;
    let logprobs: number[] | undefined;
    for (const entry of itemsOf(answer['output'])) {
      const item = fieldsOf(entry);
      outputLength += (textOf(item['arguments']) ?? textOf(item['input']))?.length ?? 0;
      if (item['type'] !== 'message') continue;
      for (const piece of itemsOf(item['content'])) {
        const part = fieldsOf(piece);
        const said = textOf(part['text']) ?? textOf(part['refusal']) ?? '';
        outputLength += said.length;
        if (!words) continue;
        text += said;
        logprobs = gatherLogprobs(part['logprobs'], logprobs);
      }
    }
    const failure = failureOf(answer);
    const finish = failure === undefined ? finishOf(answer) : 'error';
    const reasons = finish === undefined ? NO_RESPONSE.finishReasons : [finish];
    return {
      id: textOf(answer['id']),
      model: textOf(answer['model']),
      serviceTier: textOf(answer['service_tier']),
      fingerprint: undefined,
      reasons,
      finishReasons: reasons,
      usage: readResponsesUsage(answer['usage']),
      output: words ? [text] : [],
      logprobs,
      outputLength,
      failure,
    };
  },

  readError: readOpenAIError,

  foldChunk(
    state = {
      output: '',
      outputLength: 0,
      logprobs: undefined,
      id: undefined,
      model: undefined,
      failure: undefined,
      whole: undefined,
      events: 0,
    },
    chunk,
    words,
  ) {
    const event = fieldsOf(chunk);
    const type = event['type'];
    if (typeof type === 'string') state.events++;
    const delta = event['delta'];
    if (type === 'response.output_text.delta' || type === 'response.refusal.delta') {
      if (typeof delta !== 'string') return state;
      state.outputLength += delta.length;
      if (!words) return state;
      state.output += delta;
      state.logprobs = gatherLogprobs(event['logprobs'], state.logprobs);
    } else if (typeof delta === 'string' && WRITTEN.has(String(type))) {
      state.outputLength += delta.length;
    } else if (type === 'response.created' || type === 'response.in_progress' || type === 'response.queued') {
      const answer = fieldsOf(event['response']);
      state.id ??= textOf(answer['id']);
      state.model ??= textOf(answer['model']);
    } else if (type === 'response.completed' || type === 'response.incomplete' || type === 'response.failed') {
      state.whole = openaiResponses.readResponse(event['response'], words && state.output === '');
    } else if (type === 'error') {
      state.failure = readErrorBody(typeof event['error'] === 'object' ? event['error'] : event);
    }
    return state;
  },

  finish(state) {
    if (state === undefined || (state.events === 0 && state.whole === undefined))
      return { ...NO_RESPONSE, failure: MALFORMED };
    const whole = state.whole;
    return {
      ...(whole ?? NO_RESPONSE),
      id: whole?.id ?? state.id,
      model: whole?.model ?? state.model,
      output: state.output === '' ? (whole?.output ?? []) : [state.output],
      logprobs: state.logprobs ?? whole?.logprobs,
      outputLength: Math.max(state.outputLength, whole?.outputLength ?? 0),
      failure: state.failure ?? whole?.failure,
    };
  },
};
