import { type CharacterRun, longestRun, NO_RUN } from './character-run.js';
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
  SPACE,
  STOP,
} from './fold.js';
import { builtInPhrases } from './phrases.js';
import { HASH_PRIME, HASH_START } from './word-hash.js';
import { WordStream } from './word-stream.js';

/** Words are cut here, so that a loop inside one endless word is seen as well. */
const MAX_WORD = 24;
/** Letters that tell one word from another; endings differ behind them. */
const STEM = 5;
/** The shortest stretch that may be a password, and one that is no word whatever it is made of. */
const MIXED = { least: 8, always: 40 };
/** Capitals that are more than the writing of a name. */
const MANY_CAPITALS = 3;
const HYPHEN = 0x2d;
const BACK_TICK = 0x60;

/** Walks over the parts of a text and counts; what it found is in its fields. */
export class Scanner {
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
  longestRun: CharacterRun = NO_RUN;
  /** ASCII characters that show nothing, and white space that is rare. */
  controls = 0;
  longestStretch = 0;
  mixedStretch = false;
  readonly #text: string;
  // Of the present part, stretch without white space, word, sentence and line.
  #from = 0;
  #end = 0;
  #at = 0;
  #stretchStart = 0;
  #stretchDigits = 0;
  #capitals = 0;
  #wordStart = 0;
  #wordLength = 0;
  #wordDigits = 0;
  #hash = HASH_START;
  #stem = HASH_START;
  #sentenceOpen = false;
  #lineEmpty = true;

  /** @param size the most units that can come */
  constructor(text: string, size: number) {
    this.#text = text;
    this.stream = new WordStream(size + 1, builtInPhrases());
  }

