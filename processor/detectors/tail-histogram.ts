import type { Json } from '../../core/json.js';
import { packBytes, readFloats, readHead } from './state.js';

/** Deviations are asinh of a distance in spreads: 8 is a distance of 1,500. */
const REACH = 8;
const BINS = 256;
/** Values after which all counts are halved, so that what is old counts less and less. */
const HORIZON = 4000;
/** How many values the analytic tail is worth. */
const PRIOR_WEIGHT = 20;
/** Of the analytic tail: between the normal law and what operations look like, 1 in 2,500 is beyond 10 spreads. */
const PRIOR = { scale: 1.2, power: 3.5 };

/** The analytic tail at equal steps of a deviation's size: read off, as a power and a hyperbolic sine a feature cost more than all else. */
const STEPS_A_UNIT = 128;
const PRIOR_TAILS = Float64Array.from({ length: REACH * STEPS_A_UNIT + 2 }, (_, step) => {
  const distance = Math.sinh(step / STEPS_A_UNIT);
  return 0.5 / (1 + (distance / PRIOR.scale) ** PRIOR.power);
});

/** The chance of a deviation of at least this size, on its side, where nothing is known. */
function priorTail(size: number): number {
  const at = Math.min(size, REACH) * STEPS_A_UNIT;
  const step = Math.floor(at);
  const low = PRIOR_TAILS[step]!;
  return low + (at - step) * (PRIOR_TAILS[step + 1]! - low);
}

function binOf(deviation: number): number {
  return Math.max(0, Math.min(BINS - 1, Math.floor(((deviation + REACH) / (2 * REACH)) * BINS)));
}

/**
 * How often deviations as large as one came, a feature: counts in bins, summed by a Fenwick tree, over a memory that fades. An
 * analytic tail stands in while there are few, and beyond what was seen. O(log bins) a question and a value.
 * @see Fenwick 1994, "A new data structure for cumulative frequency tables"
 */
export class TailHistogram {
  readonly #width: number;
  readonly #counts: Float32Array;
  readonly #sums: Float32Array;

  /** @param width features */
  constructor(width: number) {
    this.#width = width;
    this.#counts = new Float32Array(width * (BINS + 1));
    this.#sums = new Float32Array(width);
  }

  /** The weight of what is known of a feature: the number of values, at most some thousand. */
  weight(feature: number): number {
    return this.#sums[feature]!;
  }

  /**
   * How surprising a deviation is: -ln of the chance of one at least as far out, on its side.
   * @returns nats, 0 for the usual; 0 for a missing value
   */
  surprise(feature: number, deviation: number): number {
    if (Number.isNaN(deviation) || deviation === 0) return 0;
    const bin = binOf(deviation);
    const all = this.#sums[feature]!;
    const beyond = deviation > 0 ? all - this.#below(feature, bin) : this.#below(feature, bin + 1);
    const prior = PRIOR_WEIGHT * priorTail(Math.abs(deviation));
    return Math.max(0, -Math.log((2 * (Math.max(0, beyond) + prior)) / (all + PRIOR_WEIGHT)));
  }

  learn(feature: number, deviation: number): void {
    if (Number.isNaN(deviation)) return;
    const base = feature * (BINS + 1);
    for (let k = binOf(deviation) + 1; k <= BINS; k += k & -k) this.#counts[base + k]! += 1;
    this.#sums[feature]! += 1;
    if (this.#sums[feature]! <= HORIZON) return;
    for (let k = base; k <= base + BINS; k++) this.#counts[k]! *= 0.5;
    this.#sums[feature]! *= 0.5;
  }

  save(): { [key: string]: Json } {
    return { width: this.#width, counts: packBytes(this.#counts), sums: packBytes(this.#sums) };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, { width: this.#width });
    const counts = readFloats(saved, 'counts', this.#counts.length);
    this.#sums.set(readFloats(saved, 'sums', this.#width));
    this.#counts.set(counts);
  }

  /** Weight of a feature's values in the bins before `bin`. */
  #below(feature: number, bin: number): number {
    const base = feature * (BINS + 1);
    let sum = 0;
    for (let k = bin; k > 0; k -= k & -k) sum += this.#counts[base + k]!;
    return sum;
  }
}
