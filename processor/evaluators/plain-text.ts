import { codeOf, DIGIT, foldCodePoint, IGNORED, kindOf, LETTER, NEWLINE, SPACE, STOP } from './fold.js';

/** A text without disguise but with its case, and the way back to where each character stood. */
export interface PlainText {
  readonly text: string;
  /** The span [start, end) of `text` in UTF-16 units of the original, the characters that were left out inside it included. */
  original(start: number, end: number): { readonly start: number; readonly end: number };
}

const ODD = /[^\t\n\r\x20-\x7e]+/g;
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;

/**
 * Takes disguise off a text: compatibility forms (full width, styled letters), marks, invisible and control characters, digits
 * of other scripts, look-alikes of Latin letters and of the hyphen. ASCII stays as it is, so plain text costs one search.
 * @param parts the stretches [from, to) to take, in order; joined by a line feed
 */
export function plainText(
  original: string,
  parts: readonly (readonly [number, number])[] = [[0, original.length]],
): PlainText {
  const whole = parts.length === 1 && parts[0]?.[0] === 0 && parts[0][1] === original.length;
  if (whole && original.search(ODD) < 0) return asItIs(original);
  let text = '';
  // Where the distance between here and there changes: plain stretches and letters one for one share an entry.
  const here: number[] = [];
  const there: number[] = [];
  let distance = Number.NaN;
  const put = (piece: string, at: number): void => {
    if (piece === '') return;
    if (at - text.length !== distance) {
      distance = at - text.length;
      here.push(text.length);
      there.push(at);
    }
    text += piece;
  };
  for (const [from, to] of parts) {
    if (text !== '') put('\n', from);
    let at = from;
    for (let i = from; i < to; ) {
      const code = original.codePointAt(i) as number;
      const next = i + (code > 0xffff ? 2 : 1);
      if (!isPlain(code)) {
        put(original.slice(at, i), at);
        put(plain(original.slice(i, next)), i);
        at = next;
      }
      i = next;
    }
    put(original.slice(at, to), at);
  }
  const originalOffset = (at: number): number => {
    let low = 0;
    let high = here.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((here[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    return (there[low] ?? 0) + at - (here[low] ?? 0);
  };
  return {
    text,
    original(start, end) {
      const last = originalOffset(Math.max(start, end - 1));
      return { start: originalOffset(start), end: last + ((original.codePointAt(last) ?? 0) > 0xffff ? 2 : 1) };
    },
  };
}

/** A text in which nothing is in disguise. */
export function asItIs(text: string): PlainText {
  return { text, original: (start, end) => ({ start, end }) };
}

/** What is known of each character of the basic plane: 0 nothing yet, or one of these. */
const PLAIN = 1;
const DISGUISED = 2;
let judged: Uint8Array | undefined;

/** Whether a character stands for itself. */
function isPlain(code: number): boolean {
  if (code < 0x80) return (code >= 0x20 && code <= 0x7e) || code === 0x0a || code === 0x0d || code === 0x09;
  if (code > 0xffff) {
    const character = String.fromCodePoint(code);
    return plain(character) === character;
  }
  judged ??= new Uint8Array(0x10000);
  if (judged[code] === 0) {
    const character = String.fromCodePoint(code);
    judged[code] = withoutDisguise(character) === character ? PLAIN : DISGUISED;
  }
  return judged[code] === PLAIN;
}

/** Answers for characters that were met: there are few in a language. */
const known = new Map<string, string>();
const MAX_KNOWN = 4096;

/** What one character beyond printable ASCII stands for; empty if for nothing. */
function plain(character: string): string {
  let found = known.get(character);
  if (found === undefined) {
    found = withoutDisguise(character);
    if (known.size < MAX_KNOWN) known.set(character, found);
  }
  return found;
}

function withoutDisguise(character: string): string {
  const code = character.codePointAt(0) as number;
  if (code >= 0xd800 && code <= 0xdfff) return '';
  if (code < 0x20 || code === 0x7f) return code === 0x0b || code === 0x0c ? ' ' : '';
  if (DASHES.test(character)) return '-';
  const packed = foldCodePoint(code);
  switch (kindOf(packed)) {
    case IGNORED:
      return '';
    case NEWLINE:
      return '\n';
    case SPACE:
      return ' ';
    case STOP:
      return code === 0xff0e ? '.' : character;
    case DIGIT:
      return digit(codeOf(packed));
    case LETTER: {
      const folded = String.fromCodePoint(codeOf(packed));
      const [base = character] = character.normalize('NFKD');
      return base === base.toLowerCase() ? folded : folded.toUpperCase().slice(0, folded.length);
    }
    default:
      return String.fromCodePoint(codeOf(packed));
  }
}

const DECIMAL = /^\p{Nd}$/u;

/** The ASCII digit of a decimal digit of any script: each script has its ten in a row. */
function digit(code: number): string {
  const character = String.fromCodePoint(code);
  if (code < 128 || !DECIMAL.test(character)) return character;
  let value = 0;
  while (value < 9 && DECIMAL.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}
