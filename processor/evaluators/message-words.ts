import {
  APOSTROPHE,
  asciiTable,
  asciiWordTable,
  codeOf,
  DIGIT,
  foldCodePoint,
  IGNORED,
  kindOf,
  NEWLINE,
  SINGLE,
  STOP,
} from './fold.js';
import { HASH_PRIME, HASH_START } from './word-hash.js';

/** A longer word is cut: nobody writes one, and the rest is a word again. */
const MAX_WORD = 24;
/** How far apart words are beyond their number: a sentence or a line ends between them. */
const STOP_STEP = 3;
const LINE_STEP = 1;
const COLON = 0x3a;
const SPACE_UNIT = 0x20;
/** What a word that opens a line and stands before a colon becomes in the hash beside itself: `System:` is not `system`. */
const TURN = 0x1f;

/** The words of a message. */
export interface PromptWords {
  /** Folded words as `hashWord` gives them. */
  readonly hashes: Int32Array;
  /** Where a word stands, counted in words, with a wider step over the end of a sentence or a line. */
  readonly places: Int32Array;
  length: number;
  /** Characters of the tag block (U+E0020..E007E), which show nothing and spell ASCII. */
  tags: number;
  /** Only valid until the next text is read. */
  readonly shared: boolean;
}

let scratch: PromptWords = wordsFor(1024, true);

function wordsFor(capacity: number, shared: boolean): PromptWords {
  return { hashes: new Int32Array(capacity), places: new Int32Array(capacity), length: 0, tags: 0, shared };
}

/** Whether hidden characters of the tag block are left out, or read as the ASCII they spell. */
export type TagReading = 'ignored' | 'spelt';

/**
 * Folds the words of a text as a scan does: lower case, without marks, invisible characters, width and look-alikes.
 * A word that opens a line before a colon comes twice, the second time as a turn (`turnWord`).
 * @param parts the stretches [from, to) to read, in order
 * @returns one object for all calls: only valid until the next
 */
export function promptWords(
  text: string,
  parts: readonly (readonly [number, number])[] = [[0, text.length]],
  tagReading: TagReading = 'ignored',
): PromptWords {
  const size = sizeOf(parts);
  if (scratch.hashes.length < size) scratch = wordsFor(size * 2, true);
  const words = scratch;
  words.length = 0;
  words.tags = 0;
  const at = start();
  for (const [from, to] of parts) {
    read(words, text, from, to, to, tagReading, at);
    endPart(words, at);
  }
  return words;
}

/** UTF-16 units of a step: 1 or 2 ms where the engine has not compiled the reading yet, a tenth of that from then on. */
const STEP = 2048;

/** The same in steps; a text of more than one has tables of its own. */
export function* promptWordsInSteps(
  text: string,
  parts: readonly (readonly [number, number])[],
  tagReading: TagReading = 'ignored',
): Generator<void, PromptWords> {
  const size = sizeOf(parts);
  if (size <= STEP) return promptWords(text, parts, tagReading);
  const words = wordsFor(size, false);
  const at = start();
  for (const [from, to] of parts) {
    for (let next = from; next < to; yield)
      next = read(words, text, next, Math.min(next + STEP, to), to, tagReading, at);
    endPart(words, at);
  }
  return words;
}

/** A word takes a character and a separator, one that counts twice also a colon: there are never more words than characters. */
function sizeOf(parts: readonly (readonly [number, number])[]): number {
  let size = 1;
  for (const [from, to] of parts) size += to - from;
  return size;
}

/** Where the next word stands, and what of it was read. */
interface Place {
  place: number;
  lineStart: boolean;
  length: number;
  hash: number;
}

function start(): Place {
  return { place: 0, lineStart: true, length: 0, hash: HASH_START };
}

function endPart(words: PromptWords, at: Place): void {
  if (at.length > 0) {
    words.hashes[words.length] = at.hash;
    words.places[words.length++] = at.place++;
    at.length = 0;
  }
  at.place += STOP_STEP;
  at.lineStart = true;
}

/** Reads [from, to) of a part that goes on to `end`. @returns where to read on: a character is never cut in two */
function read(
  words: PromptWords,
  text: string,
  from: number,
  to: number,
  end: number,
  tagReading: TagReading,
  at: Place,
): number {
  const { hashes, places } = words;
  const ascii = asciiTable();
  const inWord = asciiWordTable();
  let { place, lineStart, length, hash } = at;
  let count = words.length;
  let i = from;
  for (; i < to; i++) {
    let unit = text.charCodeAt(i);
    let letter = unit < 128 ? (inWord[unit] as number) : 0;
    if (letter !== 0) {
      // Most characters of most texts: ASCII letters and digits, in a loop of their own.
      if (length === 0) hash = HASH_START;
      for (;;) {
        if (length === MAX_WORD) {
          hashes[count] = hash;
          places[count++] = place++;
          length = 0;
          hash = HASH_START;
          lineStart = false;
        }
        hash = Math.imul(hash ^ letter, HASH_PRIME);
        length++;
        if (++i >= to) break;
        unit = text.charCodeAt(i);
        letter = unit < 128 ? (inWord[unit] as number) : 0;
        if (letter === 0) break;
      }
      if (i >= to) break;
      if (unit === SPACE_UNIT) {
        hashes[count] = hash;
        places[count++] = place++;
        length = 0;
        lineStart = false;
        continue;
      }
    }
    let packed: number;
    if (unit < 128) packed = ascii[unit] as number;
    else {
      let code = unit;
      if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < end) {
        code = text.codePointAt(i) as number;
        if (code > 0xffff) i++;
      }
      if (code >= 0xe0020 && code <= 0xe007e) {
        words.tags++;
        packed = tagReading === 'spelt' ? (ascii[code - 0xe0000] as number) : foldCodePoint(code);
      } else packed = foldCodePoint(code);
    }
    const kind = kindOf(packed);
    if (kind <= DIGIT) {
      if (length === MAX_WORD) {
        hashes[count] = hash;
        places[count++] = place++;
        length = 0;
        lineStart = false;
      }
      if (length === 0) hash = HASH_START;
      hash = Math.imul(hash ^ codeOf(packed), HASH_PRIME);
      length++;
      continue;
    }
    if (kind === IGNORED || (kind === APOSTROPHE && length > 0)) continue;
    if (length > 0) {
      hashes[count] = hash;
      places[count++] = place;
      if (lineStart && codeOf(packed) === COLON) {
        hashes[count] = turnWord(hash);
        places[count++] = place;
      }
      place++;
      length = 0;
      lineStart = false;
    }
    if (kind === SINGLE) {
      hashes[count] = Math.imul(HASH_START ^ codeOf(packed), HASH_PRIME);
      places[count++] = place++;
      lineStart = false;
    } else if (kind === STOP) place += STOP_STEP;
    else if (kind === NEWLINE) {
      place += LINE_STEP;
      lineStart = true;
    }
  }
  words.length = count;
  at.place = place;
  at.lineStart = lineStart;
  at.length = length;
  at.hash = hash;
  return i;
}

/** The hash of a word as the name of a turn (`System:`). */
export function turnWord(hash: number): number {
  return Math.imul(hash ^ TURN, HASH_PRIME);
}
