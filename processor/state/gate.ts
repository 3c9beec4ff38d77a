import type { Clock } from '../../core/clock.js';
import { describeError, MonitorError } from '../../core/errors.js';

/** Work under way or waiting for its turn: more than this means that it comes faster than the server takes it. */
const MAX_INSIDE = 1000;
/** Milliseconds that a server which is away is left alone, the first and the longest time. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;

export interface GateOptions {
  /** The location without its secrets. */
  readonly location: string;
  readonly clock: Clock;
  /** What must not stand in a message. */
  readonly secrets: readonly string[];
  /** Pieces of work under way at once; others wait for their turn. No limit if absent. */
  readonly atOnce?: number;
  /** Whether a server that gave this answer gives it again to the same work; none does if absent. */
  readonly isRefusal?: (error: unknown) => boolean;
}

/**
 * Lets work through to a server and turns it away at once, with UNAVAILABLE, while the server is known to be away: nothing waits
 * for a server to come back, and no timer is needed to try again.
 */
export class Gate {
  readonly #options: GateOptions;
  /** Work that was let in: under way, or in the queue. */
  #inside = 0;
  #underWay = 0;
  readonly #queue: (() => void)[] = [];
  #failures = 0;
  #shutUntil = Number.NEGATIVE_INFINITY;
  #reason = '';
  #closed = false;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** True until `close()`. */
  get open(): boolean {
    return !this.#closed;
  }

  /**
   * @param isOutage whether a failure means that the server is away, rather than that it refused this one piece of work
   * @throws MonitorError REFUSED where the server will not do this work, UNAVAILABLE for any other failure; one of another code, as it is
   */
  async pass<T>(work: () => Promise<T>, isOutage: (error: unknown) => boolean): Promise<T> {
    this.#check();
    if (this.#inside >= MAX_INSIDE) throw this.#unavailable(`${MAX_INSIDE} commands wait for an answer`);
    this.#inside++;
    try {
      await this.#turn();
      try {
        // While this waited its server may have gone.
        this.#check();
        const result = await work();
        this.#failures = 0;
        return result;
      } finally {
        this.#giveTurn();
      }
    } catch (error) {
      if (MonitorError.is(error)) throw error;
      const reason = this.#describe(error);
      if (isOutage(error)) this.#shut(reason);
      else if (this.#options.isRefusal?.(error) === true)
        throw new MonitorError('REFUSED', `the state at ${this.#options.location} refuses: ${reason}`, {
          cause: error,
        });
      throw this.#unavailable(reason, error);
    } finally {
      this.#inside--;
    }
  }

  close(): void {
    this.#closed = true;
  }

  #check(): void {
    if (this.#closed) throw this.#unavailable('closed');
    if (this.#options.clock.monotonic() < this.#shutUntil) throw this.#unavailable(this.#reason);
  }

  async #turn(): Promise<void> {
    if (this.#underWay < (this.#options.atOnce ?? Number.POSITIVE_INFINITY)) this.#underWay++;
    else await new Promise<void>(resolve => this.#queue.push(resolve));
  }

  #giveTurn(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#underWay--;
    else next();
  }

  #shut(reason: string): void {
    this.#reason = reason;
    const now = this.#options.clock.monotonic();
    // What was under way together failed together, and counts once.
    if (now < this.#shutUntil) return;
    this.#shutUntil = now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
  }

  #unavailable(reason: string, cause?: unknown): MonitorError {
    return new MonitorError('UNAVAILABLE', `the state at ${this.#options.location} can't be reached: ${reason}`, {
      cause,
    });
  }

  #describe(error: unknown): string {
    const code = (error as { code?: unknown } | null)?.code;
    const message = describeError(error);
    let text = typeof code === 'string' && !message.includes(code) ? `${code} ${message}` : message;
    for (const secret of this.#options.secrets) if (secret !== '') text = text.replaceAll(secret, '***');
    return text.trim().slice(0, 200);
  }
}
