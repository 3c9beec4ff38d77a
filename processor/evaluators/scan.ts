import type { CallText } from '../../core/content.js';
import { type EndFacts, endFacts } from './end-of-text.js';
import {
  APOSTROPHE,
  asciiTable,
  codeOf,
  DIGIT,
  foldCodePoint,
  IGNORED,
  kindOf,
  NEWLINE,
  SINGLE,
  SPACE,
  STOP,
} from './fold.js';
import type { Loop } from './loop-tracker.js';
import { type NormalisedText, normalise } from './normalise.js';
import type { PhraseMatch } from './phrase-matcher.js';
import { builtInPhrases } from './phrases.js';
import { HASH_PRIME, HASH_START } from './word-hash.js';
import { WordStream } from './word-stream.js';

/** How much of an answer is read, in UTF-16 units. */
export interface ScanLimits {
  readonly head: number;
  readonly tail: number;
}

export const SCAN_LIMITS: ScanLimits = { head: 16_384, tail: 4096 };

/** A run of one character, not counting spaces; of rules and leaders (`---`, `...`) only very long ones. */
export interface CharacterRun {
  readonly length: number;
  readonly start: number;
}

/**
 * What one reading of an answer tells: shared by all evaluators, so that none needs to walk over the text again. Offsets and
 * lengths are in UTF-16 units of the answer. An answer without words has zeros everywhere.
 */
export interface TextFacts {
  /** The first choice with a visible character; empty if there is none. */
  readonly answer: string;
  /** Which choice that is; -1 if none. */
  readonly choice: number;
  /** UTF-16 units of the whole answer, of which `omitted` in the middle were not read. */
  readonly length: number;
  readonly omitted: number;
  /** Code points that were read. */
  readonly characters: number;
  /** Code points beyond ASCII; of these those that cannot be seen (zero width, marks, tags). */
  readonly nonAscii: number;
  readonly invisible: number;
  readonly digits: number;
  /** Punctuation and signs other than `.!?` and apostrophes. */
  readonly symbols: number;
  /** A character of a script without spaces counts as a word. */
  readonly words: number;
  readonly distinctWords: number;
  /** Groups of three words, and how many of them had come before. */
  readonly trigrams: number;
  readonly repeatedTrigrams: number;
  /** The longest stretch that repeats itself; words exclude the numbers of lists. */
  readonly loop: (Loop & { readonly start: number; readonly end: number }) | undefined;
  readonly longestRun: CharacterRun;
  readonly sentences: number;
  /** Lines with something on them; of these list items and fences (three back-ticks). */
  readonly lines: number;
  readonly listLines: number;
  readonly fences: number;
  readonly end: EndFacts;
  /** Phrases of the built-in lists, in order; at most 64. */
  readonly phrases: readonly PhraseMatch[];
  /** UTF-16 units of all messages that went into the call. */
  readonly inputLength: number;
  /** The part that was read, in lower case and without disguise, with the way back to offsets; worked out at the first use. */
  readonly normalised: NormalisedText;
}

/** Words are cut here, so that a loop inside one endless word is seen as well. */
const MAX_WORD = 24;
/** Shorter runs of a character are ordinary (`!!!`, `......`). */
const MIN_RUN = 8;
/** Signs that people draw lines with. */
const RULE = new Set([...'-=_*~#.+|─═━·•\\/<>'].map(sign => sign.charCodeAt(0)));
const MIN_RULE = 200;
const HYPHEN = 0x2d;
const BACK_TICK = 0x60;

/**
 * Reads an answer once. Pure, and linear in what is read: at most `limits.head` units from its start and `limits.tail` from its
 * end, the rest is counted in `omitted`. Never throws on odd text (lone surrogates, control characters, no text at all).
 */
export function scan(text: CallText, limits: ScanLimits = SCAN_LIMITS): TextFacts {
  const choice = text.output.findIndex(output => /\S/.test(output));
  const answer = choice < 0 ? '' : (text.output[choice] as string);
  const cut = answer.length > limits.head + limits.tail;
  const head = cut ? limits.head : answer.length;
  const tail = cut ? answer.length - limits.tail : answer.length;
  const scanner = new Scanner(answer, head + answer.length - tail);
  scanner.read(0, head);
  if (cut) {
    scanner.stream.gap();
    scanner.read(tail, answer.length);
  }
  const { stream } = scanner;
  let inputLength = 0;
  for (const message of text.input) inputLength += message.text.length;
  let normalised: NormalisedText | undefined;
  return {
    answer,
    choice,
    length: answer.length,
    omitted: tail - head,
    characters: scanner.characters,
    nonAscii: scanner.nonAscii,
    invisible: scanner.invisible,
    digits: scanner.digits,
    symbols: scanner.symbols,
    words: stream.words,
    distinctWords: stream.distinctWords,
    trigrams: stream.trigrams,
    repeatedTrigrams: stream.repeatedTrigrams,
    loop: stream.loop(),
    longestRun: scanner.longestRun,
    sentences: scanner.sentences,
    lines: scanner.lines,
    listLines: scanner.listLines,
    fences: scanner.fences,
    end: endFacts(answer),
    phrases: stream.matches,
    inputLength,
    get normalised() {
      normalised ??= normalise(answer, [[0, head], ...(cut ? [[tail, answer.length] as const] : [])]);
      return normalised;
    },
  };
}

