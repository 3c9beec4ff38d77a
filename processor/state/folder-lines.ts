import type { Json } from '../../core/json.js';
import type { CallIds } from '../truth/call-index.js';
import type { Claim, StoredCall } from './state-store.js';

/** One line of a segment. */
export type Line =
  | { readonly kind: 'call'; readonly call: StoredCall }
  | { readonly kind: 'claim'; readonly claim: Claim }
  /** The first of these that names a call has taken it out. */
  | { readonly kind: 'swept'; readonly callId: string; readonly sweep: string }
  /** No call after this one counts: others are in a later segment. */
  | { readonly kind: 'end' };

/** What is known of a call without reading all of its line. */
export type CallHead = Pick<StoredCall, 'ids' | 'at'>;

/** How many fields the lines of a kind have. */
const FIELDS = { p: 5, c: 4, x: 2 } as const;

type CallLine = [callId: string, at: number, responseId: string | 0, spanId: string | 0, data: Json];

/**
 * A line stands between two line ends, so that one that was cut off spoils no other, and closes with a tab, which JSON never has
 * as such: what closes so was not cut off.
 */
function line(kind: string, content: Json): string {
  return `\n${kind}${JSON.stringify(content)}\t\n`;
}

export function callLine({ ids, at, data }: StoredCall): string {
  return line('p', [ids.callId, at, ids.responseId ?? 0, ids.spanId ?? 0, data] satisfies CallLine);
}

export function claimLine({ callId, task, token, verdict }: Claim): string {
  return line('c', [callId, task, token, verdict]);
}

export function sweptLine(callId: string, sweep: string): string {
  return line('x', [callId, sweep]);
}

export const END_LINE = line('e', []);

/** How the lines of a call begin, behind the letter of their kind. */
export function lineStart(callId: string): string {
  return `[${JSON.stringify(callId)},`;
}

/** How an identifier stands in the line of its call, where it is its response's or its span's. */
export function nameInLine(id: string): string {
  return `,${JSON.stringify(id)},`;
}

/** @returns undefined for an empty line, for what is left of one that was cut off, and for what is no line of ours */
export function readLine(text: string): Line | undefined {
  if (!text.endsWith('\t')) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(text.slice(1));
  } catch {
    return undefined;
  }
  if (!Array.isArray(content)) return undefined;
  if (text[0] === 'e') return { kind: 'end' };
  if (typeof content[0] !== 'string' || content.length !== FIELDS[text[0] as keyof typeof FIELDS]) return undefined;
  if (text[0] === 'p') return { kind: 'call', call: callOf(content as CallLine) };
  if (text[0] === 'x') return { kind: 'swept', callId: content[0], sweep: content[1] as string };
  const [callId, task, token, verdict] = content as [string, string, string, Json];
  return { kind: 'claim', claim: { callId, task, token, verdict } };
}

/** The plain case of a call's line, as far as its data. */
const HEAD = /^p\["([^"\\]*)",(\d+(?:\.\d+)?),(?:"([^"\\]*)"|0),(?:"([^"\\]*)"|0),/;

/** A call's line without its data, in a fifth of the time of `readLine`. @returns undefined for any other line */
export function readHead(text: string): CallHead | undefined {
  if (text[0] !== 'p' || !text.endsWith('\t')) return undefined;
  const found = HEAD.exec(text);
  if (found === null) {
    const whole = readLine(text);
    return whole?.kind === 'call' ? whole.call : undefined;
  }
  const [, callId = '', at, responseId, spanId] = found;
  return { ids: idsOf(callId, responseId, spanId), at: Number(at) };
}

function callOf([callId, at, responseId, spanId, data]: CallLine): StoredCall {
  return { ids: idsOf(callId, responseId === 0 ? undefined : responseId, spanId === 0 ? undefined : spanId), at, data };
}

function idsOf(callId: string, responseId: string | undefined, spanId: string | undefined): CallIds {
  const ids: { -readonly [K in keyof CallIds]: CallIds[K] } = { callId };
  if (responseId !== undefined) ids.responseId = responseId;
  if (spanId !== undefined) ids.spanId = spanId;
  return ids;
}
