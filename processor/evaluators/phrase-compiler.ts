import { MonitorError } from '../../core/errors.js';
import { PHRASE_MAGIC, type PhraseGroups, phraseLayout } from './phrase-matcher.js';
import { hashWord, spread } from './word-hash.js';

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
 * The tables of a `PhraseMatcher`, as it reads them; the same for the same phrases. Takes some 40 ms, which is why the built-in
 * ones come compiled.
 * @param groups phrase patterns by group; an earlier group wins where two have the same phrase
 * @throws MonitorError INVALID_ARGUMENT for more phrases than 16-bit states, and for one of more than 15 words
 */
export function compilePhrases(groups: PhraseGroups): Uint8Array {
  const places = new Places();
  Object.keys(groups).forEach((name, group) => {
    for (const pattern of groups[name] as readonly string[]) places.add(pattern, group);
  });
  return encode(new Automaton(places), places.vocabulary);
}

/** The most words of a phrase: a place and the words that led to it share a number. */
const MAX_LENGTH = 15;
const LENGTH_BITS = 4;

/** Places between the words of patterns, and the words that lead from one to the next: many phrases share them. */
class Places {
  readonly vocabulary = new Map<number, number>();
  readonly starts: number[] = [];
  /** Word -> places behind it. */
  readonly next: Map<number, number[]>[] = [];
  /** The place that is reached without a word; -1 if none. */
  readonly skip: number[] = [];
  /** The group of the phrases that end in a place; -1 if none does. */
  readonly ends: number[] = [];

  add(pattern: string, group: number): void {
    let at = this.#place();
    this.starts.push(at);
    for (const choices of choicesOf(pattern)) {
      const behind = this.#place();
      for (const words of choices) {
        if (words.length === 0) this.skip[at] = behind;
        let from = at;
        words.forEach((word, i) => {
          const to = i === words.length - 1 ? behind : this.#place();
          this.#lead(from, this.#number(word), to);
          from = to;
        });
      }
      at = behind;
    }
    this.ends[at] = group;
  }

  #place(): number {
    this.next.push(new Map());
    this.skip.push(-1);
    return this.ends.push(-1) - 1;
  }

  #lead(from: number, word: number, to: number): void {
    const places = this.next[from] as Map<number, number[]>;
    const behind = places.get(word);
    if (behind === undefined) places.set(word, [to]);
    else behind.push(to);
  }

  #number(word: string): number {
    const hash = hashWord(word);
    const known = this.vocabulary.get(hash);
    if (known !== undefined) return known;
    this.vocabulary.set(hash, this.vocabulary.size + 1);
    return this.vocabulary.size;
  }
}

/** A pattern as the choices that follow each other, each choice as its words. */
function choicesOf(pattern: string): readonly (readonly string[])[][] {
  return pattern
    .split(/[()]/)
    .map((part, i) =>
      (i % 2 === 0 ? [part] : part.split('|')).map(choice => choice.split(' ').filter(word => word !== '')),
    )
    .filter(choices => choices.some(words => words.length > 0));
}

/**
 * One state for each set of places that the words so far can have led to. A word that leads on from none of them starts anew.
 * @see Rabin, Scott 1959, Finite automata and their decision problems, IBM J. Res. Dev. 3(2):114–125
 */
class Automaton {
  /** Word -> state, from the state of nothing. */
  readonly roots = new Map<number, number>();
  /** Of each state word -> state, where that is not the one in `roots`. */
  readonly edges: Map<number, number>[] = [];
  /** Words in the longest phrase that ends in a state (0 = none), and its group. */
  readonly lengths: number[] = [];
  readonly groups: number[] = [];
  readonly #places: Places;
  readonly #ids = new Map<string, number>();
  readonly #sets: (readonly number[])[] = [];

