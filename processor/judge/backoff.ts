/** Milliseconds: the first pause, doubled with each failure in a row, and the longest. */
const FIRST = 1000;
const LONGEST = 60_000;
/** The longest that a server may ask for. */
const LONGEST_ASKED = 600_000;

/** Leaves a server in peace that fails or asks for it. Times in milliseconds since some start. */
export class Backoff {
  #failures = 0;
  #until = 0;

  ready(now: number): boolean {
    return now >= this.#until;
  }

  worked(): void {
    this.#failures = 0;
  }

  /** @param asked the pause that the server asked for; @param lasting a refusal that another try will not change */
  failed(now: number, asked = 0, lasting = false): void {
    const own = lasting ? LONGEST : Math.min(LONGEST, FIRST * 2 ** Math.min(this.#failures, 16));
    this.#failures++;
    this.#until = Math.max(this.#until, now + Math.max(own, Math.min(asked, LONGEST_ASKED)));
  }
}

/** The pause that a header `retry-after` asks for, in milliseconds: a number of seconds, or a date. 0 where it says nothing. */
export function readRetryAfter(header: string | null | undefined, now: number): number {
  if (header === null || header === undefined || header.trim() === '') return 0;
  const seconds = Number(header);
  const pause = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Number.isNaN(pause) ? 0 : Math.max(0, pause);
}
