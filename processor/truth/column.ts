const SHIFT = 12;
/** Calls in a block: memory comes and goes in pieces of so many. */
export const BLOCK = 1 << SHIFT;
const ROW = BLOCK - 1;

/** The block that a call stands in, by its number. */
export function blockOf(number: number): number {
  return Math.floor(number / BLOCK);
}

/** The place of a call in its block. */
export function rowOf(number: number): number {
  return number & ROW;
}

/** One field of many calls, by the number of a call. Without an object a call, and without any memory where no call has it. */
export class Column<T> {
  readonly #blocks = new Map<number, (T | undefined)[]>();

  get(number: number): T | undefined {
    return this.#blocks.get(blockOf(number))?.[rowOf(number)];
  }

  set(number: number, value: T | undefined): void {
    const key = blockOf(number);
    let block = this.#blocks.get(key);
    if (block === undefined) {
      if (value === undefined) return;
      block = new Array<T | undefined>(BLOCK).fill(undefined);
      this.#blocks.set(key, block);
    }
    block[rowOf(number)] = value;
  }

  /** Forgets a call. Calls are released in the order of their numbers. */
  release(number: number): void {
    if (rowOf(number) === ROW) this.#blocks.delete(blockOf(number));
    else this.set(number, undefined);
  }
}

/** As `Column`, of numbers: 8 bytes a call. What was never set is `empty`. */
export class NumberColumn {
  readonly #blocks = new Map<number, Float64Array>();
  readonly #empty: number;

  constructor(empty: number) {
    this.#empty = empty;
  }

  get(number: number): number {
    return this.#blocks.get(blockOf(number))?.[rowOf(number)] ?? this.#empty;
  }

  set(number: number, value: number): void {
    const key = blockOf(number);
    let block = this.#blocks.get(key);
    if (block === undefined) {
      if (Object.is(value, this.#empty)) return;
      block = new Float64Array(BLOCK).fill(this.#empty);
      this.#blocks.set(key, block);
    }
    block[rowOf(number)] = value;
  }

  /** Forgets a call. Calls are released in the order of their numbers. */
  release(number: number): void {
    if (rowOf(number) === ROW) this.#blocks.delete(blockOf(number));
  }
}

/** Keeps one copy of equal texts, up to a number of them: names that many calls share. */
export class Interner {
  readonly #known = new Map<string, string>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  /** The copy that is kept, or the text itself where there is no room. */
  keep(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size < this.#limit) this.#known.set(text, text);
    return text;
  }
}
