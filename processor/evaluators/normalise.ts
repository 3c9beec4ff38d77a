import { APOSTROPHE, asciiTable, codeOf, foldCodePoint, IGNORED, kindOf, NEWLINE, SPACE } from './fold.js';

/** A text in lower case and without disguise, with the way back to where each character stood. */
export interface NormalisedText {
  readonly text: string;
  /** The UTF-16 offset in the original of a UTF-16 offset in `text`; past the end, the end of what was read. */
  offset(at: number): number;
}

/**
 * Folds text as a scan does (compatibility forms, marks, invisible characters, look-alikes), keeping punctuation and spaces.
 * ASCII text only changes its case and keeps its offsets.
 * @param parts the stretches [from, to) to take, in order; joined by a line feed
 */
export function normalise(original: string, parts: readonly (readonly [number, number])[]): NormalisedText {
  const whole = parts.length === 1 && parts[0]?.[0] === 0 && parts[0][1] === original.length;
  if (whole && /^[\x20-\x7e\t\r\n]*$/.test(original)) return { text: original.toLowerCase(), offset: at => at };
  const ascii = asciiTable();
  const offsets: number[] = [];
  const pieces: string[] = [];
  let end = 0;
  for (const [from, to] of parts) {
    if (pieces.length > 0) put('\n', from);
    for (let i = from; i < to; ) {
      const code = original.codePointAt(i) as number;
      const packed = code < 128 ? (ascii[code] as number) : foldCodePoint(code);
      const kind = kindOf(packed);
      if (kind === NEWLINE) put('\n', i);
      else if (kind === SPACE) put(' ', i);
      else if (kind === APOSTROPHE) put("'", i);
      else if (kind !== IGNORED) put(String.fromCodePoint(codeOf(packed)), i);
      i += code > 0xffff ? 2 : 1;
    }
    end = to;
  }
  return { text: pieces.join(''), offset: at => offsets[at] ?? end };

  function put(piece: string, at: number): void {
    pieces.push(piece);
    for (let k = 0; k < piece.length; k++) offsets.push(at);
  }
}
