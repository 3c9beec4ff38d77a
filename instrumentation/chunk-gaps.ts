import { METRICS } from '../core/catalog.js';

const BOUNDS: readonly number[] = METRICS.timePerOutputChunk.buckets;
/** Records a stream may cost. One takes about 2.4 us through the OpenTelemetry SDK, and a stream may have thousands of chunks. */
const MAX_RECORDS = 8;

/** What earlier streams of the same series left unrecorded, by bucket: fractions of a record. */
export type Carry = Float64Array;

export function newCarry(): Carry {
  return new Float64Array(BOUNDS.length + 1);
}

/**
 * The times between the chunks of one stream, folded into the buckets of their metric as they come: a few adds a chunk, and a
 * fixed size however long the stream.
 */
export class ChunkGaps {
  readonly #counts = new Float64Array(BOUNDS.length + 1);
  readonly #sums = new Float64Array(BOUNDS.length + 1);
  #count = 0;

  add(seconds: number): void {
    let i = 0;
    while (i < BOUNDS.length && seconds > (BOUNDS[i] as number)) i++;
    this.#counts[i]! += 1;
    this.#sums[i]! += seconds;
    this.#count++;
  }

  /**
   * Gives the mean of each bucket as often as it has gaps: bucket counts and sum come out as if each gap had been recorded.
   * A stream of more than 8 gaps counts for 8: all buckets are scaled down alike, and what falls below a whole record is
   * carried to the next stream of the series, so that over many streams the shares of the buckets are right, rare ones included.
   */
  each(carry: Carry, record: (seconds: number) => void): void {
    const scale = this.#count > MAX_RECORDS ? MAX_RECORDS / this.#count : 1;
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i] as number;
      if (count === 0) continue;
      const mean = (this.#sums[i] as number) / count;
      // A hair of tolerance: eight eighths must be one, whatever the rounding.
      const due = (carry[i] as number) + count * scale + 1e-9;
      const whole = Math.floor(due);
      carry[i] = due - whole;
      for (let n = whole; n > 0; n--) record(mean);
    }
  }
}
