import { hashWord, spread } from './word-hash.js';

/** Where a phrase of a group ends in a scanned text. */
export interface PhraseMatch {
  readonly group: string;
  /** UTF-16 offsets in the answer: [start, end). */
  readonly start: number;
  readonly end: number;
  /** Sentence of its last word, from 0. */
  readonly sentence: number;
}

const OPTION = /\(([^()]*)\)/;

/**
 * All phrases that a pattern stands for. `(a|b c)` stands for its alternatives, `(a|)` may be left out; groups do not nest.
 * Words are written as a scan folds them: lower case, without apostrophes.
 */
export function expandPattern(pattern: string): string[] {
  const option = OPTION.exec(pattern);
  if (option === null) return [pattern.trim().replace(/\s+/g, ' ')];
  const before = pattern.slice(0, option.index);
  const after = pattern.slice(option.index + option[0].length);
  return (option[1] as string).split('|').flatMap(word => expandPattern(before + word + after));
}

/**
 * Finds many phrases in one walk over the words of a text, each a step of constant cost (amortised).
 * @see Aho, Corasick 1975, CACM 18(6):333–340; here over words instead of characters
 */
export class PhraseMatcher {
  readonly groups: readonly string[];
  /** Open-addressed: state and word -> state. */
  readonly #edges: Int32Array;
  /** Open-addressed: hash -> number of the word. */
  readonly #words: Int32Array;
  readonly #failure: readonly number[];
  /** Words in the longest phrase that ends in a state, and its group. */
  readonly #lengths: readonly number[];
  readonly #group: readonly number[];

  /** @param groups phrase patterns by group; an earlier group wins where two have the same phrase */
  constructor(groups: Readonly<Record<string, readonly string[]>>) {
    this.groups = Object.keys(groups);
    const trie = new Trie();
    this.groups.forEach((name, group) => {
      for (const pattern of groups[name] as readonly string[])
        for (const phrase of expandPattern(pattern)) trie.add(phrase.split(' ').map(hashWord), group);
    });
    trie.link();
    this.#failure = trie.failure;
    this.#lengths = trie.lengths;
    this.#group = trie.group;
    this.#words = table(trie.vocabulary);
    this.#edges = table(
      new Map(trie.children.flatMap((to, from) => [...to].map(([word, state]) => [edge(from, word), state]))),
    );
  }

  /** The number of a word in the phrases; 0 if no phrase has it. */
  wordNumber(hash: number): number {
    return lookUp(this.#words, hash);
  }

  /** The state after one more word. @param word from `wordNumber` */
  next(state: number, word: number): number {
    if (word === 0) return 0;
    for (;;) {
      const to = lookUp(this.#edges, edge(state, word));
      if (to !== 0 || state === 0) return to;
      state = this.#failure[state] as number;
    }
  }

  /** How many words the longest phrase that ends in a state has; 0 if none ends there. */
  lengthAt(state: number): number {
    return this.#lengths[state] as number;
  }

  groupAt(state: number): string {
    return this.groups[this.#group[state] as number] as string;
  }
}

/** The phrases as a tree of words, with for each state the longest proper suffix that is a state too. */
class Trie {
  readonly vocabulary = new Map<number, number>();
  readonly children: Map<number, number>[] = [new Map()];
  readonly failure: number[] = [0];
  readonly lengths: number[] = [0];
  readonly group: number[] = [0];

  add(hashes: readonly number[], group: number): void {
    let state = 0;
    for (const hash of hashes) {
      const word = this.vocabulary.get(hash) ?? this.vocabulary.size + 1;
      this.vocabulary.set(hash, word);
      state = this.children[state]?.get(word) ?? this.#grow(state, word);
    }
    if (this.lengths[state] !== 0) return;
    this.lengths[state] = hashes.length;
    this.group[state] = group;
  }

  /** Breadth first, so that the failure of a state is known before those of the states behind it. */
  link(): void {
    const waiting = [0];
    for (let i = 0; i < waiting.length; i++) {
      const state = waiting[i] as number;
      for (const [word, to] of this.children[state] ?? []) {
        waiting.push(to);
        const fallback = state === 0 ? 0 : this.#fallback(this.failure[state] as number, word);
        this.failure[to] = fallback;
        if (this.lengths[to] !== 0) continue;
        this.lengths[to] = this.lengths[fallback] as number;
        this.group[to] = this.group[fallback] as number;
      }
    }
  }

  #grow(state: number, word: number): number {
    const to = this.lengths.length;
    this.children[state]?.set(word, to);
    this.children.push(new Map());
    this.failure.push(0);
    this.lengths.push(0);
    this.group.push(0);
    return to;
  }

  #fallback(state: number, word: number): number {
    for (;;) {
      const to = this.children[state]?.get(word);
      if (to !== undefined) return to;
      if (state === 0) return 0;
      state = this.failure[state] as number;
    }
  }
}

/** States are numbered up to 65,535, words up to 32,767. */
function edge(state: number, word: number): number {
  return (state << 15) ^ word;
}

function table(entries: ReadonlyMap<number, number>): Int32Array {
  const size = 2 ** Math.ceil(Math.log2(entries.size * 2 + 2));
  const out = new Int32Array(size * 2);
  for (const [key, value] of entries) {
    let at = spread(key) & (size - 1);
    while (out[at * 2 + 1] !== 0) at = (at + 1) & (size - 1);
    out[at * 2] = key;
    out[at * 2 + 1] = value;
  }
  return out;
}

function lookUp(entries: Int32Array, key: number): number {
  const mask = (entries.length >>> 1) - 1;
  for (let at = spread(key) & mask; ; at = (at + 1) & mask) {
    const value = entries[at * 2 + 1] as number;
    if (value === 0 || entries[at * 2] === key) return value;
  }
}