  constructor(places: Places) {
    this.#places = places;
    this.#stateOf(new Set());
    const begun = new Set<number>();
    for (const start of places.starts) this.#reach(start, 0, begun);
    const first = this.#step([...begun]);
    for (const [word, set] of first) this.roots.set(word, this.#stateOf(set));
    // Grows while it is walked over.
    for (let state = 1; state < this.#sets.length; state++) {
      for (const [word, set] of this.#step(this.#sets[state] as readonly number[])) {
        for (const item of first.get(word) ?? []) set.add(item);
        const to = this.#stateOf(set);
        if (to !== this.roots.get(word)) (this.edges[state] as Map<number, number>).set(word, to);
      }
    }
  }

  /** A place after so many words, and those behind it that need none. */
  #reach(place: number, length: number, set: Set<number>): void {
    if (length > MAX_LENGTH)
      throw new MonitorError(
        'INVALID_ARGUMENT',
        `a phrase has ${length} words or more; expected at most ${MAX_LENGTH}`,
      );
    for (let at = place; at >= 0; at = this.#places.skip[at] as number) set.add((at << LENGTH_BITS) | length);
  }

  #step(set: readonly number[]): Map<number, Set<number>> {
    const byWord = new Map<number, Set<number>>();
    for (const item of set) {
      for (const [word, behind] of this.#places.next[item >> LENGTH_BITS] as Map<number, number[]>) {
        const reached = byWord.get(word) ?? new Set();
        byWord.set(word, reached);
        for (const place of behind) this.#reach(place, (item & MAX_LENGTH) + 1, reached);
      }
    }
    return byWord;
  }

  #stateOf(set: ReadonlySet<number>): number {
    const items = [...set].sort((a, b) => a - b);
    const key = items.join();
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    let length = 0;
    let group = 0;
    for (const item of items) {
      const ended = this.#places.ends[item >> LENGTH_BITS] as number;
      const words = item & MAX_LENGTH;
      if (ended < 0 || words < length || (words === length && ended >= group)) continue;
      length = words;
      group = ended;
    }
    this.#ids.set(key, this.#sets.length);
    this.lengths.push(length);
    this.groups.push(group);
    this.edges.push(new Map());
    return this.#sets.push(items) - 1;
  }
}

function encode({ roots, edges, lengths, groups }: Automaton, vocabulary: ReadonlyMap<number, number>): Uint8Array {
  const slots = 2 ** Math.ceil(Math.log2(vocabulary.size * 2 + 2));
  const { bases, cells } = placeRows(edges, vocabulary.size);
  const states = edges.length;
  if (states + cells.length > 0xffff)
    throw new MonitorError(
      'INVALID_ARGUMENT',
      `phrases take ${states} states and ${cells.length} cells; expected 65535`,
    );
  const layout = phraseLayout(slots, vocabulary.size, states, cells.length);
  layout.header.set([PHRASE_MAGIC, slots, vocabulary.size, states, cells.length]);
  for (const [hash, number] of vocabulary) {
    let at = spread(hash) & (slots - 1);
    while (layout.numbers[at] !== 0) at = (at + 1) & (slots - 1);
    layout.keys[at] = hash;
    layout.numbers[at] = number;
  }
  for (const [word, state] of roots) layout.roots[word] = state;
  layout.bases.set(bases);
  layout.lengths.set(lengths);
  layout.groups.set(groups);
  cells.forEach((cell, at) => {
    layout.owners[at] = cell?.owner ?? 0xffff;
    layout.targets[at] = cell?.target ?? 0;
  });
  return layout.bytes;
}

interface Cell {
  readonly owner: number;
  readonly target: number;
}

/**
 * Lays the rows of a sparse table over each other so that none of their cells meet, the fullest first.
 * @see Tarjan, Yao 1979, Storing a sparse table, CACM 22(11):606–611
 */
function placeRows(edges: readonly ReadonlyMap<number, number>[], words: number) {
  const bases = new Array<number>(edges.length).fill(0);
  const cells: (Cell | undefined)[] = [];
  const order = edges.map((_, state) => state).filter(state => (edges[state] as Map<number, number>).size > 0);
  order.sort((a, b) => (edges[b] as Map<number, number>).size - (edges[a] as Map<number, number>).size || a - b);
  for (const owner of order) {
    const row = [...(edges[owner] as Map<number, number>)];
    let base = 0;
    while (row.some(([word]) => cells[base + word] !== undefined)) base++;
    bases[owner] = base;
    for (const [word, target] of row) cells[base + word] = { owner, target };
  }
  // Every word of every state can be looked up without a check of bounds.
  const length = Math.max(0, ...bases) + words + 1;
  return { bases, cells: Array.from({ length }, (_, at) => cells[at]) };
}
