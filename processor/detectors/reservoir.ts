import type { Json } from '../../core/json.js';
import { createRandom } from '../../core/random.js';
import { packBytes, readFloats, readHead, readNumber } from './state.js';

export interface ReservoirOptions {
  /** Numbers in a row. */
  readonly width: number;
  /** Rows that are kept. */
  readonly capacity: number;
  /** Mean age, in rows offered, of what is kept once that many were offered. Not below `capacity`. */
  readonly window: number;
  readonly seed: number;
}

/**
 * A bounded sample of recent rows. Of the first `window` rows offered it is a uniform sample; from then on a new row enters with
 * probability capacity / window in the place of a random one, so that a row's chance of still being there falls exponentially
 * with its age, with a mean of `window` rows. Fast traffic therefore does not shrink the memory to a few seconds.
 * @see Vitter 1985, ACM TOMS 11(1):37-57; Aggarwal 2006, VLDB, "On biased reservoir sampling in the presence of stream evolution"
 */
export class Reservoir {
  readonly #width: number;
  readonly #capacity: number;
  readonly #window: number;
  #random: ReturnType<typeof createRandom>;
  #rows: Float32Array;
  #size = 0;
  #offered = 0;

  constructor(options: ReservoirOptions) {
    this.#width = options.width;
    this.#capacity = options.capacity;
    this.#window = Math.max(options.window, options.capacity);
    this.#random = createRandom(options.seed);
    this.#rows = new Float32Array(Math.min(options.capacity, 64) * options.width);
  }

  /** Rows held. */
  get size(): number {
    return this.#size;
  }

  /** Rows offered so far. */
  get offered(): number {
    return this.#offered;
  }

  offer(row: Float64Array): void {
    this.#offered += 1;
    if (this.#size < this.#capacity) {
      this.#write(this.#size, row);
      this.#size += 1;
      return;
    }
    const place = Math.floor(this.#random() * Math.min(this.#offered, this.#window));
    if (place < this.#capacity) this.#write(place, row);
  }

  /** A copy of the rows held, one after the other. */
  snapshot(): Float32Array {
    return this.#rows.slice(0, this.#size * this.#width);
  }

  save(): Json {
    return {
      capacity: this.#capacity,
      width: this.#width,
      offered: this.#offered,
      size: this.#size,
      random: this.#random.state(),
      rows: packBytes(this.#rows.subarray(0, this.#size * this.#width)),
    };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, { capacity: this.#capacity, width: this.#width });
    const size = readNumber(saved, 'size', 0, this.#capacity);
    const offered = readNumber(saved, 'offered', size);
    const random = readNumber(saved, 'random', 0);
    this.#rows = readFloats(saved, 'rows', size * this.#width);
    this.#size = size;
    this.#offered = offered;
    this.#random = createRandom(random);
  }

  #write(place: number, row: Float64Array): void {
    const at = place * this.#width;
    if (at + this.#width > this.#rows.length) {
      const grown = new Float32Array(Math.min(this.#capacity, Math.max(64, place * 2)) * this.#width);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows.set(row, at);
  }
}
