import { type Loop, LoopTracker } from './loop-tracker.js';
import type { PhraseMatch, PhraseMatcher } from './phrase-matcher.js';
import { spread } from './word-hash.js';

/** A loop with its place in the text, in UTF-16 units: [start, end). */
export interface LocatedLoop extends Loop {
  readonly start: number;
  readonly end: number;
}

/** Matches that are kept of a text; a loop must not grow a list without end. */
const MAX_MATCHES = 64;

/**
 * Tables that all scans of a process use in turn, so that a scan allocates next to nothing. An entry counts only if it carries
 * the stamp of the present scan, so nothing needs clearing. A scan runs to its end before the next begins.
 */
class Scratch {
  readonly hashes: Int32Array;
  readonly stems: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly wordKeys: Int32Array;
  readonly wordStamps: Int32Array;
  readonly gramKeys: Int32Array;
  readonly gramStamps: Int32Array;
  readonly gramAt: Int32Array;
  stamp = 0;

  constructor(words: number) {
    const slots = 2 ** Math.ceil(Math.log2(words * 2));
    this.hashes = new Int32Array(words);
    this.stems = new Int32Array(words);
    this.starts = new Int32Array(words);
    this.ends = new Int32Array(words);
    this.wordKeys = new Int32Array(slots);
    this.wordStamps = new Int32Array(slots);
    this.gramKeys = new Int32Array(slots);
    this.gramStamps = new Int32Array(slots);
    this.gramAt = new Int32Array(slots);
  }
}

let scratch: Scratch | undefined;

function scratchFor(words: number): Scratch {
  if (scratch === undefined || scratch.hashes.length < words || scratch.stamp > 2 ** 30)
    scratch = new Scratch(Math.max(words, 1024));
  scratch.stamp++;
  return scratch;
}

/** The words of a text as they are read: how many differ, which groups of three came before, loops, phrases. */
export class WordStream {
  words = 0;
  distinctWords = 0;
  trigrams = 0;
  repeatedTrigrams = 0;
  readonly matches: PhraseMatch[] = [];
  readonly #scratch: Scratch;
  readonly #mask: number;
  readonly #matcher: PhraseMatcher;
  readonly #loop = new LoopTracker();
  #state = 0;
  /** First word that may be part of a group: groups do not reach over a gap in the text. */
  #from = 0;

  /** @param capacity the most words that can come */
  constructor(capacity: number, matcher: PhraseMatcher) {
    this.#scratch = scratchFor(capacity);
    this.#mask = 2 ** Math.ceil(Math.log2(Math.max(capacity, 16))) - 1;
    this.#matcher = matcher;
  }

  /** @param stem hash of the first letters of the word */
  add(hash: number, stem: number, start: number, end: number, sentence: number): void {
    const { hashes, stems, starts, ends } = this.#scratch;
    const index = this.words++;
    hashes[index] = hash;
    stems[index] = stem;
    starts[index] = start;
    ends[index] = end;
    this.#distinct(hash);
    this.#phrase(hash, index, end, sentence);
    this.#loop.add(hashes, index, index - this.#from < 2 ? -1 : this.#gram(index));
  }

  /** The text has a hole here: nothing after it continues what was before. */
  gap(): void {
    this.#from = this.words;
    this.#state = 0;
  }

  /** The words so far, in order: hashes of each and of its first letters; copies, for the tables serve the next text too. */
  hashes(): { readonly words: Int32Array; readonly stems: Int32Array } {
    const { hashes, stems } = this.#scratch;
    return { words: hashes.slice(0, this.words), stems: stems.slice(0, this.words) };
  }

  /** The longest loop and the one that the text ends in. */
  loops(): { readonly longest: LocatedLoop | undefined; readonly ending: LocatedLoop | undefined } {
    const { longest, ending } = this.#loop.finish(this.words);
    return { longest: this.#locate(longest), ending: this.#locate(ending) };
  }

  #locate(loop: Loop | undefined): LocatedLoop | undefined {
    if (loop === undefined) return undefined;
    const { starts, ends } = this.#scratch;
    return { ...loop, start: starts[loop.first] as number, end: ends[loop.first + loop.words - 1] as number };
  }

  #distinct(hash: number): void {
    const { wordKeys, wordStamps, stamp } = this.#scratch;
    for (let at = spread(hash) & this.#mask; ; at = (at + 1) & this.#mask) {
      if (wordStamps[at] !== stamp) {
        wordStamps[at] = stamp;
        wordKeys[at] = hash;
        this.distinctWords++;
        return;
      }
      if (wordKeys[at] === hash) return;
    }
  }

  /** Notes the three words up to `index`. @returns where the same three ended last before, or -1 */
  #gram(index: number): number {
    const { hashes, gramKeys, gramStamps, gramAt, stamp } = this.#scratch;
    const first = Math.imul(hashes[index - 2] as number, 0x9e3779b1) ^ (hashes[index - 1] as number);
    const key = Math.imul(first, 0x85ebca6b) ^ (hashes[index] as number);
    this.trigrams++;
    for (let at = spread(key) & this.#mask; ; at = (at + 1) & this.#mask) {
      if (gramStamps[at] !== stamp) {
        gramStamps[at] = stamp;
        gramKeys[at] = key;
        gramAt[at] = index;
        return -1;
      }
      if (gramKeys[at] !== key) continue;
      const seen = gramAt[at] as number;
      gramAt[at] = index;
      this.repeatedTrigrams++;
      return seen;
    }
  }

  #phrase(hash: number, index: number, end: number, sentence: number): void {
    const word = this.#matcher.wordNumber(hash);
    if (word === 0) {
      this.#state = 0;
      return;
    }
    this.#state = this.#matcher.next(this.#state, word);
    const length = this.#matcher.lengthAt(this.#state);
    if (length === 0 || this.matches.length === MAX_MATCHES) return;
    const start = this.#scratch.starts[index - length + 1] as number;
    this.matches.push({ group: this.#matcher.groupAt(this.#state), start, end, sentence });
  }
}
