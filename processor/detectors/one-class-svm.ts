import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import type { Detector, DetectorScore } from './detector.js';
import { Reservoir } from './reservoir.js';
import { packBytes, readFloats, readHead, readNumber } from './state.js';
import { fitSupportVectors, type SupportVectors } from './svm-fit.js';

export interface OneClassSvmOptions {
  /** Numbers in a sample. */
  readonly width: number;
  /** 1 if absent. */
  readonly seed?: number;
  /** Share of the samples that may lie outside; 0.1 if absent. */
  readonly nu?: number;
  /** Samples kept for the next fit; 1024 if absent. A fit takes time and memory by their square. */
  readonly capacity?: number;
  /** Mean age, in samples, of what is kept; 8192 if absent. */
  readonly window?: number;
  /** Samples before the first fit; 200 if absent. */
  readonly minimum?: number;
  /** Samples from one fit to the next; 2048 if absent. While there were fewer, a fit follows each doubling. */
  readonly refitEvery?: number;
}

const VERSION = 1;

/**
 * One-class support vector machine with a radial kernel, fitted to a reservoir of recent samples in the background. Sees what is
 * odd only together, and how far out it is; a score costs a distance to each support vector. A missing value counts as the usual.
 */
export class OneClassSvmDetector implements Detector {
  readonly name = 'one_class_svm';
  readonly #width: number;
  readonly #nu: number;
  readonly #minimum: number;
  readonly #refitEvery: number;
  readonly #reservoir: Reservoir;
  readonly #row: Float64Array;
  #fitted: SupportVectors | undefined;
  #learntAtFit = 0;

  /** @throws MonitorError INVALID_ARGUMENT for a nu outside (0, 1] */
  constructor(options: OneClassSvmOptions) {
    const { width, seed = 1, nu = 0.1, capacity = 1024, window = 8192 } = options;
    if (!(nu > 0 && nu <= 1)) throw new MonitorError('INVALID_ARGUMENT', `nu is ${nu}; expected above 0, at most 1`);
    this.#width = width;
    this.#nu = nu;
    this.#minimum = options.minimum ?? 200;
    this.#refitEvery = options.refitEvery ?? 2048;
    this.#reservoir = new Reservoir({ width, capacity, window, seed });
    this.#row = new Float64Array(width);
  }

  get ready(): boolean {
    return this.#fitted !== undefined;
  }

  get learnt(): number {
    return this.#reservoir.offered;
  }

  get stale(): boolean {
    const since = this.learnt - this.#learntAtFit;
    return since >= (this.#fitted === undefined ? this.#minimum : Math.min(this.#refitEvery, this.#learntAtFit));
  }

  /**
   * `value` is ln(border / kernel mean): above 0 outside. @throws MonitorError UNAVAILABLE before the first fit, INVALID_ARGUMENT
   * for a sample of another width
   */
  scoreOne(features: Float64Array): DetectorScore {
    const fitted = this.#fitted;
    if (fitted === undefined)
      throw new MonitorError(
        'UNAVAILABLE',
        `${this.name} has learnt from ${this.learnt} samples and was not fitted yet`,
      );
    const row = Float64Array.from(this.#filled(features));
    const width = this.#width;
    const { rows, weights, gamma, border } = fitted;
    const distances = new Float64Array(weights.length);
    let nearest = Number.POSITIVE_INFINITY;
    for (let v = 0, at = 0; v < distances.length; v++) {
      let distance = 0;
      for (let f = 0; f < width; f++, at++) {
        const gap = row[f]! - rows[at]!;
        distance += gap * gap;
      }
      distances[v] = distance;
      if (distance < nearest) nearest = distance;
    }
    // Relative to the nearest one: far out all kernels are 0 as numbers, and the furthest would look like the far.
    let sum = 0;
    for (let v = 0; v < distances.length; v++) sum += weights[v]! * Math.exp(-gamma * (distances[v]! - nearest));
    return {
      value: gamma * nearest - Math.log(sum) + Math.log(border),
      get contributions() {
        const out = new Float64Array(width);
        let total = 0;
        for (let v = 0; v < distances.length; v++) {
          const weight = weights[v]! * Math.exp(-gamma * (distances[v]! - nearest));
          for (let f = 0; f < width; f++) out[f]! += weight * (row[f]! - rows[v * width + f]!) ** 2;
        }
        for (const share of out) total += share;
        if (total > 0) for (let f = 0; f < width; f++) out[f]! /= total;
        return out;
      },
    };
  }

  learnOne(features: Float64Array): void {
    this.#reservoir.offer(this.#filled(features));
  }

  *refit(): Generator<void> {
    const rows = this.#reservoir.snapshot();
    if (rows.length === 0) return;
    const learnt = this.learnt;
    const fitting = fitSupportVectors(rows, this.#width, this.#nu);
    let step = fitting.next();
    for (; step.done !== true; step = fitting.next()) yield;
    this.#fitted = step.value;
    this.#learntAtFit = learnt;
  }

  save(): Json {
    const { rows, weights, gamma, border } = this.#fitted ?? {
      rows: new Float32Array(0),
      weights: new Float32Array(0),
    };
    return {
      kind: this.name,
      version: VERSION,
      width: this.#width,
      learntAtFit: this.#learntAtFit,
      reservoir: this.#reservoir.save(),
      rows: packBytes(rows),
      weights: packBytes(weights),
      gamma: gamma ?? 0,
      border: border ?? 0,
    };
  }

  restore(state: Json): void {
    const saved = readHead(state, { kind: this.name, version: VERSION, width: this.#width });
    const weights = readFloats(saved, 'weights');
    const rows = readFloats(saved, 'rows', weights.length * this.#width);
    const gamma = readNumber(saved, 'gamma', 0);
    const border = readNumber(saved, 'border', 0);
    const learntAtFit = readNumber(saved, 'learntAtFit', 0);
    this.#reservoir.restore(saved['reservoir'] ?? null);
    this.#fitted = weights.length === 0 ? undefined : { rows, weights, gamma, border };
    this.#learntAtFit = learntAtFit;
  }

  /** The sample with 0, the usual, for what is missing; used again by the next. */
  #filled(features: Float64Array): Float64Array {
    if (features.length !== this.#width)
      throw new MonitorError('INVALID_ARGUMENT', `sample has ${features.length} numbers; expected ${this.#width}`);
    for (let f = 0; f < features.length; f++) this.#row[f] = Number.isNaN(features[f]!) ? 0 : features[f]!;
    return this.#row;
  }
}
