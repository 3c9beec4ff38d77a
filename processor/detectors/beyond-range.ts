import type { Json } from '../../core/json.js';
import { fromKey, MISSING_KEY } from './float-key.js';
import { packBytes, readDoubles, readHead, readNumber } from './state.js';

/** How a value outside the range of what a forest was grown from counts. */
export interface Beyond {
  /** Share of the trees that have a cut beyond the range, on each side of each column; 0..1. */
  readonly share: number;
  /** Range that a column has at least: one that never varied still has a scale. */
  readonly leastRange: number;
}

/** The known range of each column, and the chance that a cut beyond it sets a row apart. */
export class Range {
  readonly #beyond: Beyond;
  readonly #low: Float64Array;
  readonly #high: Float64Array;

  constructor(beyond: Beyond, width: number) {
    this.#beyond = beyond;
    this.#low = new Float64Array(width);
    this.#high = new Float64Array(width);
  }

  /** Takes in the sample of one of `trees` trees: keys, column by column. A column known to no row of it has no range at all. */
  add(sample: Int32Array, psi: number, trees: number): void {
    for (let f = 0; f < this.#low.length; f++) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = f * psi; i < (f + 1) * psi; i++) {
        const key = sample[i]!;
        if (key === MISSING_KEY) continue;
        if (key < low) low = key;
        if (key > high) high = key;
      }
      this.#low[f]! += low > high ? Number.NaN : fromKey(low) / trees;
      this.#high[f]! += low > high ? Number.NaN : fromKey(high) / trees;
    }
  }

  /** Chance, 0..1, that one of a row's columns is cut off. */
  chance(row: ArrayLike<number>): number {
    let within = 1;
    for (let f = 0; f < row.length; f++) {
      // Mostly it is within: a missing value, and a range that is not known, fail both tests.
      if (row[f]! > this.#high[f]! || row[f]! < this.#low[f]!) within *= 1 - this.#cut(f, row[f]!);
    }
    return 1 - within;
  }

  /** Credits the columns that are cut off, in proportion, with the steps that this saves. */
  credit(row: ArrayLike<number>, credit: Float64Array, depth: number): void {
    const chance = this.chance(row);
    if (chance === 0) return;
    const cuts = new Float64Array(credit.length);
    let sum = 0;
    for (let f = 0; f < cuts.length; f++) {
      cuts[f] = this.#cut(f, row[f]!);
      sum += cuts[f]!;
    }
    for (let f = 0; f < cuts.length; f++) credit[f]! += (chance * (depth - 1) * cuts[f]!) / sum;
  }

  save(): Json {
    return { ...this.#beyond, low: packBytes(this.#low), high: packBytes(this.#high) };
  }

  /** @throws MonitorError STATE_MISMATCH */
  static restore(state: Json, width: number): Range {
    const saved = readHead(state, {});
    const beyond = { share: readNumber(saved, 'share', 0, 1), leastRange: readNumber(saved, 'leastRange', 0) };
    const range = new Range(beyond, width);
    range.#low.set(readDoubles(saved, 'low', width));
    range.#high.set(readDoubles(saved, 'high', width));
    return range;
  }

  /** Chance that a column's value is cut off: the share of the trees times how far out it is, in halves of the range, at most 1. */
  #cut(f: number, value: number): number {
    const low = this.#low[f]!;
    const high = this.#high[f]!;
    const out = value > high ? value - high : value < low ? low - value : 0;
    if (out === 0) return 0;
    const reach = Math.max(high - low, this.#beyond.leastRange) / 2;
    return this.#beyond.share * (reach > 0 ? Math.min(1, out / reach) : 1);
  }
}
