import { expectedCalibrationError } from '../../processor/truth/calibration.js';
import { type Interval, wilson } from '../../processor/truth/interval.js';

const BINS = 10;

/** Answers whose claimed probability is alike. */
export interface ReliabilityBin {
  /** Mean of what was claimed, 0..1. */
  readonly claimed: number;
  /** Share that came true, with its 95 % interval. */
  readonly right: number;
  readonly interval: Interval;
  readonly cases: number;
}

export interface ReliabilityFacts {
  readonly bins: readonly ReliabilityBin[];
  readonly cases: number;
  /** Expected calibration error over these bins, 0..1. */
  readonly ece: number;
}

/** What was claimed against what came true, in ten bins of equal width. */
export class Reliability {
  readonly #weight = new Float64Array(BINS);
  readonly #claimed = new Float64Array(BINS);
  readonly #right = new Float64Array(BINS);
  readonly #cases = new Float64Array(BINS);

  add(claimed: number, right: number, weight = 1, times: 1 | -1 = 1): void {
    const bin = Math.min(BINS - 1, Math.max(0, Math.ceil(claimed * BINS - 1e-9) - 1));
    this.#weight[bin]! += times * weight;
    this.#claimed[bin]! += times * weight * claimed;
    this.#right[bin]! += times * weight * right;
    this.#cases[bin]! += times;
  }

  /** Undefined without a case. */
  facts(): ReliabilityFacts | undefined {
    const kept = Array.from({ length: BINS }, (_, i) => i).filter(i => (this.#cases[i] as number) > 0);
    if (kept.length === 0) return undefined;
    const mean = (sums: Float64Array, i: number): number => (sums[i] as number) / (this.#weight[i] as number);
    const bins = kept.map(i => {
      const right = Math.min(1, Math.max(0, mean(this.#right, i)));
      const cases = this.#cases[i] as number;
      return { claimed: mean(this.#claimed, i), right, interval: wilson(right * cases, cases) as Interval, cases };
    });
    const ece = expectedCalibrationError(
      bins.map(({ claimed }) => claimed),
      bins.map(({ right }) => right),
      kept.map(i => this.#weight[i] as number),
    ) as number;
    return { bins, cases: bins.reduce((sum, { cases }) => sum + cases, 0), ece };
  }
}
