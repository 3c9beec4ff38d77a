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
 * Tables that all scans of a process use in turn, so that a scan allocates next to nothing. What an earlier scan left in `firsts`
 * and `groups` lies below the present `base`, so nothing needs clearing.
 */
class Scratch {
  readonly hashes: Int32Array;
  readonly stems: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Number among the phrases of each word that came for the first time. */
  readonly numbers: Uint16Array;
  /** Open-addressed by hash: base + where a word came first. */
  readonly firsts: Int32Array;
  /** Open-addressed by three hashes: base + where a group of words ended last. */
  readonly groups: Int32Array;
  base = 1;

  constructor(words: number) {
    const slots = slotsFor(words * 2);
    this.hashes = new Int32Array(words);
    this.stems = new Int32Array(words);
    this.starts = new Int32Array(words);
    this.ends = new Int32Array(words);
    this.numbers = new Uint16Array(words);
    this.firsts = new Int32Array(slots);
    this.groups = new Int32Array(slots);
  }
}

/** The power of two that is not less. */
function slotsFor(size: number): number {
  return size <= 16 ? 16 : 1 << (32 - Math.clz32(size - 1));
}

/** Tables that no scan uses at present: as a rule one, and a second where two long texts are read in turns. */
const free: Scratch[] = [];
const MAX_FREE = 2;

function takeScratch(words: number): Scratch {
  const found = free.pop();
  return found !== undefined && found.hashes.length >= words && found.base < 2 ** 30
    ? found
    : new Scratch(Math.max(words, 1024));
}

/** The words of a text as they are read: how many differ, which groups of three came before, loops, phrases. */
export class WordStream {
  words = 0;
  distinctWords = 0;
  trigrams = 0;
  repeatedTrigrams = 0;
  readonly matches: PhraseMatch[] = [];
  readonly #scratch: Scratch;
  readonly #base: number;
  readonly #mask: number;
  readonly #matcher: PhraseMatcher;
  readonly #loop = new LoopTracker();
  #state = 0;
  /** First word that may be part of a group: groups do not reach over a gap in the text. */
  #from = 0;

  /** @param capacity the most words that can come */
  constructor(capacity: number, matcher: PhraseMatcher) {
    this.#scratch = takeScratch(capacity);
    this.#base = this.#scratch.base;
    this.#scratch.base += capacity;
    this.#mask = slotsFor(capacity) - 1;
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
    this.#phrase(this.#number(hash, index), index, end, sentence);
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

  /** Gives the tables to the next scan: nothing is read after it. */
  close(): void {
    if (free.length < MAX_FREE) free.push(this.#scratch);
  }

  /** The longest loop and the one that the text ends in. */
  loops(): { readonly longest: LocatedLoop | undefined; readonly ending: LocatedLoop | undefined } {
    const { longest, ending } = this.#loop.finish(this.words);
    return { longest: this.#locate(longest), ending: this.#locate(ending) };
  }

  #locate(loop: Loop | undefined): LocatedLoop | undefined {
    if (loop === undefined) return undefined;
    const { starts, ends } = this.#scratch;
    const { period, words, slips, first } = loop;
    return { period, words, slips, first, start: starts[first] as number, end: ends[first + words - 1] as number };
  }

  /** Notes a word. @returns its number among the phrases */
  #number(hash: number, index: number): number {
    const { firsts, hashes, numbers } = this.#scratch;
    const base = this.#base;
    for (let at = spread(hash) & this.#mask; ; at = (at + 1) & this.#mask) {
      const first = (firsts[at] as number) - base;
      if (first < 0) {
        firsts[at] = base + index;
        this.distinctWords++;
        const number = this.#matcher.wordNumber(hash);
        numbers[index] = number;
        return number;
      }
      if (hashes[first] === hash) return numbers[first] as number;
    }
  }

  /** Notes the three words up to `index`. @returns where the same three ended last before, or -1 */
  #gram(index: number): number {
    const { hashes, groups } = this.#scratch;
    const base = this.#base;
    const [first, second, third] = [hashes[index - 2] as number, hashes[index - 1] as number, hashes[index] as number];
    const key = Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca6b) ^ third;
    this.trigrams++;
    for (let at = spread(key) & this.#mask; ; at = (at + 1) & this.#mask) {
      const seen = (groups[at] as number) - base;
      if (seen < 0) {
        groups[at] = base + index;
        return -1;
      }
      if (hashes[seen] !== third || hashes[seen - 1] !== second || hashes[seen - 2] !== first) continue;
      groups[at] = base + index;
      this.repeatedTrigrams++;
      return seen;
    }
  }

  #phrase(word: number, index: number, end: number, sentence: number): void {
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
