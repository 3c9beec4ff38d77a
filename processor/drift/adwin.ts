import { MonitorError, showValue } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { readHead, readNumber } from '../detectors/state.js';
import { between, type DriftDetector, type DriftVerdict, QUIET } from './drift-detector.js';

export interface AdwinOptions {
  /** Confidence: about the share of cuts that are wrong; 0.002 if absent. */
  readonly delta?: number;
  /** Values between two looks; 32 if absent. */
  readonly clock?: number;
  /** Values before the first look; 10 if absent. */
  readonly gracePeriod?: number;
  /** Values that each of the two parts must have at least; 5 if absent. */
  readonly minWindow?: number;
}

/** Buckets of one size: the paper's M. */
const MAX_BUCKETS = 5;
/** Rows of buckets: of 1, 2, 4 .. values; more values than these hold nobody sees. */
const MAX_ROWS = 40;

interface Bucket {
  readonly total: number;
  /** Sum of squared distances to the bucket's own mean. */
  readonly variance: number;
}

/**
 * Adaptive windowing: keeps as many of the latest values as are alike, in buckets of 1, 2, 4 .. values (at most five of a size),
 * and drops the oldest ones once the means of two parts differ by more than
 * sqrt((2/m) v ln(2/d')) + (2/(3m)) ln(2/d'), with 1/m = 1/n0 + 1/n1 and d' = delta / ln n. Memory and time O(log n) a look. It
 * finds any change of the mean without a reference, but late: good for starting a baseline anew, less so for paging.
 * @see Bifet & Gavalda 2007, SIAM SDM 443-448
 */
export class Adwin implements DriftDetector {
  readonly #delta: number;
  readonly #clock: number;
  readonly #gracePeriod: number;
  readonly #minWindow: number;
  /** Row r holds buckets of 2^r values, oldest first. */
  #rows: Bucket[][] = [];
  #width = 0;
  #total = 0;
  #variance = 0;
  #ticks = 0;

  /** @throws MonitorError INVALID_ARGUMENT */
  constructor({ delta = 0.002, clock = 32, gracePeriod = 10, minWindow = 5 }: AdwinOptions = {}) {
    this.#delta = between('delta', delta, 0, 1);
    this.#clock = between('clock', clock, 0);
    this.#gracePeriod = between('gracePeriod', gracePeriod, 0);
    this.#minWindow = between('minWindow', minWindow, 0);
  }

  /** Values in the window. */
  get width(): number {
    return this.#width;
  }

  /** Their mean; NaN where there are none. */
  get mean(): number {
    return this.#total / this.#width;
  }

  /** Their variance; NaN where there are none. */
  get variance(): number {
    return this.#variance / this.#width;
  }

  /** Buckets held: what the memory is. */
  get buckets(): number {
    return this.#rows.reduce((sum, row) => sum + row.length, 0);
  }

  update(x: number, _at = 0): DriftVerdict {
    if (!Number.isFinite(x)) return QUIET;
    this.#insert(x);
    this.#ticks++;
    if (this.#ticks % this.#clock !== 0 || this.#width <= this.#gracePeriod) return QUIET;
    let found: DriftVerdict = QUIET;
    for (;;) {
      const cut = this.#cut();
      if (cut.evidence < 1) return found.state === 'quiet' ? cut : found;
      found = cut;
      this.#dropOldest();
    }
  }

  reset(): void {
    this.#rows = [];
    this.#width = 0;
    this.#total = 0;
    this.#variance = 0;
    this.#ticks = 0;
  }

  save(): Json {
    return {
      kind: 'adwin',
      version: 1,
      ticks: this.#ticks,
      rows: this.#rows.map(row => row.map(({ total, variance }) => [total, variance])),
    };
  }

  restore(state: Json): void {
    const saved = readHead(state, { kind: 'adwin', version: 1 });
    const rows = (Array.isArray(saved['rows']) ? saved['rows'] : []) as readonly (readonly Json[])[];
    const number = (value: Json | undefined, low: number): number =>
      readNumber({ bucket: value ?? null }, 'bucket', low, Number.MAX_VALUE);
    if (rows.length > MAX_ROWS || rows.some(row => !Array.isArray(row) || row.length > MAX_BUCKETS))
      throw new MonitorError('STATE_MISMATCH', `saved state has rows ${showValue(saved['rows'])}; expected buckets`);
    this.reset();
    this.#rows = rows.map(row =>
      row.map(bucket => {
        const [total, variance] = Array.isArray(bucket) ? (bucket as readonly Json[]) : [];
        return { total: number(total, -Number.MAX_VALUE), variance: number(variance, 0) };
      }),
    );
    this.#ticks = readNumber(saved, 'ticks', 0);
    this.#recount();
  }

  #insert(x: number): void {
    if (this.#width > 0) {
      const distance = x - this.mean;
      this.#variance += (this.#width * distance * distance) / (this.#width + 1);
    }
    this.#width++;
    this.#total += x;
    this.#row(0).push({ total: x, variance: 0 });
    for (let r = 0; r < this.#rows.length; r++) {
      const row = this.#rows[r]!;
      if (row.length <= MAX_BUCKETS) return;
      const [a, b] = row.splice(0, 2) as [Bucket, Bucket];
      const size = 2 ** r;
      const apart = (a.total - b.total) / size;
      this.#row(r + 1).push({
        total: a.total + b.total,
        variance: a.variance + b.variance + (apart * apart * size) / 2,
      });
    }
    if (this.#rows.length > MAX_ROWS) this.#dropOldest();
  }

  #row(r: number): Bucket[] {
    while (this.#rows.length <= r) this.#rows.push([]);
    return this.#rows[r]!;
  }

  /** The surest of all cuts between two buckets, against what chance may do. */
  #cut(): DriftVerdict {
    const n = this.#width;
    const logs = Math.log((2 * Math.log(Math.max(n, Math.E))) / this.#delta);
    const variance = this.variance;
    let n0 = 0;
    let total0 = 0;
    let best: DriftVerdict = QUIET;
    for (let r = this.#rows.length - 1; r >= 0; r--) {
      for (const { total } of this.#rows[r]!) {
        n0 += 2 ** r;
        total0 += total;
        const n1 = n - n0;
        if (n1 < this.#minWindow) return best;
        if (n0 < this.#minWindow) continue;
        const m = 1 / (1 / n0 + 1 / n1);
        const apart = (this.#total - total0) / n1 - total0 / n0;
        const chance = Math.sqrt((2 / m) * variance * logs) + (2 / (3 * m)) * logs;
        const evidence = Math.abs(apart) / chance;
        if (evidence > best.evidence) best = { state: evidence < 1 ? 'quiet' : apart > 0 ? 'up' : 'down', evidence };
      }
    }
    return best;
  }

  #dropOldest(): void {
    const row = this.#rows.at(-1);
    row?.shift();
    while (this.#rows.length > 0 && this.#rows.at(-1)?.length === 0) this.#rows.pop();
    this.#recount();
  }

  /** Of the buckets that are left: sums that are taken apart again would collect rounding errors. */
  #recount(): void {
    this.#width = 0;
    this.#total = 0;
    this.#variance = 0;
    for (let r = this.#rows.length - 1; r >= 0; r--) {
      const size = 2 ** r;
      for (const { total, variance } of this.#rows[r]!) {
        const apart = this.#width === 0 ? 0 : total / size - this.mean;
        this.#variance += variance + (apart * apart * size * this.#width) / (size + this.#width);
        this.#width += size;
        this.#total += total;
      }
    }
  }
}
