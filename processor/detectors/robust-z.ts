import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import type { Detector, DetectorScore } from './detector.js';
import { FeatureTails } from './feature-tails.js';
import { readHead } from './state.js';

/** How sharply the most surprising feature stands out of the sum: 0 = a plain sum, 1 = nearly the maximum. */
const SHARPNESS = 0.4;

/**
 * One figure for the surprises of all features, in nats: the largest one where it stands alone, more where several are large.
 * @param surprises nats, >= 0
 */
export function peakOf(surprises: ArrayLike<number>): number {
  let sum = 0;
  for (let f = 0; f < surprises.length; f++) sum += Math.expm1(SHARPNESS * surprises[f]!);
  return Math.log1p(sum) / SHARPNESS;
}

/** What each feature adds to `peakOf`: shares adding up to 1, or all 0. */
export function sharesOf(surprises: ArrayLike<number>): Float64Array {
  const out = new Float64Array(surprises.length);
  let sum = 0;
  for (let f = 0; f < out.length; f++) {
    out[f] = Math.expm1(SHARPNESS * surprises[f]!);
    sum += out[f]!;
  }
  if (sum > 0) for (let f = 0; f < out.length; f++) out[f]! /= sum;
  return out;
}

/** The chance of a peak so high, by the union bound: what stands for its distribution until enough peaks were seen. */
export function peakTail(peak: number, width: number): number {
  return Math.min(1, width * Math.exp(-peak));
}

/** Samples before a score means anything; the analytic tails stand in for those that were not seen. */
const MINIMUM = 10;
const VERSION = 1;

/**
 * A feature at a time: how surprising its distance from the usual is, by the distances that came before, and by a heavy analytic
 * tail beyond them. Ready at once, cheap, exact in what it names; blind to what is odd only together.
 */
export class RobustZDetector implements Detector {
  readonly name = 'robust_z';
  readonly selective = true;
  readonly analytic = true;
  readonly #width: number;
  readonly #tails: FeatureTails;

  /** @param options.width numbers in a sample: deviations in spreads, as asinh; NaN is missing */
  constructor({ width }: { readonly width: number }) {
    this.#width = width;
    this.#tails = new FeatureTails(width);
  }

  get ready(): boolean {
    return this.learnt >= MINIMUM;
  }

  get learnt(): number {
    return this.#tails.learnt;
  }

  scoreOne(features: Float64Array, evidence?: Float64Array): DetectorScore {
    this.#check(features);
    const surprises = this.#tails.surprises(features).slice();
    if (evidence !== undefined) for (let f = 0; f < surprises.length; f++) surprises[f]! += evidence[f]!;
    const value = peakOf(surprises);
    return {
      value,
      tail: peakTail(value, this.#width),
      get contributions() {
        return sharesOf(surprises);
      },
    };
  }

  learnOne(features: Float64Array): void {
    this.#check(features);
    this.#tails.learn(features, this.#tails.surprises(features));
  }

  save(): Json {
    return { kind: this.name, version: VERSION, width: this.#width, tails: this.#tails.save() };
  }

  restore(state: Json): void {
    const saved = readHead(state, { kind: this.name, version: VERSION, width: this.#width });
    this.#tails.restore(saved['tails'] ?? null);
  }

  #check(features: Float64Array): void {
    if (features.length !== this.#width)
      throw new MonitorError('INVALID_ARGUMENT', `sample has ${features.length} numbers; expected ${this.#width}`);
  }
}
