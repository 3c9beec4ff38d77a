import type { Redaction } from '../../core/content.js';
import type { Json } from '../../core/json.js';
import { MARGIN, MAX_MESSAGE } from '../readers/content.js';
import { withoutBytes } from './bytes.js';
import { Recurring } from './recurring.js';

/** Characters that may still be written; each cleaned value takes its own. */
export interface Room {
  left: number;
}

/** A step of work that can be put off to a later turn. */
export type Steps<T> = Generator<void, T>;

/** What stands at the end of a text that was cut. */
export const CUT = '… [cut]';
/** Of a longer text the rest is not even looked at. */
const MAX_READ = 1_000_000;
const MAX_DEPTH = 32;
/** What a value of JSON takes of the room beside its text, so that a million of empty ones find an end. */
const VALUE_SIZE = 8;
/** A value is read together with its name up to this length; a longer one has words of its own around what it holds. */
const LABELLED = 512;
/** Stands between the parts of a message that are read as one: finders look through it. */
const SEAM = '\u2063\u2060\u2063';
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g;
const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const MAX_ESCAPES = 3;
/** A whole number that JavaScript would round: as text it keeps its digits, and they can be judged. */
const LONG_NUMBER = /(?<=[:[,]\s{0,8})-?\d{16,64}(?=\s{0,8}[,}\]])/g;

/**
 * Makes what was said fit to leave the process: each string is masked before it becomes part of a JSON text, bytes are left out,
 * and nothing grows beyond its room. Strings that hold JSON are read as JSON, as deep as they go, so that no escape hides
 * what they say. Its methods are generators: whoever runs them may stop after each step.
 */
export class Cleaner {
  readonly #redact: ((text: string) => string) | undefined;
  readonly #texts = new Recurring<string>();
  readonly #values = new Recurring<{ readonly value: Json; readonly size: number }>();

  constructor(redaction: Redaction) {
    this.#redact = redaction === 'off' ? undefined : redaction;
  }

