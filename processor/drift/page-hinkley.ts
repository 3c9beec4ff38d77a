import type { Json } from '../../core/json.js';
import { readHead, readNumber } from '../detectors/state.js';
import { between, type DriftDetector, type DriftVerdict, QUIET } from './drift-detector.js';

export interface PageHinkleyOptions {
  /** A change that does not matter, in the unit of the values; 0.005 if absent. */
  readonly delta?: number;
  /** Lambda: the sum from which it speaks, in the unit of the values; 50 if absent. */
  readonly threshold?: number;
  /** Values before it speaks; 30 if absent. */
  readonly minInstances?: number;
}

/**
 * Page-Hinkley's test, two-sided: the sum of x - mean - delta less its smallest value so far, and the same the other way, against
 * lambda; the mean is that of all values so far. After a change it starts anew. Best where the unit of the values is known.
 * @see Page 1954, Biometrika 41(1/2):100-115; Mouss et al. 2004, ASCC 2:815-818
 */
export class PageHinkley implements DriftDetector {
  readonly #delta: number;
  readonly #threshold: number;
  readonly #minInstances: number;
  #known = 0;
  #mean = 0;
  #up = 0;
  #down = 0;

  /** @throws MonitorError INVALID_ARGUMENT */
  constructor({ delta = 0.005, threshold = 50, minInstances = 30 }: PageHinkleyOptions = {}) {
    this.#delta = between('delta', delta, -1e-300);
    this.#threshold = between('threshold', threshold, 0);
    this.#minInstances = between('minInstances', minInstances, 0);
  }

  update(x: number, _at = 0): DriftVerdict {
    if (!Number.isFinite(x)) return QUIET;
    this.#mean += (x - this.#mean) / ++this.#known;
    // A sum less its smallest value so far is the same sum that never falls below 0.
    this.#up = Math.max(0, this.#up + x - this.#mean - this.#delta);
    this.#down = Math.max(0, this.#down - x + this.#mean - this.#delta);
    const most = Math.max(this.#up, this.#down);
    const evidence = most / this.#threshold;
    if (this.#known < this.#minInstances || most <= this.#threshold) return { state: 'quiet', evidence };
    const state = this.#up >= this.#down ? 'up' : 'down';
    this.reset();
    return { state, evidence };
  }

  reset(): void {
    this.#known = 0;
    this.#mean = 0;
    this.#up = 0;
    this.#down = 0;
  }

  save(): Json {
    return {
      kind: 'page_hinkley',
      version: 1,
      known: this.#known,
      mean: this.#mean,
      up: this.#up,
      down: this.#down,
    };
  }

  restore(state: Json): void {
    const saved = readHead(state, { kind: 'page_hinkley', version: 1 });
    this.#known = readNumber(saved, 'known', 0);
    this.#mean = readNumber(saved, 'mean', -Number.MAX_VALUE, Number.MAX_VALUE);
    this.#up = readNumber(saved, 'up', 0, Number.MAX_VALUE);
    this.#down = readNumber(saved, 'down', 0, Number.MAX_VALUE);
  }
}