class Scanner {
  readonly stream: WordStream;
  characters = 0;
  nonAscii = 0;
  invisible = 0;
  digits = 0;
  symbols = 0;
  sentences = 0;
  lines = 0;
  listLines = 0;
  fences = 0;
  longestRun: CharacterRun = { length: 0, start: 0 };
  readonly #text: string;

  constructor(text: string, size: number) {
    this.#text = text;
    this.stream = new WordStream(size + 1, builtInPhrases());
  }

  /** Reads [from, to). One loop with everything in locals: this is where the time of an evaluation goes. */
  read(from: number, to: number): void {
    const text = this.#text;
    const ascii = asciiTable();
    const { stream } = this;
    let nonAscii = 0;
    let surrogates = 0;
    let invisible = 0;
    let digits = 0;
    let symbols = 0;
    let last = -1;
    let run = 0;
    let longest = MIN_RUN - 1;
    let wordStart = 0;
    let wordLength = 0;
    let wordDigits = 0;
    let hash = HASH_START;
    let sentence = this.sentences;
    let sentenceOpen = false;
    let lineEmpty = true;
    for (let i = from; i < to; i++) {
      const unit = text.charCodeAt(i);
      let packed: number;
      if (unit < 128) packed = ascii[unit] as number;
      else {
        nonAscii++;
        let code = unit;
        if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < to) {
          code = text.codePointAt(i) as number;
          if (code > 0xffff) {
            surrogates++;
            i++;
          }
        }
        packed = foldCodePoint(code);
        if (kindOf(packed) === IGNORED) invisible++;
      }
      const kind = kindOf(packed);
      if (unit === last) run++;
      else {
        if (run > longest && keepsRun(last, run)) {
          longest = run;
          this.#keepRun(run, i - run);
        }
        run = 1;
        last = unit;
      }
      if (kind <= DIGIT) {
        if (wordLength === MAX_WORD) {
          stream.add(hash, wordStart, i, sentence);
          wordLength = 0;
          wordDigits = 0;
        }
        if (wordLength === 0) {
          wordStart = i;
          hash = HASH_START;
        }
        hash = Math.imul(hash ^ codeOf(packed), HASH_PRIME);
        wordLength++;
        wordDigits += kind;
        continue;
      }
      if (kind === IGNORED) continue;
      if (kind === APOSTROPHE && wordLength > 0) continue;
      if (wordLength > 0) {
        digits += wordDigits;
        const marker = lineEmpty && wordDigits === wordLength && isMarkerEnd(text, i, to);
        if (marker) this.listLines++;
        else {
          stream.add(hash, wordStart, i, sentence);
          sentenceOpen = true;
        }
        if (lineEmpty) {
          lineEmpty = false;
          this.lines++;
        }
        wordLength = 0;
        wordDigits = 0;
        if (marker) continue;
      }
      if (kind === SPACE) continue;
      if (kind === NEWLINE) {
        lineEmpty = true;
        if (sentenceOpen) sentence++;
        sentenceOpen = false;
        continue;
      }
      if (lineEmpty) {
        lineEmpty = false;
        this.lines++;
        if (unit === BACK_TICK && text.startsWith('```', i)) this.fences++;
        else if (isBullet(unit) && (text.charCodeAt(i + 1) === 0x20 || text.charCodeAt(i + 1) === 0x09))
          this.listLines++;
      }
      if (kind === SINGLE) {
        hash = Math.imul(HASH_START ^ codeOf(packed), HASH_PRIME);
        stream.add(hash, unit === text.charCodeAt(i) ? i : i - 1, i + 1, sentence);
        sentenceOpen = true;
      } else if (kind === STOP) {
        if (sentenceOpen && endsSentence(text, i, to)) {
          sentence++;
          sentenceOpen = false;
        }
      } else symbols++;
    }
    if (run > longest && keepsRun(last, run)) this.#keepRun(run, to - run);
    if (wordLength > 0) {
      digits += wordDigits;
      stream.add(hash, wordStart, to, sentence);
      sentenceOpen = true;
      if (lineEmpty) this.lines++;
    }
    this.sentences = sentence + (sentenceOpen ? 1 : 0);
    this.characters += to - from - surrogates;
    this.nonAscii += nonAscii;
    this.invisible += invisible;
    this.digits += digits;
    this.symbols += symbols;
  }

  #keepRun(length: number, start: number): void {
    if (length > this.longestRun.length) this.longestRun = { length, start };
  }
}

function keepsRun(unit: number, length: number): boolean {
  if (unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)) return false;
  return length >= MIN_RULE || !RULE.has(unit);
}

/** Whether the number before `at` is the number of a list item: `1. x`, `2) x`. */
function isMarkerEnd(text: string, at: number, to: number): boolean {
  const sign = text.charCodeAt(at);
  return (sign === 0x2e || sign === 0x29) && (at + 1 >= to || text.charCodeAt(at + 1) <= 0x20);
}

function isBullet(unit: number): boolean {
  return unit === HYPHEN || unit === 0x2a || unit === 0x2b || unit === 0x2022 || unit === 0x2013;
}

/** A full stop inside a number, a name or an abbreviation has no space behind it. */
function endsSentence(text: string, at: number, to: number): boolean {
  if (at + 1 >= to) return true;
  const unit = text.charCodeAt(at);
  if (unit >= 128) return true;
  const next = text.charCodeAt(at + 1);
  return next <= 0x20 || next === 0x22 || next === 0x27 || next === 0x29 || next >= 0x2000;
}
