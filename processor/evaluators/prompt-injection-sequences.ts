import type { PromptWords } from './message-words.js';
import { spread } from './word-hash.js';

/** Words that must come one after the other, with others in between. */
export interface WordSequence<Reason extends string = string> {
  readonly reason: Reason;
  /** How sure a text that has it is an attack, 0..1. */
  readonly weight: number;
  /** Each step is any one of its words. */
  readonly steps: readonly ReadonlySet<number>[];
  /** How far a step may stand behind the one before; 1 is the next word. */
  readonly within: number;
}

const MAX_STEPS = 8;
const FAR = -0x40000000;

/**
 * Finds sequences in one walk over the words: each word costs a look-up and as many steps as it has parts in sequences.
 * A sequence is found if some choice of words has every gap within its bound (the nearest word before is always the best).
 */
export class SequenceMatcher<Reason extends string> {
  readonly #sequences: readonly WordSequence<Reason>[];
  /** Open-addressed: hash -> where its steps begin in `#steps`; 0 where there is none. */
  readonly #table: Int32Array;
  /** Runs of sequence * MAX_STEPS + step, the later step first; each run ends in -1. */
  readonly #steps: Int32Array;
  readonly #reached: Int32Array;

  constructor(sequences: readonly WordSequence<Reason>[]) {
    this.#sequences = sequences;
    this.#reached = new Int32Array(sequences.length * MAX_STEPS);
    const uses = new Map<number, number[]>();
    sequences.forEach(({ steps }, sequence) => {
      for (let step = steps.length - 1; step >= 0; step--)
        for (const word of steps[step] as ReadonlySet<number>) {
          const list = uses.get(word) ?? [];
          if (list.length === 0) uses.set(word, list);
          list.push(sequence * MAX_STEPS + step);
        }
    });
    const slots = 2 ** Math.ceil(Math.log2(uses.size * 4 + 2));
    this.#table = new Int32Array(slots * 2);
    const runs = [-1];
    for (const [word, list] of uses) {
      let at = spread(word) & (slots - 1);
      while (this.#table[at * 2 + 1] !== 0) at = (at + 1) & (slots - 1);
      this.#table[at * 2] = word;
      this.#table[at * 2 + 1] = runs.length;
      runs.push(...list, -1);
    }
    this.#steps = Int32Array.from(runs);
  }

  /** The sequences that occur in words [from, to), each once, in the order in which they were first complete. */
  find({ hashes, places }: PromptWords, from: number, to: number): readonly WordSequence<Reason>[] {
    const reached = this.#reached.fill(FAR);
    const table = this.#table;
    const mask = (table.length >>> 1) - 1;
    const found: WordSequence<Reason>[] = [];
    for (let i = from; i < to; i++) {
      const word = hashes[i] as number;
      let at = spread(word) & mask;
      let run = table[at * 2 + 1] as number;
      while (run !== 0 && table[at * 2] !== word) {
        at = (at + 1) & mask;
        run = table[at * 2 + 1] as number;
      }
      if (run === 0) continue;
      const place = places[i] as number;
      for (let use = this.#steps[run] as number; use >= 0; use = this.#steps[++run] as number) {
        const step = use % MAX_STEPS;
        const sequence = this.#sequences[(use - step) / MAX_STEPS] as WordSequence<Reason>;
        if (step > 0) {
          const gap = place - (reached[use - 1] as number);
          if (gap < 1 || gap > sequence.within) continue;
        }
        if (step < sequence.steps.length - 1) reached[use] = place;
        else if (reached[use] === FAR) {
          reached[use] = place;
          found.push(sequence);
        }
      }
    }
    return found;
  }
}
