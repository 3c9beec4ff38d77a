import {
  APOSTROPHE,
  asciiTable,
  asciiWordTable,
  codeOf,
  DIGIT,
  foldCodePoint,
  IGNORED,
  kindOf,
  SINGLE,
} from './fold.js';
import { StampedSet } from './stamped-set.js';
import { HASH_PRIME, HASH_START, hashWord } from './word-hash.js';

/** Letters that tell one word from another; endings differ behind them. */
const STEM = 5;
/** A longer word is cut: nobody writes one, and the rest is a word again. */
const MAX_WORD = 24;
/** The most that a word's length counts for. */
const MAX_WEIGHT = 7;

const FUNCTION_WORDS =
  'a an the and or but if of to in on at by for from with as is are was were be been being am do does did done has have had having can could will would shall should may might must it its this that these those there here i you he she we they me him her us them my your his our their what which who whom whose when where why how not no nor so than then too very just about into over under again also any some all each more most other such only own same s t d ll re ve m don dont please';

let functionWords: StampedSet | undefined;

function functionWordSet(): StampedSet {
  const set = new StampedSet();
  const words = FUNCTION_WORDS.split(' ');
  set.reset(words.length);
  for (const word of words) set.add(hashWord(word));
  return set;
}

let scratch = wordsFor(1024);

function wordsFor(capacity: number) {
  return {
    stems: new Int32Array(capacity),
    hashes: new Int32Array(capacity),
    weights: new Uint8Array(capacity),
  };
}

/** The words of a text that carry what it is about. */
export interface ContentWords {
  /** Hash of the first five letters of each word, in order, function words included. */
  readonly stems: Int32Array;
  /** Hash of each whole word, as `hashWord` gives it. */
  readonly hashes: Int32Array;
  /** Letters of each word, at most 7; 0 for a function word of English. */
  readonly weights: Uint8Array;
  readonly length: number;
}

/**
 * Folds the words of a text as a scan does and keeps their beginnings: `regulation` and `regulated` are one. A character of a
 * script without spaces is a word.
 * @returns tables that all calls use in turn: only valid until the next
 * @param parts the stretches [from, to) to read, in order
 */
export function contentWords(text: string, parts: readonly (readonly [number, number])[]): ContentWords {
  functionWords ??= functionWordSet();
  const ascii = asciiTable();
  const inWord = asciiWordTable();
  let size = 1;
  // A word takes a letter and a separator; a character of its own takes itself.
  for (const [from, to] of parts) size += to - from + 1;
  if (scratch.stems.length < size) scratch = wordsFor(size * 2);
  const { stems, hashes, weights } = scratch;
  let count = 0;
  for (const [from, to] of parts) {
    let length = 0;
    let hash = HASH_START;
    let stem = HASH_START;
    for (let at = from; at <= to; at++) {
      let packed = ascii[0x20] as number;
      if (at < to) {
        const unit = text.charCodeAt(at);
        if (unit < 128) packed = ascii[unit] as number;
        else {
          const code = text.codePointAt(at) as number;
          if (code > 0xffff) at++;
          packed = foldCodePoint(code);
        }
      }
      const kind = kindOf(packed);
      if (kind <= DIGIT && length < MAX_WORD) {
        hash = Math.imul(hash ^ codeOf(packed), HASH_PRIME);
        if (length < STEM) stem = hash;
        length++;
        while (length < MAX_WORD && at + 1 < to) {
          const next = text.charCodeAt(at + 1);
          const code = next < 128 ? (inWord[next] as number) : 0;
          if (code === 0) break;
          at++;
          hash = Math.imul(hash ^ code, HASH_PRIME);
          if (length < STEM) stem = hash;
          length++;
        }
        continue;
      }
      if (kind === IGNORED || (kind === APOSTROPHE && length > 0)) continue;
      if (length > 0) {
        stems[count] = stem;
        hashes[count] = hash;
        weights[count++] = functionWords.has(hash) ? 0 : Math.min(length, MAX_WEIGHT);
        hash = HASH_START;
        length = 0;
      }
      if (kind <= DIGIT) {
        hash = Math.imul(HASH_START ^ codeOf(packed), HASH_PRIME);
        stem = hash;
        length = 1;
      } else if (kind === SINGLE) {
        stems[count] = Math.imul(HASH_START ^ codeOf(packed), HASH_PRIME);
        weights[count++] = 2;
      }
    }
  }
  return { stems, hashes, weights, length: count };
}

/** One number for two neighbours, in their order. */
export function pairOf(first: number, second: number): number {
  return Math.imul(first, 0x9e3779b1) ^ second;
}
