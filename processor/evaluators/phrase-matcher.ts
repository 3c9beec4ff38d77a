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
      for (const pattern of groups[name] as readonly string[]) trie.add(slotsOf(pattern), group);
    });
    trie.link();
    this.#failure = trie.failure;
    this.#lengths = trie.lengths;
    this.#group = trie.group;
    this.#words = table(trie.vocabulary);
    this.#edges = table(trie.edges);
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

/** A pattern as the choices that follow each other, each choice as its words. */
function slotsOf(pattern: string): readonly (readonly string[])[][] {
  return pattern
    .split(/[()]/)
    .map((part, i) =>
      (i % 2 === 0 ? [part] : part.split('|')).map(choice => choice.split(' ').filter(word => word !== '')),
    );
}

/**
 * The phrases as a tree of words, with for each state the longest proper suffix that is a state too. A pattern grows it choice by
 * choice from all states reached so far: thousands of phrases that begin alike are never written out one by one.
 */
class Trie {
  readonly vocabulary = new Map<number, number>();
  readonly edges = new Map<number, number>();
  readonly failure: number[] = [0];
  readonly lengths: number[] = [0];
  readonly group: number[] = [0];
  readonly #depth: number[] = [0];
  readonly #parent: number[] = [0];
  readonly #word: number[] = [0];

  add(slots: readonly (readonly (readonly string[])[])[], group: number): void {
    let reached = new Set([0]);
    for (const choices of slots) {
      const next = new Set<number>();
      for (const words of choices) {
        const numbers = words.map(word => this.#number(word));
        for (const state of reached)
          next.add(numbers.reduce((at, word) => this.edges.get(edge(at, word)) ?? this.#grow(at, word), state));
      }
      reached = next;
    }
    for (const state of reached) {
      if (this.lengths[state] !== 0) continue;
      this.lengths[state] = this.#depth[state] as number;
      this.group[state] = group;
    }
  }

  /** Shallow states first, so that the failure of a state is known before those of the states behind it. */
  link(): void {
    const states = Array.from(this.#depth.keys()).slice(1);
    for (const to of states.sort((a, b) => (this.#depth[a] as number) - (this.#depth[b] as number))) {
      const state = this.#parent[to] as number;
      const fallback = state === 0 ? 0 : this.#fallback(this.failure[state] as number, this.#word[to] as number);
      this.failure[to] = fallback;
      if (this.lengths[to] !== 0) continue;
      this.lengths[to] = this.lengths[fallback] as number;
      this.group[to] = this.group[fallback] as number;
    }
  }

  #number(word: string): number {
    const hash = hashWord(word);
    const known = this.vocabulary.get(hash);
    if (known !== undefined) return known;
    this.vocabulary.set(hash, this.vocabulary.size + 1);
    return this.vocabulary.size;
  }

  #grow(state: number, word: number): number {
    const to = this.lengths.length;
    this.edges.set(edge(state, word), to);
    this.failure.push(0);
    this.lengths.push(0);
    this.group.push(0);
    this.#depth.push((this.#depth[state] as number) + 1);
    this.#parent.push(state);
    this.#word.push(word);
    return to;
  }

  #fallback(state: number, word: number): number {
    for (;;) {
      const to = this.edges.get(edge(state, word));
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
