/** Each bucket is this much wider than the one before: a quantile is right to 2.5 %. */
const STEP = Math.log(1.05);
/** Nothing below a microsecond matters. */
const LEAST = 1e-6;

/** Counts of figures above 0 in buckets that grow with them: quantiles in bounded memory, and any two can be added. */
export class LogHistogram {
  readonly #buckets = new Map<number, number>();
  count = 0;

  add(value: number): void {
    if (!(value >= 0) || value === Number.POSITIVE_INFINITY) return;
    const bucket = Math.floor(Math.log(Math.max(value, LEAST)) / STEP);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.count++;
  }

  merge(other: LogHistogram): void {
    for (const [bucket, count] of other.#buckets) this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    this.count += other.count;
  }

  /** @param share 0..1; undefined without a figure */
  quantile(share: number): number | undefined {
    if (this.count === 0) return undefined;
    const rank = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= rank) return Math.exp((bucket + 0.5) * STEP);
    }
    return undefined;
  }
}
