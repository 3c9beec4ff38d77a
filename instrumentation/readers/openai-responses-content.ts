import { type Fields, fieldsOf, itemsOf, numberOf, textOf } from '../../core/fields.js';
import { type ContentReader, grown, type Message, type Part } from './content.js';
import { roleOf } from './openai-chat.js';
import { answer, partsOf, toolCall, toolResponse, toolsOf, wordOf } from './openai-parts.js';
import { finishOf } from './openai-responses.js';

/** An answer has no more items; a wild index may not make an array of that length. */
const MAX_ITEMS = 512;
/** What the tools that the provider runs were told, and what they gave back. */
const TOLD = ['action', 'operation', 'queries', 'query', 'code', 'prompt', 'arguments', 'name'] as const;
const GAVE = ['output', 'outputs', 'results', 'error'] as const;
const REASONING = ['summary', 'content'] as const;

/** The parts of one item of an input or an output. */
function itemParts(item: Fields): Part[] {
  const type = item['type'];
  switch (type) {
    case 'function_call':
      return [toolCall(item['call_id'], item['name'], item['arguments'])];
    case 'custom_tool_call':
      return [toolCall(item['call_id'], item['name'], item['input'])];
    case 'reasoning':
      return REASONING.flatMap(field =>
        itemsOf(item[field]).flatMap(piece => {
          const content = textOf(fieldsOf(piece)['text']);
          return content === undefined ? [] : [{ type: 'reasoning', content } as const];
        }),
      );
    case 'item_reference':
      return [];
    default:
      if (typeof type !== 'string' || type === 'message') return partsOf(item['content']);
      if (type.endsWith('_call_output')) return [toolResponse(item['call_id'], item['output'])];
      return type.endsWith('_call') || type === 'mcp_approval_request' ? serverCall(type, item) : partsOf([item]);
  }
}

function pick(item: Fields, fields: readonly string[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of fields) if (item[field] !== undefined && item[field] !== null) out[field] = item[field];
  return out;
}

function serverCall(itemType: string, item: Fields): Part[] {
  const type = wordOf(itemType) ?? 'other';
  const known = textOf(item['id']);
  const id = known === undefined ? {} : { id: known };
  const gave = pick(item, GAVE);
  return [
    {
      type: 'server_tool_call',
      ...id,
      name: type.replace(/_call$/, ''),
      server_tool_call: { type, ...pick(item, TOLD) },
    },
    ...(Object.keys(gave).length === 0
      ? []
      : [{ type: 'server_tool_call_response', ...id, server_tool_call_response: { type, ...gave } } as const]),
  ];
}

function messageOf(entry: unknown): Message {
  const item = fieldsOf(entry);
  const type = item['type'];
  const role =
    item['role'] !== undefined
      ? roleOf(item['role'])
      : typeof type === 'string' && type.endsWith('_output')
        ? 'tool'
        : 'assistant';
  return { role, parts: itemParts(item) };
}

interface StreamedItem {
  item: Fields;
  /** The item as it was sent when it was done. */
  parts: readonly Part[] | undefined;
  /** By place in the item. */
  readonly texts: Map<number, string>;
  /** What the model thought, and what it gave a tool. */
  reasoning: string;
  input: string;
}

/** What a stream of events has said so far: the items of the answer by place, and all of it from the last event. */
export interface ResponsesContentState {
  readonly items: StreamedItem[];
  whole: readonly Message[];
  finish: string | undefined;
}

const INPUT = new Set(['response.function_call_arguments.delta', 'response.custom_tool_call_input.delta']);
const THOUGHT = new Set(['response.reasoning_text.delta', 'response.reasoning_summary_text.delta']);
const SAID = new Set(['response.output_text.delta', 'response.refusal.delta']);
const LAST = new Set(['response.completed', 'response.incomplete', 'response.failed']);

function streamed({ item, parts, texts, reasoning, input }: StreamedItem): readonly Part[] {
  if (parts !== undefined) return parts;
  if (input !== '' || item['type'] === 'function_call' || item['type'] === 'custom_tool_call')
    return [toolCall(item['call_id'], item['name'], input)];
  const text = (type: 'text' | 'reasoning', content: string): Part[] => (content === '' ? [] : [{ type, content }]);
  return [
    ...text('reasoning', reasoning),
    ...[...texts].sort(([a], [b]) => a - b).flatMap(([, said]) => text('text', said)),
  ];
}

/** The words of the Responses API. All items of an answer are parts of one message. */
export const openaiResponsesContent: ContentReader<ResponsesContentState> = {
  readInput(request) {
    const body = fieldsOf(request);
    const input = body['input'];
    return {
      system: partsOf(body['instructions']),
      messages:
        typeof input === 'string'
          ? [{ role: 'user', parts: partsOf(input) }]
          : itemsOf(input)
              .map(messageOf)
              .filter(message => message.parts.length > 0),
      tools: toolsOf(body['tools']),
    };
  },

  readOutput(response) {
    const given = fieldsOf(response);
    const output = itemsOf(given['output']);
    if (output.length === 0) return [];
    return [
      answer(
        output.flatMap(item => itemParts(fieldsOf(item))),
        finishOf(given),
      ),
    ];
  },

  foldChunk(state = { items: [], whole: [], finish: undefined }, chunk) {
    const event = fieldsOf(chunk);
    const type = String(event['type']);
    if (LAST.has(type)) {
      state.whole = openaiResponsesContent.readOutput(event['response']);
      state.finish = finishOf(fieldsOf(event['response']));
      return state;
    }
    const index = numberOf(event['output_index']);
    if (index === undefined || !Number.isInteger(index) || index < 0 || index >= MAX_ITEMS) return state;
    while (state.items.length <= index)
      state.items.push({ item: {}, parts: undefined, texts: new Map(), reasoning: '', input: '' });
    const entry = state.items[index] as StreamedItem;
    const delta = textOf(event['delta']) ?? '';
    if (type === 'response.output_item.added') entry.item = fieldsOf(event['item']);
    else if (type === 'response.output_item.done') entry.parts = itemParts(fieldsOf(event['item']));
    else if (INPUT.has(type)) entry.input = grown(entry.input, delta);
    else if (THOUGHT.has(type)) entry.reasoning = grown(entry.reasoning, delta);
    else if (SAID.has(type)) {
      const place = numberOf(event['content_index']) ?? 0;
      if (entry.texts.has(place) || entry.texts.size < MAX_ITEMS)
        entry.texts.set(place, grown(entry.texts.get(place) ?? '', delta));
    }
    return state;
  },

  finish(state) {
    if (state === undefined || state.whole.length > 0) return state?.whole ?? [];
    const parts = state.items.flatMap(streamed);
    return parts.length === 0 ? [] : [answer(parts, state.finish)];
  },
};
