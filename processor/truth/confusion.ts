import { MonitorError } from '../../core/errors.js';

/** How one class fared against all others. */
export interface ClassCounts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

export type ClassOutcome = keyof ClassCounts;

/** What a pair is for one class, one against the rest. */
export function outcomeOf(index: number, actual: number, predicted: number): ClassOutcome {
  if (actual === index) return predicted === index ? 'tp' : 'fn';
  return predicted === index ? 'fp' : 'tn';
}

/**
 * Confusion matrix that pairs enter and leave in constant time. Classes are small whole numbers, in the order in which they
 * were named; the matrix grows with the largest one.
 */
export class Confusion {
  #width = 0;
  #capacity = 0;
  #cells = new Float64Array(0);
  #actual = new Float64Array(0);
  #predicted = new Float64Array(0);
  #total = 0;
  #right = 0;

  /** Pairs in the matrix. */
  get total(): number {
    return this.#total;
  }

  /** Pairs on its diagonal. */
  get right(): number {
    return this.#right;
  }

  /** One more than the largest class that was ever in it. */
  get width(): number {
    return this.#width;
  }

  add(actual: number, predicted: number, count = 1): void {
    this.#grow(Math.max(actual, predicted) + 1);
    this.#change(actual, predicted, count);
  }

  /** @throws MonitorError INVALID_ARGUMENT for a pair that is not in the matrix */
  remove(actual: number, predicted: number): void {
    if (this.count(actual, predicted) < 1) {
      throw new MonitorError(
        'INVALID_ARGUMENT',
        `the pair of classes ${actual}, ${predicted} is not in the matrix; only what was added can be removed`,
      );
    }
    this.#change(actual, predicted, -1);
  }

  count(actual: number, predicted: number): number {
    return actual < this.#width && predicted < this.#width
      ? (this.#cells[actual * this.#capacity + predicted] as number)
      : 0;
  }

  /** Pairs whose true class it is. */
  actual(index: number): number {
    return this.#actual[index] ?? 0;
  }

  /** Pairs whose predicted class it is. */
  predicted(index: number): number {
    return this.#predicted[index] ?? 0;
  }

  counts(index: number): ClassCounts {
    const tp = this.count(index, index);
    const fp = this.predicted(index) - tp;
    const fn = this.actual(index) - tp;
    return { tp, fp, fn, tn: this.#total - tp - fp - fn };
  }

  /** The matrix, rows by truth, columns by prediction. */
  toRows(width = this.#width): number[][] {
    return Array.from({ length: width }, (_, actual) =>
      Array.from({ length: width }, (_, predicted) => this.count(actual, predicted)),
    );
  }

  #change(actual: number, predicted: number, by: number): void {
    this.#cells[actual * this.#capacity + predicted]! += by;
    this.#actual[actual]! += by;
    this.#predicted[predicted]! += by;
    this.#total += by;
    if (actual === predicted) this.#right += by;
  }

  #grow(width: number): void {
    if (width <= this.#width) return;
    if (width > this.#capacity) {
      const capacity = Math.max(2, this.#capacity * 2, width);
      const cells = new Float64Array(capacity * capacity);
      for (let row = 0; row < this.#width; row++) {
        const from = row * this.#capacity;
        cells.set(this.#cells.subarray(from, from + this.#width), row * capacity);
      }
      const widen = (old: Float64Array): Float64Array<ArrayBuffer> => {
        const out = new Float64Array(capacity);
        out.set(old);
        return out;
      };
      this.#cells = cells;
      this.#actual = widen(this.#actual);
      this.#predicted = widen(this.#predicted);
      this.#capacity = capacity;
    }
    this.#width = width;
  }
}
