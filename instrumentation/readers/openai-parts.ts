import { type Fields, fieldsOf, itemsOf, textOf } from '../../core/fields.js';
import type { Message, Modality, Part } from './content.js';

const MIME = /^[a-z]{1,20}\/[a-z0-9.+-]{1,80}$/i;
const WORD = /^[a-z][a-z0-9_.-]{0,63}$/i;

/** A word of the wire format that may stand in content; nothing longer or stranger, which might be text. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && WORD.test(value) ? value : undefined;
}

/** Bytes in the place they had in a message. @param data base 64, or a `data:` address with its kind */
export function omitted(modality: Modality, data: unknown, mime?: string): Part {
  const text = typeof data === 'string' ? data : '';
  const start = text.startsWith('data:') ? text.indexOf(',') + 1 : 0;
  const told = start > 0 ? text.slice(5, Math.min(start - 1, 120)).split(';')[0] : mime;
  return {
    type: 'omitted',
    modality,
    ...(told !== undefined && MIME.test(told) ? { mime_type: told } : {}),
    ...(text.length > start ? { size: Math.floor(((text.length - start) * 3) / 4) } : {}),
  };
}

/** A file that stands elsewhere, or in the message itself. */
function file(modality: Modality, url: unknown, id: unknown): Part {
  const address = textOf(url);
  if (address !== undefined)
    return /^https?:/i.test(address) ? { type: 'uri', modality, uri: address } : omitted(modality, address);
  const known = textOf(id);
  return known === undefined ? { type: 'omitted', modality } : { type: 'file', modality, file_id: known };
}

/** What a command of a shell printed. */
function printed(item: Fields): string | undefined {
  const out = textOf(item['stdout']);
  const error = textOf(item['stderr']);
  return out === undefined || error === undefined ? (out ?? error) : `${out}\n${error}`;
}

function partOf(value: unknown): Part {
  const item = fieldsOf(value);
  switch (item['type']) {
    case 'image_url':
      return file('image', textOf(item['image_url']) ?? fieldsOf(item['image_url'])['url'], undefined);
    case 'input_image':
      return file('image', item['image_url'], item['file_id']);
    case 'input_audio': {
      const audio = fieldsOf(item['input_audio']);
      return omitted('audio', audio['data'], `audio/${String(wordOf(audio['format']))}`);
    }
    case 'file':
    case 'input_file': {
      const given = item['type'] === 'file' ? fieldsOf(item['file']) : item;
      const data = textOf(given['file_data']);
      return data === undefined ? file('document', given['file_url'], given['file_id']) : omitted('document', data);
    }
    case 'reasoning_text':
    case 'summary_text':
      return { type: 'reasoning', content: textOf(item['text']) ?? '' };
    default: {
      const text = textOf(item['text']) ?? textOf(item['refusal']) ?? printed(item);
      if (text !== undefined) return { type: 'text', content: text };
      const kind = wordOf(item['type']);
      return kind === undefined ? { type: 'omitted' } : { type: 'omitted', kind };
    }
  }
}

/** The parts of a message's content: a string, or an array of parts. Empty texts are left out. */
export function partsOf(content: unknown): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', content }];
  return itemsOf(content)
    .map(partOf)
    .filter(part => !('content' in part && part.content === ''));
}

/** A call of a tool. @param input its arguments: JSON as text, or free text */
export function toolCall(id: unknown, name: unknown, input: unknown): Part {
  const known = textOf(id);
  return {
    type: 'tool_call',
    ...(known === undefined ? {} : { id: known }),
    name: textOf(name) ?? '',
    ...(input === undefined || input === null ? {} : { arguments: input }),
  };
}

/** What a tool gave back: a string, or parts of which the text counts. */
export function toolResponse(id: unknown, output: unknown): Part {
  const known = textOf(id);
  return {
    type: 'tool_call_response',
    ...(known === undefined ? {} : { id: known }),
    response: typeof output === 'string' ? output : itemsOf(output).length === 0 ? null : partsOf(output),
  };
}

/** What the tools of a request are, of either API: no addresses, headers or credentials of a remote one. */
export function toolsOf(tools: unknown): unknown[] {
  return itemsOf(tools).map(tool => {
    const outer = fieldsOf(tool);
    const given: Fields = { ...fieldsOf(outer[String(outer['type'])]), ...outer };
    const out: Record<string, unknown> = { type: wordOf(outer['type']) ?? 'function' };
    for (const field of ['name', 'description', 'parameters'])
      if (given[field] !== undefined && given[field] !== null) out[field] = given[field];
    return out;
  });
}

/** An answer's message; one that stopped for no known reason stopped for an error. */
export function answer(parts: readonly Part[], finish: string | undefined): Message {
  return { role: 'assistant', parts, finish_reason: finish ?? 'error' };
}
