import type { TruthValue } from '../../core/feedback.js';

/** Classes with a name of their own; what comes later is `other`. */
export const MAX_CLASSES = 50;
/** A longer text is no class name. */
export const MAX_CLASS_NAME = 64;
export const OTHER_CLASS = 'other';
/** Predicted where truth and prediction are both folded and yet differ: without it a mistake would look right. */
export const MISMATCH_CLASS = 'other_mismatch';

/** True for a text that may name a class: 1 to 64 characters on one line. */
export function isClassName(text: string): boolean {
  return text !== '' && text.length <= MAX_CLASS_NAME && !/[\u0000-\u001f\u007f]/.test(text);
}

/**
 * True for a text that may name a class nobody listed: one word as identifiers are (Latin letters, digits, `_`, `-`, `.`; at most
 * 32), without six digits in a row or parted by these signs. What people write (a sentence, an e-mail address, the number of a
 * card, an account or a telephone) is none, and so becomes no label.
 */
export function isClassWord(text: string): boolean {
  return /^[\p{Script=Latin}0-9_.-]{1,32}$/u.test(text) && !/\d(?:[_.-]*\d){5}/.test(text);
}

/** The class that a label or a prediction names. Compared as it is: case and blanks count. */
export function classNameOf(value: TruthValue): string {
  return typeof value === 'string' ? value : String(value);
}

/**
 * The classes of a task, as numbers in the order of their first use. With a list from the user only these have names, as they
 * are; otherwise the first 50 that are a word (`isClassWord`), and `configured`. Everything else is `other`, so that a class name
 * is always a bounded label value and never free text.
 */
export class ClassNames {
  readonly #names: string[] = [];
  readonly #indices = new Map<string, number>();
  readonly #closed: boolean;
  readonly #configured: string | undefined;

  /** @param configured a name that the user gave without a list */
  constructor(classes?: readonly string[], configured?: string) {
    this.#configured = configured;
    this.#closed = classes !== undefined;
    for (const name of classes ?? []) if (this.#indices.size < MAX_CLASSES) this.#add(name);
  }

  get size(): number {
    return this.#names.length;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** The name that a class is counted under; does not make one. */
  fold(name: string): string {
    return this.#indices.has(name) || this.#admits(name) ? name : OTHER_CLASS;
  }

  /** True for a text that is counted by itself as long as there is room: with a list one of it, else a word or what is configured. */
  mayName(text: string): boolean {
    return this.#closed ? this.#indices.has(text) : this.#isName(text);
  }

  /** The number of a class. A name that was folded before, here or in another process, is folded alike. */
  index(name: string): number {
    const named = name === MISMATCH_CLASS || this.#admits(name);
    return this.#indices.get(name) ?? this.#folded(named ? name : OTHER_CLASS);
  }

  /** The number of a class that has one. */
  find(name: string): number | undefined {
    return this.#indices.get(name);
  }

  /** Numbers of the true and of the predicted class. */
  pair(actual: string, predicted: string): readonly [actual: number, predicted: number] {
    const truth = this.index(actual);
    const said = this.index(predicted);
    return truth === said && actual !== predicted ? [truth, this.#folded(MISMATCH_CLASS)] : [truth, said];
  }

  #admits(name: string): boolean {
    if (this.#closed || this.#names.length >= MAX_CLASSES) return false;
    return this.#isName(name);
  }

  #isName(name: string): boolean {
    return isClassWord(name) || (name === this.#configured && isClassName(name));
  }

  #folded(name: string): number {
    return this.#indices.get(name) ?? this.#add(name);
  }

  #add(name: string): number {
    const index = this.#names.length;
    this.#names.push(name);
    this.#indices.set(name, index);
    return index;
  }
}
