import { wilson } from '../../processor/truth/interval.js';
import { Firing } from './alert.js';

export interface AccuracyRule {
  readonly threshold: number;
  /** Labels in the window. */
  readonly labels: number;
  readonly hold: number;
  readonly keepFiring: number;
  readonly every: number;
}

interface Verdict {
  readonly call: string;
  readonly correct: number;
}

/** Accuracy over the latest labels: fires while even the upper end of its 95 % interval (Wilson) is below the threshold. */
export class AccuracyAlert {
  readonly #rule: AccuracyRule;
  readonly #firing: Firing;
  readonly #verdicts: Verdict[] = [];
  #right = 0;
  #step: number | undefined;

  constructor(rule: AccuracyRule) {
    this.#rule = rule;
    this.#firing = new Firing(rule.hold, rule.keepFiring);
  }

  /** @param replaced true where the label takes the place of the call's earlier one */
  add(at: number, call: string, correct: number, replaced: boolean): readonly number[] {
    const pages = this.advance(at);
    const before = replaced ? this.#verdicts.findIndex(verdict => verdict.call === call) : -1;
    if (replaced && before < 0) return pages;
    const gone = before >= 0 ? this.#verdicts.splice(before, 1, { call, correct })[0] : undefined;
    this.#right += correct - (gone?.correct ?? 0);
    if (before < 0) this.#verdicts.push({ call, correct });
    if (this.#verdicts.length > this.#rule.labels) this.#right -= this.#verdicts.shift()?.correct ?? 0;
    return pages;
  }

  advance(at: number): readonly number[] {
    const { every, threshold, hold } = this.#rule;
    const step = Math.floor(at / every);
    this.#step ??= step;
    const pages: number[] = [];
    if (step === this.#step) return pages;
    const upper = wilson(this.#right, this.#verdicts.length)?.[1];
    const low = upper !== undefined && upper < threshold;
    // Nothing came since: what holds at the next evaluation holds at all of them, and only the first ones and the last one tell.
    const last = Math.min(step, this.#step + Math.ceil(hold / every) + 2);
    for (let s = this.#step + 1; s <= last; s++) if (this.#firing.evaluate(s * every, low)) pages.push(s * every);
    if (step > last && this.#firing.evaluate(step * every, low) && pages.length === 0) pages.push(step * every);
    this.#step = step;
    return pages;
  }
}
