import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { createRandom } from '../../core/random.js';
import type { Detector, DetectorScore } from './detector.js';
import { packBytes, readFloats, readHead, readNumber } from './state.js';

export interface HalfSpaceTreesOptions {
  /** Numbers in a sample. */
  readonly width: number;
  /** 1 if absent. */
  readonly seed?: number;
  /** 25 if absent. */
  readonly trees?: number;
  /** 10 if absent; a tree has 2^(depth + 1) - 1 nodes. */
  readonly depth?: number;
  /** Samples after which the latest masses become the reference; 250 if absent. */
  readonly window?: number;
}

const VERSION = 1;
/** The middle of the boxes; what lies beyond falls into their outer halves. */
const LIMIT = 3;
/** A node of fewer samples than this share of a window is not looked into (`size_limit` in the paper). */
const SIZE_LIMIT = 0.1;

/**
 * Half-space trees: each tree halves a random box again and again, and a sample where few came in the last window is odd. Learns
 * in constant time and memory without refits; poor where odd samples come packed, as in an incident.
 * @see Tan, Ting, Liu, "Fast Anomaly Detection for Streaming Data", IJCAI 2011
 */
export class HalfSpaceTreesDetector implements Detector {
  readonly name = 'half_space_trees';
  readonly #width: number;
  readonly #seed: number;
  readonly #trees: number;
  readonly #depth: number;
  readonly #window: number;
  readonly #columns: Int32Array;
  readonly #cuts: Float32Array;
  #latest: Float32Array;
  #reference: Float32Array;
  #learnt = 0;

  constructor({ width, seed = 1, trees = 25, depth = 10, window = 250 }: HalfSpaceTreesOptions) {
    this.#width = width;
    this.#seed = seed;
    this.#trees = trees;
    this.#depth = depth;
    this.#window = window;
    const nodes = 2 ** (depth + 1);
    this.#columns = new Int32Array(trees * nodes);
    this.#cuts = new Float32Array(trees * nodes);
    this.#latest = new Float32Array(trees * nodes);
    this.#reference = new Float32Array(trees * nodes);
    const random = createRandom(seed);
    for (let t = 0; t < trees; t++) {
      // A work range a column around a random point, wide enough to hold all usual values.
      const low = Float64Array.from({ length: width }, () => 0);
      const high = low.slice();
      for (let f = 0; f < width; f++) {
        const middle = random();
        const reach = 2 * Math.max(middle, 1 - middle);
        low[f] = LIMIT * (2 * (middle - reach) - 1);
        high[f] = LIMIT * (2 * (middle + reach) - 1);
      }
      this.#grow(t * nodes, 1, low, high, random);
    }
  }

  get ready(): boolean {
    return this.#learnt >= this.#window;
  }

  get learnt(): number {
    return this.#learnt;
  }

  scoreOne(features: Float64Array): DetectorScore {
    this.#check(features);
    const credit = new Float64Array(this.#width);
    let mass = 0;
    const most = this.#window * 2 ** this.#depth;
    const limit = SIZE_LIMIT * this.#window;
    const base = 2 ** (this.#depth + 1);
    for (let t = 0; t < this.#trees; t++) {
      let node = 1;
      for (let level = 0; ; level++) {
        const held = this.#reference[t * base + node]!;
        if (level === this.#depth || held < limit) {
          mass += held * 2 ** level;
          break;
        }
        const column = this.#columns[t * base + node]!;
        const next = 2 * node + (features[column]! > this.#cuts[t * base + node]! ? 1 : 0);
        // What a cut takes away beyond its half is what makes a sample odd.
        credit[column]! += Math.max(0, Math.log((held + 1) / (2 * this.#reference[t * base + next]! + 1)));
        node = next;
      }
    }
    let sum = 0;
    for (const share of credit) sum += share;
    if (sum > 0) for (let f = 0; f < credit.length; f++) credit[f]! /= sum;
    return { value: 1 - mass / (this.#trees * most), contributions: credit };
  }

  learnOne(features: Float64Array): void {
    this.#check(features);
    const base = 2 ** (this.#depth + 1);
    for (let t = 0; t < this.#trees; t++) {
      let node = 1;
      for (let level = 0; level <= this.#depth; level++) {
        const at = t * base + node;
        this.#latest[at]! += 1;
        node = 2 * node + (features[this.#columns[at]!]! > this.#cuts[at]! ? 1 : 0);
      }
    }
    this.#learnt += 1;
    if (this.#learnt % this.#window !== 0) return;
    const free = this.#reference;
    this.#reference = this.#latest;
    this.#latest = free.fill(0);
  }

  save(): Json {
    return {
      ...this.#head(),
      learnt: this.#learnt,
      latest: packBytes(this.#latest),
      reference: packBytes(this.#reference),
    };
  }

  restore(state: Json): void {
    const saved = readHead(state, this.#head());
    const latest = readFloats(saved, 'latest', this.#latest.length);
    const reference = readFloats(saved, 'reference', this.#latest.length);
    this.#learnt = readNumber(saved, 'learnt', 0);
    this.#latest = latest;
    this.#reference = reference;
  }

  #head(): Record<string, string | number> {
    // The trees themselves follow from the seed.
    const shape = {
      width: this.#width,
      seed: this.#seed,
      trees: this.#trees,
      depth: this.#depth,
      window: this.#window,
    };
    return { kind: this.name, version: VERSION, ...shape };
  }

  #grow(base: number, at: number, low: Float64Array, high: Float64Array, random: () => number): void {
    if (at >= 2 ** this.#depth) return;
    const column = Math.floor(random() * this.#width);
    const cut = (low[column]! + high[column]!) / 2;
    this.#columns[base + at] = column;
    this.#cuts[base + at] = cut;
    const kept = high[column]!;
    high[column] = cut;
    this.#grow(base, 2 * at, low, high, random);
    high[column] = kept;
    const from = low[column]!;
    low[column] = cut;
    this.#grow(base, 2 * at + 1, low, high, random);
    low[column] = from;
  }

  #check(features: Float64Array): void {
    if (features.length !== this.#width)
      throw new MonitorError('INVALID_ARGUMENT', `sample has ${features.length} numbers; expected ${this.#width}`);
  }
}
