import type { Clock } from './clock.js';
import type { CounterHandle, ExemplarRef, HistogramHandle, UpDownHandle } from './sink.js';

/** One measured value with the span it came from. */
export interface Exemplar extends ExemplarRef {
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One series: the label values in the order of its metric's labels, and the present state. */
export type Series = NumberSeries | HistogramSeries;

export class NumberSeries implements CounterHandle, UpDownHandle {
  readonly labelValues: readonly string[];
  value = 0;
  exemplar: Exemplar | undefined;
  readonly #monotonic: boolean;
  readonly #refuse: (reason: string) => void;
  readonly #clock: Clock;

  constructor(labelValues: readonly string[], monotonic: boolean, refuse: (reason: string) => void, clock: Clock) {
    this.labelValues = labelValues;
    this.#monotonic = monotonic;
    this.#refuse = refuse;
    this.#clock = clock;
  }

  add(value: number, exemplar?: ExemplarRef): void {
    if (!Number.isFinite(value)) {
      this.#refuse('not_finite');
      return;
    }
    if (this.#monotonic && value < 0) {
      this.#refuse('negative');
      return;
    }
    this.value += value;
    if (exemplar !== undefined) this.exemplar = { ...exemplar, value, at: this.#clock.now() };
  }
}

export class HistogramSeries implements HistogramHandle {
  readonly labelValues: readonly string[];
  /** Upper bounds, ascending, without +Inf. */
  readonly bounds: readonly number[];
  /** Observations a bucket, not cumulative; one more than bounds, the last is +Inf. */
  readonly counts: Float64Array;
  sum = 0;
  count = 0;
  /** The latest exemplar of each bucket, made on first use. */
  exemplars: (Exemplar | undefined)[] | undefined;
  readonly #refuse: (reason: string) => void;
  readonly #clock: Clock;

  constructor(
    labelValues: readonly string[],
    bounds: readonly number[],
    refuse: (reason: string) => void,
    clock: Clock,
  ) {
    this.labelValues = labelValues;
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
    this.#refuse = refuse;
    this.#clock = clock;
  }

  record(value: number, exemplar?: ExemplarRef): void {
    if (!Number.isFinite(value)) {
      this.#refuse('not_finite');
      return;
    }
    const bounds = this.bounds;
    let i = 0;
    while (i < bounds.length && value > (bounds[i] as number)) i++;
    this.counts[i]! += 1;
    this.sum += value;
    this.count += 1;
    if (exemplar !== undefined) {
      this.exemplars ??= new Array<Exemplar | undefined>(bounds.length + 1).fill(undefined);
      this.exemplars[i] = { ...exemplar, value, at: this.#clock.now() };
    }
  }
}
