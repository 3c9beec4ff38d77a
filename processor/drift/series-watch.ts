import type { Json } from '../../core/json.js';
import { packBytes, readDoubles, readHead, readNumber } from '../detectors/state.js';
import { between, type DriftDetector, type DriftVerdict, QUIET } from './drift-detector.js';
import { levelEvidence } from './evidence.js';
import { learnLevel } from './running.js';

export interface SeriesWatchOptions {
  /** Values over which the usual level is taken; 200 if absent. */
  readonly memory?: number;
  /** The change that matters, in spreads; 3 if absent. */
  readonly shift?: number;
  /** Log-likelihood ratio from which it speaks; 20 if absent. */
  readonly threshold?: number;
}

/** Values that the first level is the median of. */
const FIRST = 50;
/** Values before a single one may stand out. */
const YOUNG = 100;
/** Of the level: no smaller spread, so that a flat line may tremble. */
const LEAST_SHARE = 0.01;
const LEAST = 1e-9;
/** A single value stands out that is so many spreads away, and so much farther than any before. */
const FAR = 5;
const FARTHER = 1.3;
/** Values after which the farthest one is half forgotten, as a logarithm. */
const FORGET = 100_000;
const CEILING = 1.5;

/**
 * Watches any series for a lasting shift of its level, either way, and for a value farther away than any before: the robust level
 * and the log-likelihood ratios that calls are watched with, without contexts and without seasons.
 */
export class SeriesWatch implements DriftDetector {
  readonly #memory: number;
  readonly #shift: number;
  readonly #threshold: number;
  #first: number[] = [];
  readonly #level = new Float64Array(3);
  #farthest = 0;
  readonly #sums = { up: 0, down: 0 };
  #active: 'up' | 'down' | undefined;

  /** @throws MonitorError INVALID_ARGUMENT */
  constructor({ memory = 200, shift = 3, threshold = 20 }: SeriesWatchOptions = {}) {
    this.#memory = between('memory', memory, 1);
    this.#shift = between('shift', shift, 0);
    this.#threshold = between('threshold', threshold, 0);
  }

  update(x: number, _at = 0): DriftVerdict {
    if (!Number.isFinite(x)) return QUIET;
    if (this.#level[0] === 0) {
      this.#first.push(x);
      if (this.#first.length === FIRST) this.#begin();
      return QUIET;
    }
    const least = Math.max(LEAST, LEAST_SHARE * Math.abs(this.#level[1]!));
    const spread = Math.max(this.#level[2]!, least);
    const z = (x - this.#level[1]!) / spread;
    const verdict = this.#weigh(z);
    learnLevel(this.#level, 0, x, spread, least, this.#memory);
    return verdict;
  }

  reset(): void {
    this.#first = [];
    this.#level.fill(0);
    this.#farthest = 0;
    this.#sums.up = 0;
    this.#sums.down = 0;
    this.#active = undefined;
  }

  save(): Json {
    const { up, down } = this.#sums;
    return {
      kind: 'series_watch',
      version: 1,
      known: this.#first.length,
      first: packBytes(Float64Array.from(this.#first)),
      level: packBytes(this.#level),
      farthest: this.#farthest,
      up,
      down,
      active: this.#active ?? null,
    };
  }

  restore(state: Json): void {
    const saved = readHead(state, { kind: 'series_watch', version: 1 });
    this.#first = [...readDoubles(saved, 'first', readNumber(saved, 'known', 0, FIRST))];
    this.#level.set(readDoubles(saved, 'level', 3));
    this.#farthest = readNumber(saved, 'farthest', 0, Number.MAX_VALUE);
    this.#sums.up = readNumber(saved, 'up', 0, Number.MAX_VALUE);
    this.#sums.down = readNumber(saved, 'down', 0, Number.MAX_VALUE);
    const active = saved['active'];
    this.#active = active === 'up' || active === 'down' ? active : undefined;
  }

  #begin(): void {
    const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
    const centre = middle(this.#first);
    // 1.4826 makes the median distance of a normal law its standard deviation.
    const spread = 1.4826 * middle(this.#first.map(value => Math.abs(value - centre)));
    this.#level.set([FIRST, centre, spread]);
    this.#first = [];
  }

  #weigh(z: number): DriftVerdict {
    const sums = this.#sums;
    const most = CEILING * this.#threshold;
    sums.up = Math.max(0, Math.min(most, sums.up + levelEvidence(z, this.#shift)));
    sums.down = Math.max(0, Math.min(most, sums.down + levelEvidence(-z, this.#shift)));
    const far = Math.abs(z);
    const spikes = this.#level[0]! > YOUNG && far > FAR && far > FARTHER * this.#farthest;
    this.#farthest = Math.max(this.#farthest * (1 - 1 / FORGET), far);
    const evidence = Math.max(sums.up, sums.down) / this.#threshold;
    const over = this.#active !== undefined && sums[this.#active] === 0;
    if (over) this.#active = undefined;
    if (this.#active === undefined && sums.up > this.#threshold) this.#active = 'up';
    else if (this.#active === undefined && sums.down > this.#threshold) this.#active = 'down';
    if (spikes) return { state: z > 0 ? 'up' : 'down', evidence: Math.max(evidence, far / FAR) };
    if (this.#active !== undefined) return { state: this.#active, evidence: Math.max(1, evidence) };
    return { state: over ? 'recovered' : 'quiet', evidence };
  }
}
