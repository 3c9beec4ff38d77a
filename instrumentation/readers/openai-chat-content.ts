import { type Fields, fieldsOf, itemsOf, numberOf, textOf } from '../../core/fields.js';
import { type ContentReader, grown, type Message, type Part } from './content.js';
import { finishReason, roleOf } from './openai-chat.js';
import { answer, omitted, partsOf, toolCall, toolResponse, toolsOf } from './openai-parts.js';

/** No request asks for more choices, no message calls more tools; a wild index may not make an array of that length. */
const MAX_INDEX = 128;

const reasoningOf = (message: Fields): string | undefined =>
  textOf(message['reasoning_content']) ?? textOf(message['reasoning']);

function toolCalls(message: Fields): Part[] {
  const parts = itemsOf(message['tool_calls']).map(item => {
    const call = fieldsOf(item);
    const custom = fieldsOf(call['custom']);
    const called = fieldsOf(call['function']);
    return call['type'] === 'custom'
      ? toolCall(call['id'], custom['name'], custom['input'])
      : toolCall(call['id'], called['name'], called['arguments']);
  });
  const old = fieldsOf(message['function_call']);
  if (old['name'] !== undefined) parts.push(toolCall(undefined, old['name'], old['arguments']));
  return parts;
}

function assistantParts(message: Fields): Part[] {
  const reasoning = reasoningOf(message);
  const refusal = textOf(message['refusal']);
  const audio = fieldsOf(message['audio']);
  const said = textOf(audio['transcript']);
  return [
    ...(reasoning === undefined ? [] : [{ type: 'reasoning', content: reasoning } as const]),
    ...partsOf(message['content']),
    ...(refusal === undefined ? [] : [{ type: 'text', content: refusal } as const]),
    ...(said === undefined ? [] : [{ type: 'text', content: said } as const]),
    ...(audio['id'] === undefined && audio['data'] === undefined ? [] : [omitted('audio', audio['data'])]),
    ...toolCalls(message),
  ];
}

function messageOf(item: unknown): Message {
  const message = fieldsOf(item);
  const role = roleOf(message['role']);
  const name = textOf(message['name']);
  const named = name === undefined ? {} : { name };
  if (role === 'tool') return { role, ...named, parts: [toolResponse(message['tool_call_id'], message['content'])] };
  return { role, ...named, parts: role === 'assistant' ? assistantParts(message) : partsOf(message['content']) };
}

const finishOf = (reason: unknown): string | undefined =>
  typeof reason === 'string' && reason !== '' ? finishReason(reason) : undefined;

interface StreamedCall {
  id: string | undefined;
  name: string;
  arguments: string;
}

interface StreamedChoice {
  reasoning: string;
  content: string;
  refusal: string;
  transcript: string;
  audio: number;
  readonly calls: StreamedCall[];
  finish: string | undefined;
}

export type ChatContentState = StreamedChoice[];

function grow(choice: StreamedChoice, delta: Fields): void {
  choice.reasoning = grown(choice.reasoning, reasoningOf(delta) ?? '');
  choice.content = grown(choice.content, textOf(delta['content']) ?? '');
  choice.refusal = grown(choice.refusal, textOf(delta['refusal']) ?? '');
  const audio = fieldsOf(delta['audio']);
  choice.transcript = grown(choice.transcript, textOf(audio['transcript']) ?? '');
  choice.audio += textOf(audio['data'])?.length ?? 0;
  const old = delta['function_call'];
  const pieces = itemsOf(delta['tool_calls']);
  for (const item of old === undefined || old === null ? pieces : [...pieces, { function: old }]) {
    const piece = fieldsOf(item);
    const index = numberOf(piece['index']) ?? 0;
    if (!Number.isInteger(index) || index < 0 || index >= MAX_INDEX) continue;
    while (choice.calls.length <= index) choice.calls.push({ id: undefined, name: '', arguments: '' });
    const call = choice.calls[index] as StreamedCall;
    const custom = fieldsOf(piece['custom']);
    const called = fieldsOf(piece['function']);
    call.id ??= textOf(piece['id']);
    call.name = grown(call.name, textOf(called['name']) ?? textOf(custom['name']) ?? '');
    call.arguments = grown(call.arguments, textOf(called['arguments']) ?? textOf(custom['input']) ?? '');
  }
}

function streamed(choice: StreamedChoice): Message {
  const text = (type: 'text' | 'reasoning', content: string): Part[] => (content === '' ? [] : [{ type, content }]);
  return answer(
    [
      ...text('reasoning', choice.reasoning),
      ...text('text', choice.content),
      ...text('text', choice.refusal),
      ...text('text', choice.transcript),
      ...(choice.audio === 0
        ? []
        : [{ type: 'omitted', modality: 'audio', size: Math.floor((choice.audio * 3) / 4) } as const]),
      ...choice.calls.map(call => toolCall(call.id, call.name, call.arguments)),
    ],
    choice.finish,
  );
}

/** The words of chat completions. */
export const openaiChatContent: ContentReader<ChatContentState> = {
  readInput(request) {
    const body = fieldsOf(request);
    const functions = itemsOf(body['functions']).map(given => ({ type: 'function', function: given }));
    return {
      system: [],
      messages: itemsOf(body['messages']).map(messageOf),
      tools: toolsOf([...itemsOf(body['tools']), ...functions]),
    };
  },

  readOutput: response =>
    itemsOf(fieldsOf(response)['choices']).map(item => {
      const choice = fieldsOf(item);
      return answer(assistantParts(fieldsOf(choice['message'])), finishOf(choice['finish_reason']));
    }),

  foldChunk(state = [], chunk) {
    for (const item of itemsOf(fieldsOf(chunk)['choices'])) {
      const piece = fieldsOf(item);
      const index = numberOf(piece['index']) ?? 0;
      if (!Number.isInteger(index) || index < 0 || index >= MAX_INDEX) continue;
      while (state.length <= index)
        state.push({
          reasoning: '',
          content: '',
          refusal: '',
          transcript: '',
          audio: 0,
          calls: [],
          finish: undefined,
        });
      const choice = state[index] as StreamedChoice;
      grow(choice, fieldsOf(piece['delta']));
      choice.finish = finishOf(piece['finish_reason']) ?? choice.finish;
    }
    return state;
  },

  finish: (state = []) => state.map(streamed),
};
