import type { Json } from '../../core/json.js';
import { type InputContent, MAX_MESSAGE, type Message, type Part } from '../readers/content.js';
import type { Cleaner, Room, Steps } from './cleaner.js';

/** What was said in a call, as it was on the wire. */
export interface CallContent {
  readonly input: InputContent;
  readonly output: readonly Message[];
}

/** The same in the shapes of the conventions, fit to leave; what is empty is absent. */
export interface RenderedContent {
  readonly system?: Json;
  readonly input?: Json;
  readonly output?: Json;
  readonly tools?: Json;
}

/** Characters of text that all messages of a call keep. */
const MAX_CALL = 256 * 1024;
/** What a message or a part takes of that beside its text. */
const ITEM_SIZE = 64;

/**
 * Cleans the content of a call, in steps. Where there is more than fits, the instructions and the answer come first, then the
 * latest messages; those that are left out are counted in the place of the first.
 */
export function* render({ input, output }: CallContent, cleaner: Cleaner): Steps<RenderedContent> {
  const total: Room = { left: MAX_CALL };
  const system = yield* cleanParts(input.system, cleaner, total, true);
  const answers: Json[] = [];
  for (const message of output) answers.push(yield* cleanMessage(message, cleaner, total));
  const messages: Json[] = [];
  let next = input.messages.length - 1;
  for (; next >= 0 && total.left > 0; next--)
    messages.push(yield* cleanMessage(input.messages[next] as Message, cleaner, total));
  const first = input.messages[0];
  if (next >= 0 && first !== undefined)
    messages.push({ role: first.role, parts: [{ type: 'omitted', messages: next + 1 }] });
  messages.reverse();
  const tools = yield* cleanTools(input.tools, cleaner, total);
  return {
    ...(system.length === 0 ? {} : { system }),
    ...(messages.length === 0 ? {} : { input: messages }),
    ...(answers.length === 0 ? {} : { output: answers }),
    ...(tools.length === 0 ? {} : { tools }),
  };
}

/** @returns what a share of the room may hold; `settle` takes what it used from the whole */
function share(total: Room): Room & { settle(): void } {
  const given = Math.min(MAX_MESSAGE, Math.max(0, total.left));
  return {
    left: given,
    settle() {
      total.left -= given - this.left + ITEM_SIZE;
    },
  };
}

function* cleanTools(tools: readonly unknown[], cleaner: Cleaner, total: Room): Steps<Json[]> {
  const out: Json[] = [];
  for (const tool of tools) {
    if (total.left <= 0) {
      out.push({ type: 'omitted', tools: tools.length - out.length });
      break;
    }
    const room = share(total);
    out.push(yield* cleaner.recurringJson(tool, room));
    room.settle();
  }
  return out;
}

function* cleanMessage(message: Message, cleaner: Cleaner, total: Room): Steps<Json> {
  const parts = yield* cleanParts(message.parts, cleaner, total, message.role === 'system');
  const name = message.name === undefined ? {} : { name: yield* cleaner.text(message.name, { left: 256 }) };
  const { role, finish_reason } = message;
  return { role, ...name, parts, ...(finish_reason === undefined ? {} : { finish_reason }) };
}

function* cleanParts(parts: readonly Part[], cleaner: Cleaner, total: Room, recurring: boolean): Steps<Json[]> {
  const room = share(total);
  const out: Json[] = [];
  for (let i = 0; i < parts.length; i++) {
    room.left -= ITEM_SIZE;
    if (room.left <= 0) {
      out.push({ type: 'omitted', parts: parts.length - i });
      break;
    }
    const part = parts[i] as Part;
    if (part.type !== 'text' && part.type !== 'reasoning') {
      out.push(yield* cleanPart(part, cleaner, room));
      continue;
    }
    // A number may stand across the parts of one text.
    const { type } = part;
    const texts: string[] = [];
    for (; parts[i]?.type === type && (texts.length === 0 || room.left > 0); i++) {
      const { content } = parts[i] as { readonly content: string };
      texts.push(yield* recurring ? cleaner.recurringText(content, room) : cleaner.text(content, room));
    }
    i--;
    for (const content of cleaner.together(texts)) out.push({ type, content });
    yield;
  }
  room.settle();
  return out;
}

type Further = Exclude<Part, { readonly type: 'text' | 'reasoning' }>;

function* cleanPart(part: Further, cleaner: Cleaner, room: Room): Steps<Json> {
  const { type } = part;
  const short = (text: string): Steps<string> => cleaner.text(text, { left: 1024 });
  const id = 'id' in part && part.id !== undefined ? { id: yield* short(part.id) } : {};
  switch (type) {
    case 'tool_call': {
      const name = yield* short(part.name);
      if (part.arguments === undefined) return { type, ...id, name };
      return { type, ...id, name, arguments: yield* cleaner.json(part.arguments, room) };
    }
    case 'tool_call_response':
      return { type, ...id, response: yield* cleaner.json(part.response, room) };
    case 'server_tool_call':
      return {
        type,
        ...id,
        name: yield* short(part.name),
        server_tool_call: yield* cleaner.json(part.server_tool_call, room),
      };
    case 'server_tool_call_response':
      return {
        type,
        ...id,
        server_tool_call_response: yield* cleaner.json(part.server_tool_call_response, room),
      };
    case 'uri':
      return { type, modality: part.modality, uri: cleaner.address(part.uri, room) };
    case 'file':
      return { type, modality: part.modality, file_id: yield* short(part.file_id) };
    case 'omitted':
      return { ...part };
  }
}
