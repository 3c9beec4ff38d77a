import type { Json } from '../../core/json.js';

/** How odd one sample is, and which features made it so. */
export interface DetectorScore {
  /** Larger is odder. Raw, on a scale of the detector's own: only `calibrate` makes a tail probability of it. */
  readonly value: number;
  /** Chance of a score so high by the detector's own reckoning, where it has one; it stands in while few scores were seen. */
  readonly tail?: number;
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
  /**
   * @param features not to be changed while the score is looked at
   * @param evidence nats a feature, >= 0: how sure it is that recent calls like this one were odd in the same way (`Nearby`); a
   * detector that looks at a sample alone ignores it
   */
  scoreOne(features: Float64Array, evidence?: Float64Array): DetectorScore;
  learnOne(features: Float64Array): void;
  /** True for one that keeps out by itself what it should not learn from: then it hears of every sample. */
  readonly selective?: boolean;
  /** True for one whose scores have a `tail` of their own. */
  readonly analytic?: boolean;
  /** True when a refit is due. */
  readonly stale?: boolean;
  /** Fits again in slices, so that the event loop is never blocked: one `next()` is one slice of a few milliseconds at most. */
  refit?(): Iterator<void>;
  save(): S;
  /** @throws MonitorError STATE_MISMATCH for a state of another version, kind or width */
  restore(state: S): void;
}
