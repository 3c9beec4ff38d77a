/** When an alert paged, and until when it kept firing. */
export interface Page {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What it was about: a model, a task, a detector. */
  readonly about: string;
}

export interface ShareRule {
  /** A share above it is too high. */
  readonly threshold: number;
  /** Milliseconds: the range of the share, how long it must be too high, and how long a page lasts after that. */
  readonly window: number;
  readonly hold: number;
  readonly keepFiring: number;
  /** Milliseconds between two evaluations. */
  readonly every: number;
  /** Cases in the window below which a share says nothing. */
  readonly least: number;
  /** Bad cases below which it says nothing either; none if absent. */
  readonly leastBad?: number;
}

/** A condition as Prometheus sees it: false, true for a while, firing, and firing on for a while. */
export class Firing {
  readonly #hold: number;
  readonly #keepFiring: number;
  #since: number | undefined;
  #until = Number.NEGATIVE_INFINITY;
  #firing = false;

  constructor(hold: number, keepFiring: number) {
    this.#hold = hold;
    this.#keepFiring = keepFiring;
  }

  /** @returns true at the evaluation at which it begins to fire */
  evaluate(now: number, holds: boolean): boolean {
    if (this.#firing && now > this.#until) this.#firing = false;
    if (!holds) {
      this.#since = undefined;
      return false;
    }
    this.#since ??= now;
    if (now - this.#since < this.#hold) return false;
    const begins = !this.#firing;
    this.#firing = true;
    this.#until = now + this.#keepFiring;
    return begins;
  }
}

/**
 * A share of cases over a sliding window, evaluated at even steps of recorded time, as its alert rule does. Memory is that of the
 * window in steps, whatever the traffic.
 */
export class ShareAlert {
  readonly #rule: ShareRule;
  readonly #firing: Firing;
  /** Cases and bad ones a step; the step that is being filled is `#step % length`. */
  readonly #cases: Float64Array;
  readonly #bad: Float64Array;
  #step: number | undefined;
  #allCases = 0;
  #allBad = 0;

  constructor(rule: ShareRule) {
    this.#rule = rule;
    this.#firing = new Firing(rule.hold, rule.keepFiring);
    const steps = Math.max(1, Math.round(rule.window / rule.every));
    this.#cases = new Float64Array(steps);
    this.#bad = new Float64Array(steps);
  }

  /** Takes a case in. @returns the times at which it began to fire before it, mostly none */
  add(at: number, bad: boolean): readonly number[] {
    const pages = this.advance(at);
    const slot = (this.#step as number) % this.#cases.length;
    this.#cases[slot]!++;
    this.#allCases++;
    if (bad) {
      this.#bad[slot]!++;
      this.#allBad++;
    }
    return pages;
  }

  /** Lets time pass; time that goes back is no time. */
  advance(at: number): readonly number[] {
    const { every, threshold, least, leastBad = 0 } = this.#rule;
    const step = Math.floor(at / every);
    this.#step ??= step;
    const pages: number[] = [];
    while (this.#step < step) {
      // In an empty window nothing holds, however long it lasts.
      if (this.#allCases === 0) {
        this.#firing.evaluate((this.#step + 1) * every, false);
        this.#step = step;
        break;
      }
      const now = (this.#step + 1) * every;
      const enough = this.#allCases >= least && this.#allBad >= leastBad;
      const holds = enough && this.#allBad / this.#allCases > threshold;
      if (this.#firing.evaluate(now, holds)) pages.push(now);
      this.#step++;
      const slot = this.#step % this.#cases.length;
      this.#allCases -= this.#cases[slot]!;
      this.#allBad -= this.#bad[slot]!;
      this.#cases[slot] = 0;
      this.#bad[slot] = 0;
    }
    return pages;
  }
}
