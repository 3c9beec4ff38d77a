import { MonitorError, showValue } from '../../core/errors.js';
import { spread } from './word-hash.js';

/** Where a phrase of a group ends in a scanned text. */
export interface PhraseMatch {
  readonly group: string;
  /** UTF-16 offsets in the answer: [start, end). */
  readonly start: number;
  readonly end: number;
  /** Sentence of its last word, from 0. */
  readonly sentence: number;
}

/** Phrase patterns by group: see `expandPattern`. */
export type PhraseGroups = Readonly<Record<string, readonly string[]>>;

export const PHRASE_MAGIC = 0x31524850;
const HEADER = 8;

/** The tables of a matcher as views of one block of bytes, in the order of the file. */
export function phraseLayout(slots: number, words: number, states: number, cells: number, given?: Uint8Array) {
  const size = HEADER * 4 + slots * 6 + (words + 1) * 2 + states * 2 + cells * 4 + states * 2;
  // Views of 32 bits need an offset that 4 divides.
  const bytes = given === undefined ? new Uint8Array(size) : given.byteOffset % 4 === 0 ? given : given.slice();
  let at = bytes.byteOffset;
  const from = (length: number): number => {
    at += length;
    return at - length;
  };
  const { buffer } = bytes;
  return {
    bytes,
    size,
    header: new Int32Array(buffer, from(HEADER * 4), HEADER),
    keys: new Int32Array(buffer, from(slots * 4), slots),
    numbers: new Uint16Array(buffer, from(slots * 2), slots),
    roots: new Uint16Array(buffer, from((words + 1) * 2), words + 1),
    bases: new Uint16Array(buffer, from(states * 2), states),
    owners: new Uint16Array(buffer, from(cells * 2), cells),
    targets: new Uint16Array(buffer, from(cells * 2), cells),
    lengths: new Uint8Array(buffer, from(states), states),
    groups: new Uint8Array(buffer, from(states), states),
  };
}

/** Finds many phrases in one walk over the words of a text, each a step of constant cost: a look-up in a table. */
export class PhraseMatcher {
  readonly groups: readonly string[];
  /** Open-addressed: hash -> number of the word. */
  readonly #keys: Int32Array;
  readonly #numbers: Uint16Array;
  /** Word -> state, for a state that the word does not lead on from. */
  readonly #roots: Uint16Array;
  /** Rows of all states laid over each other: a cell at base + word counts if the state owns it. */
  readonly #bases: Uint16Array;
  readonly #owners: Uint16Array;
  readonly #targets: Uint16Array;
  readonly #lengths: Uint8Array;
  readonly #group: Uint8Array;

  /**
   * @param bytes what `compilePhrases` gave on a machine of this byte order; kept, not copied
   * @param groups names of the groups it was compiled from, in their order
   * @throws MonitorError STATE_MISMATCH for other bytes
   */
  constructor(bytes: Uint8Array, groups: readonly string[]) {
    const head = new Int32Array(bytes.slice(0, HEADER * 4).buffer);
    const [magic, slots = 0, words = 0, states = 0, cells = 0] = head;
    const known = magic === PHRASE_MAGIC && bytes.length >= HEADER * 4;
    const layout = known ? readLayout(slots, words, states, cells, bytes) : undefined;
    if (layout === undefined)
      throw new MonitorError(
        'STATE_MISMATCH',
        `the tables of phrases have ${showValue(bytes.length)} bytes; expected those of compiled phrases`,
      );
    this.groups = groups;
    this.#keys = layout.keys;
    this.#numbers = layout.numbers;
    this.#roots = layout.roots;
    this.#bases = layout.bases;
    this.#owners = layout.owners;
    this.#targets = layout.targets;
    this.#lengths = layout.lengths;
    this.#group = layout.groups;
  }

  /** The number of a word in the phrases; 0 if no phrase has it. */
  wordNumber(hash: number): number {
    const keys = this.#keys;
    const numbers = this.#numbers;
    const mask = numbers.length - 1;
    for (let at = spread(hash) & mask; ; at = (at + 1) & mask) {
      const number = numbers[at] as number;
      if (number === 0 || keys[at] === hash) return number;
    }
  }

  /** The state after one more word; that of nothing is 0. @param word from `wordNumber` */
  next(state: number, word: number): number {
    const at = (this.#bases[state] as number) + word;
    return (this.#owners[at] === state ? this.#targets[at] : this.#roots[word]) as number;
  }

  /** How many words the longest phrase that ends in a state has; 0 if none ends there. */
  lengthAt(state: number): number {
    return this.#lengths[state] as number;
  }

  groupAt(state: number): string {
    return this.groups[this.#group[state] as number] as string;
  }
}

function readLayout(slots: number, words: number, states: number, cells: number, bytes: Uint8Array) {
  const size = HEADER * 4 + slots * 6 + (words + 1) * 2 + states * 2 + cells * 4 + states * 2;
  return size === bytes.length ? phraseLayout(slots, words, states, cells, bytes) : undefined;
}
