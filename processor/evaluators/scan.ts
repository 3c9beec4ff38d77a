import type { CallText } from '../../core/content.js';
import type { CharacterRun } from './character-run.js';
import { type EndFacts, endFacts } from './end-of-text.js';
import { type NormalisedText, normalise } from './normalise.js';
import type { PhraseMatch } from './phrase-matcher.js';
import { asItIs, type PlainText, plainText } from './plain-text.js';
import { Scanner } from './scanner.js';
import { finish } from './steps.js';
import type { LocatedLoop } from './word-stream.js';

/** How much of an answer is read, in UTF-16 units. */
export interface ScanLimits {
  readonly head: number;
  readonly tail: number;
}

export const SCAN_LIMITS: ScanLimits = { head: 16_384, tail: 4096 };

/**
 * What one reading of an answer tells: shared by all evaluators, so that none needs to walk over the text again. Offsets and
 * lengths are in UTF-16 units of the answer. An answer without words has zeros everywhere.
 */
export class TextFacts {
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
  /** The words in order, as `hashWord` gives them, and their first five letters likewise: what two texts have in common. */
  readonly wordHashes: Int32Array;
  readonly stemHashes: Int32Array;
  /** Groups of three words, and how many of them had come before. */
  readonly trigrams: number;
  readonly repeatedTrigrams: number;
  /** The longest stretch that repeats itself; words exclude the numbers of lists. */
  readonly loop: LocatedLoop | undefined;
  /** The stretch that repeats itself until the last word, whatever its length. */
  readonly endLoop: LocatedLoop | undefined;
  readonly longestRun: CharacterRun;
  /** UTF-16 units of the longest stretch without white space; 0 if all are shorter than 8. */
  readonly longestStretch: number;
  /** Whether a stretch of 8 units or more has a digit, three capitals or a letter beyond ASCII, or one is very long. */
  readonly mixedStretch: boolean;
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
  readonly #limits: ScanLimits;
  /** Printable ASCII and line ends alone: there is no disguise to take off. */
  readonly #undisguised: boolean;
  #normalised: NormalisedText | undefined;
  #plain: PlainText | undefined;

  /** @param scanner has read what is to be read of the answer; its tables go back by this */
  constructor(text: CallText, choice: number, scanner: Scanner, omitted: number, limits: ScanLimits) {
    const { stream } = scanner;
    const answer = choice < 0 ? '' : (text.output[choice] as string);
    const loops = stream.loops();
    const hashes = stream.hashes();
    stream.close();
    this.answer = answer;
    this.choice = choice;
    this.length = answer.length;
    this.omitted = omitted;
    this.characters = scanner.characters;
    this.nonAscii = scanner.nonAscii;
    this.invisible = scanner.invisible;
    this.digits = scanner.digits;
    this.symbols = scanner.symbols;
    this.words = stream.words;
    this.distinctWords = stream.distinctWords;
    this.wordHashes = hashes.words;
    this.stemHashes = hashes.stems;
    this.trigrams = stream.trigrams;
    this.repeatedTrigrams = stream.repeatedTrigrams;
    this.loop = loops.longest;
    this.endLoop = loops.ending;
    this.longestRun = scanner.longestRun;
    this.longestStretch = scanner.longestStretch;
    this.mixedStretch = scanner.mixedStretch;
    this.sentences = scanner.sentences;
    this.lines = scanner.lines;
    this.listLines = scanner.listLines;
    this.fences = scanner.fences;
    this.end = endFacts(answer);
    this.phrases = stream.matches;
    let inputLength = 0;
    for (const message of text.input) inputLength += message.text.length;
    this.inputLength = inputLength;
    this.#limits = limits;
    this.#undisguised = omitted === 0 && scanner.nonAscii === 0 && scanner.controls === 0;
  }

  /** The part that was read, in lower case and without disguise, with the way back to offsets; worked out at the first use. */
  get normalised(): NormalisedText {
    this.#normalised ??= normalise(this.answer, readParts(this.answer, this.#limits));
    return this.#normalised;
  }

  /** The part that was read, without disguise but with its case; worked out at the first use. */
  get plain(): PlainText {
    this.#plain ??= this.#undisguised
      ? asItIs(this.answer)
      : plainText(this.answer, readParts(this.answer, this.#limits));
    return this.#plain;
  }
}

/** The stretches [from, to) of a text that a scan reads: all, or its start and its end. */
export function readParts(text: string, limits: ScanLimits = SCAN_LIMITS): readonly (readonly [number, number])[] {
  if (text.length <= limits.head + limits.tail) return [[0, text.length]];
  return [
    [0, limits.head],
    [text.length - limits.tail, text.length],
  ];
}

/**
 * Reads an answer once. Pure, and linear in what is read: at most `limits.head` units from its start and `limits.tail` from its
 * end, the rest is counted in `omitted`. Never throws on odd text (lone surrogates, control characters, no text at all).
 */
export function scan(text: CallText, limits: ScanLimits = SCAN_LIMITS): TextFacts {
  return finish(scanSteps(text, limits));
}

/** UTF-16 units of a step: 1 or 2 ms where the engine has not compiled the scan yet, a tenth of that from then on. */
const STEP = 2048;

/** The same in steps, of which a short answer takes none; for who must not take long at a stretch. */
export function* scanSteps(text: CallText, limits: ScanLimits = SCAN_LIMITS): Generator<void, TextFacts> {
  const choice = text.output.findIndex(output => /\S/.test(output));
  const answer = choice < 0 ? '' : (text.output[choice] as string);
  const parts = readParts(answer, limits);
  let size = 0;
  for (const [from, to] of parts) size += to - from;
  const scanner = new Scanner(answer, size);
  for (const [from, to] of parts) {
    scanner.begin(from, to);
    while (!scanner.read(STEP)) yield;
  }
  return new TextFacts(text, choice, scanner, answer.length - size, limits);
}
