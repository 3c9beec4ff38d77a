import { METRICS } from '../core/catalog.js';

const BOUNDS: readonly number[] = METRICS.timePerOutputChunk.buckets;
/** Records a stream may cost. One takes about 2.4 us through the OpenTelemetry SDK, and a stream may have thousands of chunks. */
const MAX_RECORDS = 32;

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
   * Beyond 32 gaps the counts are scaled down to about 32 in the same proportions, at least one for a bucket that has any.
   */
  each(record: (seconds: number) => void): void {
    const scale = this.#count > MAX_RECORDS ? MAX_RECORDS / this.#count : 1;
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i] as number;
      if (count === 0) continue;
      const mean = (this.#sums[i] as number) / count;
      for (let n = Math.max(1, Math.round(count * scale)); n > 0; n--) record(mean);
    }
  }
}
