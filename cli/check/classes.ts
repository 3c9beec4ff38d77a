import { MonitorError } from '../../core/errors.js';
import { isClassName, isClassWord, MAX_CLASS_NAME } from '../../processor/truth/class-names.js';
import { RowProblem } from './row.js';

/** Classes that labels may name: a matrix of them is filled with each draw. */
export const MAX_LABELLED = 256;
/** Further classes that only predictions name. */
const MAX_PREDICTED = 64;
/** What was predicted and names no class; no label is of it, so it is always wrong. */
const NONE = 0;
/** What stands in the labels beside a list of classes. */
const REST = 1;
/** Numbers before the first class that has a name. */
export const UNLISTED = 2;

/** The classes of all rows, once all are known. */
export interface ClassTable {
  readonly size: number;
  /** Classes that count in a mean even where no row has them. */
  readonly listed: number;
  /** The number of the positive one. */
  readonly positive?: number;
  /** The class of a number that `pair` gave. */
  readonly settled: (index: number) => number;
  readonly find: (name: string) => number | undefined;
  /** Names that may be shown: words, not what people write. */
  readonly shown: readonly string[];
}

/**
 * Classes as numbers. Unlike those of the live metrics they may have any name on one line, and be many: nothing of them becomes
 * a label. Without a list the labels name them; what only predictions name is a class if it is a word.
 */
export class Classes {
  readonly #listed: boolean;
  readonly #names: string[] = ['', ''];
  readonly #labelled: boolean[] = [false, false];
  readonly #indices = new Map<string, number>();
  #labels = 0;

  constructor(listed?: readonly string[]) {
    this.#listed = listed !== undefined;
    for (const name of listed ?? []) this.#label(name);
  }

  /**
   * Numbers of the true and of the predicted class.
   * @throws RowProblem for a label that is no class name, MonitorError INVALID_ARGUMENT for too many
   */
  pair(actual: string, predicted: string): readonly [actual: number, predicted: number] {
    const truth = this.#listed ? (this.#indices.get(actual) ?? REST) : this.#label(actual);
    const said = this.#indices.get(predicted) ?? (predicted === actual ? truth : this.#predict(predicted));
    return [truth, said];
  }

  settle(positive?: string): ClassTable {
    const index = positive === undefined ? undefined : this.#indices.get(positive);
    const named = (i: number): boolean => this.#labelled[i] === true || isClassWord(this.#names[i] as string);
    return {
      size: this.#names.length,
      listed: this.#listed ? this.#labels : 0,
      ...(index === undefined ? {} : { positive: index }),
      settled: i => (i === REST || named(i) ? i : NONE),
      find: name => {
        const found = this.#indices.get(name);
        return found === undefined || !named(found) ? undefined : found;
      },
      shown: this.#names.filter((name, i) => this.#labelled[i] === true && isClassWord(name)),
    };
  }

  #label(name: string): number {
    const known = this.#indices.get(name) ?? this.#add(name, MAX_LABELLED + MAX_PREDICTED);
    if (known === NONE)
      throw new RowProblem(`label is no class, a text of 1 to ${MAX_CLASS_NAME} characters on one line`);
    if (this.#labelled[known] !== true) {
      this.#labelled[known] = true;
      this.#labels++;
      if (this.#labels > MAX_LABELLED)
        throw new MonitorError(
          'INVALID_ARGUMENT',
          `the labels name more than ${MAX_LABELLED} classes; expected fewer, or --kind text`,
        );
    }
    return known;
  }

  #predict(name: string): number {
    return this.#listed ? NONE : this.#add(name, this.#labels + MAX_PREDICTED);
  }

  #add(name: string, most: number): number {
    if (!isClassName(name) || this.#indices.size >= most) return NONE;
    const index = this.#names.push(name) - 1;
    this.#labelled.push(false);
    this.#indices.set(name, index);
    return index;
  }
}