  /** A text in full, or its beginning with a mark of the cut. What stands across a cut is masked as a whole or cut away. */
  *text(raw: string, room: Room, depth = 0): Steps<string> {
    if (room.left <= 0) return raw === '' ? raw : CUT;
    const head = raw.length > MAX_READ ? raw.slice(0, MAX_READ) : raw;
    const bare = withoutBytes(head);
    const limit = room.left;
    const long = head.length < raw.length || bare.length > limit + MARGIN;
    const seen = long ? bare.slice(0, limit + MARGIN) : bare;
    const parsed = long || depth >= MAX_DEPTH ? undefined : parseJson(seen);
    let clean = seen;
    if (parsed !== undefined) {
      const tree = JSON.stringify(yield* this.#walk(parsed, '', { left: limit + MARGIN }, depth + 1));
      if (tree !== JSON.stringify(parsed)) clean = tree;
    }
    clean = this.#mask(clean);
    yield;
    const keep = long ? Math.min(limit, clean.length - MARGIN) : limit;
    const out = clean.length <= keep ? clean : cutAt(clean, keep) + CUT;
    room.left -= out.length;
    return out;
  }

  /** A text that the app sends with every call. */
  *recurringText(raw: string, room: Room): Steps<string> {
    const known = this.#texts.get(raw);
    if (known !== undefined && known.length <= room.left) {
      room.left -= known.length;
      return known;
    }
    const fits = raw.length < room.left;
    const text = yield* this.text(raw, room);
    if (fits) this.#texts.set(raw, text);
    return text;
  }

  /** JSON that the app sends with every call. */
  *recurringJson(value: unknown, room: Room): Steps<Json> {
    const key = keyOf(value);
    const known = key === undefined ? undefined : this.#values.get(key);
    if (known !== undefined && known.size < room.left) {
      room.left -= known.size;
      return known.value;
    }
    const before = room.left;
    const json = yield* this.json(value, room);
    if (key !== undefined && room.left > 0) this.#values.set(key, { value: json, size: before - room.left });
    return json;
  }

  /** Texts that stand one after the other. What only shows in all of them together is one mark, and its texts are one. */
  together(texts: readonly string[]): readonly string[] {
    if (this.#redact === undefined || texts.length < 2 || texts.some(text => text.includes(SEAM))) return texts;
    return this.#apply(texts.join(SEAM)).split(SEAM);
  }

  /** An address without what opens doors: user, password, query and fragment; as it is where nothing is masked. */
  address(raw: string, room: Room): string {
    let url = raw;
    if (this.#redact !== undefined) {
      try {
        const { protocol, host, pathname } = new URL(raw);
        url = this.#mask(`${protocol}//${host}${pathname}`);
      } catch {
        url = '';
      }
    }
    const out = url.length > LABELLED * 4 ? CUT : url;
    room.left -= out.length;
    return out;
  }

  /** JSON, given as a text or as what a text was parsed to; a text that is no JSON stays a text. */
  *json(value: unknown, room: Room): Steps<Json> {
    if (typeof value !== 'string') return yield* this.#walk(value, '', room, 0);
    const parsed = value.length > room.left ? undefined : parseJson(value);
    return parsed === undefined ? yield* this.text(value, room) : yield* this.#walk(parsed, '', room, 0);
  }

  *#walk(value: unknown, label: string, room: Room, depth: number): Steps<Json> {
    room.left -= VALUE_SIZE;
    if (room.left <= 0 || depth > MAX_DEPTH) return CUT;
    switch (typeof value) {
      case 'string': {
        const text = yield* this.text(value, room, depth);
        return this.#labelled(label, text);
      }
      case 'number': {
        yield;
        const digits = String(value);
        const masked = digits.length < 4 ? digits : this.#labelled(label, this.#mask(digits));
        return masked === digits ? value : masked;
      }
      case 'bigint':
        return this.#labelled(label, this.#mask(String(value)));
      case 'boolean':
        return value;
      case 'object':
        break;
      default:
        return null;
    }
    if (value === null) return null;
    if (Array.isArray(value)) {
      const out: Json[] = [];
      for (const item of value) {
        out.push(yield* this.#walk(item, label, room, depth + 1));
        if (room.left <= 0) break;
      }
      return out;
    }
    const out = new Map<string, Json>();
    for (const [key, item] of Object.entries(value)) {
      const masked = this.#mask(key);
      let name = masked;
      // Two names under one mark stay two.
      for (let i = 2; out.has(name); i++) name = `${masked} ${i}`;
      room.left -= name.length;
      out.set(name, yield* this.#walk(item, asWords(masked), room, depth + 1));
      if (room.left <= 0) break;
    }
    return Object.fromEntries(out);
  }

  /** A value that only its name gives away: a password, a record number. */
  #labelled(label: string, value: string): string {
    if (this.#redact === undefined || label === '' || value.length > LABELLED) return value;
    const prefix = `${label}: `;
    const masked = this.#apply(prefix + value);
    return masked === prefix + value ? value : masked.startsWith(prefix) ? masked.slice(prefix.length) : masked;
  }

  /** Masks a text. Where escapes of JSON hide something in it, it comes back without them. */
  #mask(text: string): string {
    if (this.#redact === undefined || text === '') return text;
    let masked = this.#apply(text);
    let plain = masked;
    for (let i = 0; i < MAX_ESCAPES && plain.includes('\\'); i++) {
      const before = plain;
      plain = plain.replace(ESCAPE, (_all, hex: string | undefined, letter: string) =>
        hex === undefined ? (ESCAPED[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
      );
      if (plain === before) break;
      const found = this.#apply(plain);
      if (found !== plain) masked = plain = found;
    }
    return masked;
  }

  #apply(text: string): string {
    const masked: unknown = this.#redact?.(text);
    if (typeof masked !== 'string') throw new TypeError('the redaction of content gave no text');
    return masked;
  }
}

/** The object or array that a text is; undefined for any other text. */
function parseJson(text: string): object | undefined {
  if (!/^\s{0,64}[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text.replace(LONG_NUMBER, number => `"${number}"`)) as object;
  } catch {
    return undefined;
  }
}

/** The text of a value; undefined where it has none, or a very long one. */
function keyOf(value: unknown): string | undefined {
  try {
    const key = JSON.stringify(value) as string | undefined;
    return key !== undefined && key.length < MAX_MESSAGE ? key : undefined;
  } catch {
    return undefined;
  }
}

/** `dateOfBirth` and `date_of_birth` as the words they are. */
function asWords(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_.-]+/g, ' ')
    .trim();
}

/** The beginning of a text; no character is cut in two. */
function cutAt(text: string, length: number): string {
  if (length <= 0) return '';
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}
