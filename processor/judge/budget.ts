/** What a judge may take. Each process keeps its own account, in memory. */
export interface JudgeBudget {
  readonly callsPerMinute?: number;
  /** Of the last 24 hours. */
  readonly tokensPerDay?: number;
  /** Of the last 24 hours, in US dollars. */
  readonly usdPerDay?: number;
}

/** What a call takes or took. */
export interface Taken {
  readonly tokens: number;
  readonly usd: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SLOTS = 24;

/** A sum over the last `length` milliseconds, and up to a 24th more: what was added leaves it a slot at a time, never early. */
class SlidingSum {
  readonly #width: number;
  readonly #sums = new Float64Array(SLOTS + 1);
  readonly #slots = new Float64Array(SLOTS + 1).fill(-1);

  constructor(length: number) {
    this.#width = length / SLOTS;
  }

  /** Adds to the slot of `at`; what is too old to count is left out. */
  add(value: number, at: number): void {
    const slot = Math.floor(at / this.#width);
    const i = slot % (SLOTS + 1);
    if (slot < (this.#slots[i] as number)) return;
    if (slot > (this.#slots[i] as number)) {
      this.#slots[i] = slot;
      this.#sums[i] = 0;
    }
    this.#sums[i] = (this.#sums[i] as number) + value;
  }

  total(at: number): number {
    const oldest = Math.floor(at / this.#width) - SLOTS;
    let sum = 0;
    for (let i = 0; i <= SLOTS; i++) if ((this.#slots[i] as number) >= oldest) sum += this.#sums[i] as number;
    return sum;
  }
}

/**
 * Keeps spending within a budget over sliding windows. What a call may take is set aside before it, and put right after it, so
 * that calls under way at once do not overdraw it together.
 */
export class Account {
  readonly #budget: JudgeBudget;
  readonly #calls = new SlidingSum(MINUTE);
  readonly #tokens = new SlidingSum(DAY);
  readonly #usd = new SlidingSum(DAY);

  constructor(budget: JudgeBudget) {
    this.#budget = budget;
  }

  /** Whether one more call fits. @param now milliseconds since some start, at least 0 */
  fits(most: Taken, now: number): boolean {
    const { callsPerMinute = Infinity, tokensPerDay = Infinity, usdPerDay = Infinity } = this.#budget;
    return (
      this.#calls.total(now) + 1 <= callsPerMinute &&
      this.#tokens.total(now) + most.tokens <= tokensPerDay &&
      this.#usd.total(now) + most.usd <= usdPerDay
    );
  }

  /** Sets aside what one more call may take, if it fits. */
  take(most: Taken, now: number): boolean {
    if (!this.fits(most, now)) return false;
    this.#calls.add(1, now);
    this.#tokens.add(most.tokens, now);
    this.#usd.add(most.usd, now);
    return true;
  }

  /** Puts right what was set aside at `at`. */
  settle(most: Taken, took: Taken, at: number): void {
    this.#tokens.add(took.tokens - most.tokens, at);
    this.#usd.add(took.usd - most.usd, at);
  }
}
