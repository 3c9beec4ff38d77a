import type { Json } from '../../core/json.js';
import { readHead, readNumber } from '../detectors/state.js';
import { between, type DriftDetector, type DriftVerdict, QUIET } from './drift-detector.js';

export interface CusumOptions {
  /** The usual mean and standard deviation; learnt from the first `warmUp` values if absent. */
  readonly mean?: number;
  readonly deviation?: number;
  /** Values that the reference is learnt from, 30 if absent. */
  readonly warmUp?: number;
  /** Half the change that matters, in standard deviations; 0.5 if absent. */
  readonly slack?: number;
  /** Sum from which it speaks, in standard deviations; 8 if absent. */
  readonly threshold?: number;
}

/** Spread of values that are all the same: any other one is a change. */
const LEAST = 1e-9;

/**
 * Two-sided cumulative sum in its tabular form: S+ = max(0, S+ + z - slack), S- = max(0, S- - z - slack), with z in standard
 * deviations from a fixed reference. A change lasts until its sum is back at 0. Best for a small lasting shift of a known level.
 * @see Page 1954, Biometrika 41(1/2):100-115
 */
export class Cusum implements DriftDetector {
  readonly #options: Required<CusumOptions>;
  readonly #given: boolean;
  #known = 0;
  #mean = 0;
  #squares = 0;
  #up = 0;
  #down = 0;
  #active: 'up' | 'down' | undefined;

  /** @throws MonitorError INVALID_ARGUMENT */
  constructor(options: CusumOptions = {}) {
    this.#given = options.mean !== undefined && options.deviation !== undefined;
    this.#options = {
      mean: options.mean ?? 0,
      deviation: between('deviation', options.deviation ?? 1, 0),
      warmUp: between('warmUp', options.warmUp ?? 30, 1),
      slack: between('slack', options.slack ?? 0.5, -LEAST),
      threshold: between('threshold', options.threshold ?? 8, 0),
    };
    this.reset();
  }

  /** The two sums, in standard deviations. */
  get sums(): { readonly up: number; readonly down: number } {
    return { up: this.#up, down: this.#down };
  }

  update(x: number, _at = 0): DriftVerdict {
    if (!Number.isFinite(x)) return this.#verdict();
    const { warmUp, slack, threshold } = this.#options;
    if (!this.#given && this.#known < warmUp) {
      // Welford's update.
      const before = x - this.#mean;
      this.#mean += before / ++this.#known;
      this.#squares += before * (x - this.#mean);
      return QUIET;
    }
    const z = (x - this.#mean) / this.#deviation();
    this.#up = Math.max(0, this.#up + z - slack);
    this.#down = Math.max(0, this.#down - z - slack);
    if (this.#active !== undefined && (this.#active === 'up' ? this.#up : this.#down) === 0) {
      this.#active = undefined;
      if (Math.max(this.#up, this.#down) <= threshold) return { state: 'recovered', evidence: 0 };
    }
    if (this.#active === undefined && this.#up > threshold) this.#active = 'up';
    else if (this.#active === undefined && this.#down > threshold) this.#active = 'down';
    return this.#verdict();
  }

  reset(): void {
    this.#known = 0;
    this.#mean = this.#options.mean;
    this.#squares = 0;
    this.#up = 0;
    this.#down = 0;
    this.#active = undefined;
    if (!this.#given) this.#mean = 0;
  }

  save(): Json {
    const [known, mean, squares, up, down] = [this.#known, this.#mean, this.#squares, this.#up, this.#down];
    return { kind: 'cusum', version: 1, known, mean, squares, up, down, active: this.#active ?? null };
  }

  restore(state: Json): void {
    const saved = readHead(state, { kind: 'cusum', version: 1 });
    this.#known = readNumber(saved, 'known', 0);
    this.#mean = readNumber(saved, 'mean', -Number.MAX_VALUE, Number.MAX_VALUE);
    this.#squares = readNumber(saved, 'squares', 0, Number.MAX_VALUE);
    this.#up = readNumber(saved, 'up', 0, Number.MAX_VALUE);
    this.#down = readNumber(saved, 'down', 0, Number.MAX_VALUE);
    const active = saved['active'];
    this.#active = active === 'up' || active === 'down' ? active : undefined;
  }

  #deviation(): number {
    return this.#given ? this.#options.deviation : Math.max(LEAST, Math.sqrt(this.#squares / (this.#known - 1)));
  }

  #verdict(): DriftVerdict {
    const evidence = Math.max(this.#up, this.#down) / this.#options.threshold;
    return { state: this.#active ?? 'quiet', evidence: this.#active === undefined ? evidence : Math.max(1, evidence) };
  }
}
