import type { Deviations } from './baselines.js';
import { levelEvidence, MOST_EVIDENCE, rateEvidence } from './evidence.js';
import type { CallEvidence } from './scope-tests.js';
import { RATES } from './signals.js';
import { LEVEL_TEST_PLANS, STYLE_LEVELS } from './tests.js';

/** The change of a rate that is looked for beside that of its own: three in ten calls more. */
const MASSIVE = 0.3;

/** Weighs how a call deviates, once for all scopes it is in. */
export class CallWeigher {
  readonly #out: CallEvidence & { sender: string; surges: boolean } = {
    rates: new Float64Array(RATES.length),
    massive: new Float64Array(RATES.length),
    levels: new Float64Array(LEVEL_TEST_PLANS.length),
    style: new Float64Array(2 * STYLE_LEVELS.length),
    sender: '',
    surges: false,
  };

  /**
   * @param surges true where the sender's traffic surges
   * @returns the same object each time: only valid until the next call
   */
  weigh({ distance, shift, fact, usual }: Deviations, sender: string, surges: boolean): CallEvidence {
    const out = this.#out;
    out.sender = sender;
    out.surges = surges;
    for (let r = 0; r < RATES.length; r++) {
      const { times, plus } = RATES[r]!;
      const rate = usual[r]!;
      const x = fact[r]!;
      out.rates[r] = Number.NaN;
      if (Number.isNaN(x)) continue;
      out.rates[r] = rateEvidence(x, rate, Math.min(0.95, Math.max(rate * times, rate + plus)));
      out.massive[r] = rateEvidence(x, rate, Math.min(0.95, Math.max(rate * times, rate + MASSIVE)));
    }
    for (let t = 0; t < LEVEL_TEST_PLANS.length; t++) {
      const { levels, sign, shifts } = LEVEL_TEST_PLANS[t]!;
      let sum = Number.NaN;
      for (const l of levels) {
        const z = distance[l]!;
        if (!Number.isNaN(z)) sum = (Number.isNaN(sum) ? 0 : sum) + levelEvidence(sign * z, shift[l]! * shifts);
      }
      out.levels[t] = Math.min(MOST_EVIDENCE, sum);
    }
    for (let s = 0; s < STYLE_LEVELS.length; s++) {
      const level = STYLE_LEVELS[s]!;
      const z = distance[level]!;
      out.style[2 * s] = levelEvidence(z, shift[level]!);
      out.style[2 * s + 1] = levelEvidence(-z, shift[level]!);
    }
    return out;
  }
}