  /** Begins the part [from, end). What was read before it has ended; behind the first there is a hole before each. */
  begin(from: number, end: number): void {
    if (this.#end > 0) this.stream.gap();
    this.#from = from;
    this.#end = end;
    this.#at = from;
    this.#stretchStart = from;
    this.#stretchDigits = this.digits;
    this.#capitals = 0;
    this.#wordLength = 0;
    this.#wordDigits = 0;
    this.#sentenceOpen = false;
    this.#lineEmpty = true;
  }

  /**
   * Reads on in the part. Everything in locals, and a word in a loop of its own: this is where the time of an evaluation goes.
   * @param size about how many units
   * @returns whether the part has ended
   */
  read(size: number): boolean {
    const text = this.#text;
    const ascii = asciiTable();
    const inWord = asciiWordTable();
    const { stream } = this;
    const end = this.#end;
    const to = Math.min(this.#at + size, end);
    let nonAscii = 0;
    let surrogates = 0;
    let invisible = 0;
    let symbols = 0;
    let controls = 0;
    let { digits } = this;
    let stretchStart = this.#stretchStart;
    let stretchDigits = this.#stretchDigits;
    let capitals = this.#capitals;
    let wordStart = this.#wordStart;
    let wordLength = this.#wordLength;
    let wordDigits = this.#wordDigits;
    let hash = this.#hash;
    let stem = this.#stem;
    let sentence = this.sentences;
    let sentenceOpen = this.#sentenceOpen;
    let lineEmpty = this.#lineEmpty;
    let i = this.#at;
    for (; i < to; i++) {
      const unit = text.charCodeAt(i);
      let packed: number;
      if (unit < 128) packed = ascii[unit] as number;
      else {
        nonAscii++;
        let code = unit;
        if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < end) {
          code = text.codePointAt(i) as number;
          if (code > 0xffff) {
            surrogates++;
            i++;
          }
        }
        packed = foldCodePoint(code);
        if (kindOf(packed) === IGNORED) invisible++;
        // Whatever it stands for.
        if (kindOf(packed) <= DIGIT || kindOf(packed) === IGNORED) capitals += MANY_CAPITALS;
      }
      const kind = kindOf(packed);
      if (kind <= DIGIT) {
        if (wordLength === MAX_WORD) {
          stream.add(hash, stem, wordStart, i, sentence);
          digits += wordDigits;
          wordLength = 0;
          wordDigits = 0;
        }
        if (wordLength === 0) {
          wordStart = i;
          hash = HASH_START;
        }
        hash = Math.imul(hash ^ codeOf(packed), HASH_PRIME);
        if (wordLength < STEM) stem = hash;
        wordLength++;
        wordDigits += kind;
        if (codeOf(packed) !== unit) capitals++;
        while (wordLength < MAX_WORD && i + 1 < to) {
          const next = text.charCodeAt(i + 1);
          const code = next < 128 ? (inWord[next] as number) : 0;
          if (code === 0) break;
          i++;
          hash = Math.imul(hash ^ code, HASH_PRIME);
          if (wordLength < STEM) stem = hash;
          wordLength++;
          if (code < 0x3a) wordDigits++;
          if (code !== next) capitals++;
        }
        continue;
      }
      if (kind === IGNORED) {
        if (unit < 128) controls++;
        continue;
      }
      if (kind === APOSTROPHE && wordLength > 0) continue;
      if (wordLength > 0) {
        digits += wordDigits;
        const marker = lineEmpty && wordDigits === wordLength && isMarkerEnd(text, i, end);
        if (marker) this.listLines++;
        else {
          stream.add(hash, stem, wordStart, i, sentence);
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
      if (kind === SPACE || kind === NEWLINE) {
        const stretch = i - stretchStart;
        if (stretch >= MIXED.least) this.#keepStretch(stretch, digits > stretchDigits, capitals);
        stretchStart = i + 1;
        stretchDigits = digits;
        capitals = 0;
        if (kind === SPACE) {
          if (unit === 0x0b || unit === 0x0c) controls++;
          continue;
        }
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
        stream.add(hash, hash, unit === text.charCodeAt(i) ? i : i - 1, i + 1, sentence);
        sentenceOpen = true;
      } else if (kind === STOP) {
        if (sentenceOpen && endsSentence(text, i, end)) {
          sentence++;
          sentenceOpen = false;
        }
      } else symbols++;
    }
    this.characters += i - this.#at - surrogates;
    this.nonAscii += nonAscii;
    this.invisible += invisible;
    this.digits = digits;
    this.symbols += symbols;
    this.controls += controls;
    this.sentences = sentence;
    this.#at = i;
    this.#stretchStart = stretchStart;
    this.#stretchDigits = stretchDigits;
    this.#capitals = capitals;
    this.#wordStart = wordStart;
    this.#wordLength = wordLength;
    this.#wordDigits = wordDigits;
    this.#hash = hash;
    this.#stem = stem;
    this.#sentenceOpen = sentenceOpen;
    this.#lineEmpty = lineEmpty;
    if (i < end) return false;
    this.#endPart();
    return true;
  }

  #endPart(): void {
    const end = this.#end;
    if (this.#wordLength > 0) {
      this.digits += this.#wordDigits;
      this.stream.add(this.#hash, this.#stem, this.#wordStart, end, this.sentences);
      this.#sentenceOpen = true;
      if (this.#lineEmpty) this.lines++;
    }
    const stretch = end - this.#stretchStart;
    if (stretch >= MIXED.least) this.#keepStretch(stretch, this.digits > this.#stretchDigits, this.#capitals);
    if (this.#sentenceOpen) this.sentences++;
    this.longestRun = longestRun(this.#text, this.#from, end, this.longestRun);
  }

  /**
   * Notes a stretch of eight units or more. It mixes if it has a digit, three capitals or a letter beyond ASCII, or if it is very
   * long: what people write as words does not, and passwords do.
   */
  #keepStretch(length: number, digits: boolean, capitals: number): void {
    if (length > this.longestStretch) this.longestStretch = length;
    if (digits || capitals >= MANY_CAPITALS || length >= MIXED.always) this.mixedStretch = true;
  }
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
