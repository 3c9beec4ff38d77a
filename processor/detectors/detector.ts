import type { Json } from '../../core/json.js';

/** How odd one sample is, and which features made it so. */
export interface DetectorScore {
  /** 0..1, larger is odder. Raw: only `calibrate` makes a tail probability of it. */
  readonly value: number;
  /** One share a feature, >= 0, adding up to 1 (all 0 when the score says nothing). */
  readonly contributions: Float64Array;
}

/**
 * Online detector of odd calls. Score before learn: a sample must not hide itself. The width of `features` is fixed at
 * construction; NaN is a missing value, never 0. Seeded: the same seed and samples give the same scores.
 */
export interface Detector<S extends Json = Json> {
  /** Becomes the label `detector`: lower case and underscores. */
  readonly name: string;
  /** False until enough was learnt; `scoreOne` must not be asked before. */
  readonly ready: boolean;
  /** Samples learnt from. */
  readonly learnt: number;
  scoreOne(features: Float64Array): DetectorScore;
  learnOne(features: Float64Array): void;
  /** True when a refit is due. */
  readonly stale?: boolean;
  /** Fits again in slices, so that the event loop is never blocked: one `next()` is one slice of a few milliseconds at most. */
  refit?(): Iterator<void>;
  save(): S;
  /** @throws MonitorError STATE_MISMATCH for a state of another version, kind or width */
  restore(state: S): void;
}
