import { MonitorError } from '../../core/errors.js';

/** Rows that are named one by one; further ones are counted. */
const NAMED = 10;

/** Rows that something is wrong with. */
export class Problems {
  readonly #keepGoing: boolean;
  readonly #tell: (text: string) => void;
  #count = 0;

  /** @param keepGoing they are told and left out; without it the first one ends everything */
  constructor(keepGoing: boolean, tell: (text: string) => void) {
    this.#keepGoing = keepGoing;
    this.#tell = tell;
  }

  /** Rows left out. */
  get count(): number {
    return this.#count;
  }

  /** @throws MonitorError INVALID_ARGUMENT without `keepGoing` */
  add(line: number, what: string): void {
    if (!this.#keepGoing)
      throw new MonitorError('INVALID_ARGUMENT', `line ${line}: ${what} (with --keep-going such rows are left out)`);
    this.#count++;
    if (this.#count <= NAMED) this.#tell(`line ${line} is left out: ${what}\n`);
    else if (this.#count === NAMED + 1) this.#tell('further lines that are left out are only counted\n');
  }
}
