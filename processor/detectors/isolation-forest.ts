import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { createRandom } from '../../core/random.js';
import type { Beyond } from './beyond-range.js';
import type { Detector, DetectorScore } from './detector.js';
import { IsolationForest } from './forest.js';
import { Reservoir } from './reservoir.js';
import { readHead, readNumber } from './state.js';

export interface IsolationForestOptions {
  /** Numbers in a sample. */
  readonly width: number;
  /** 1 if absent. The same seed and samples give the same scores. */
  readonly seed?: number;
  /** 100 if absent. */
  readonly trees?: number;
  /** Samples a tree sees; 256 if absent. */
  readonly sampleSize?: number;
  /** Samples kept for the next fit; 2048 if absent. */
  readonly capacity?: number;
  /** Mean age, in samples, of what is kept; 8192 if absent. */
  readonly window?: number;
  /** Samples before the first fit; 200 if absent. */
  readonly minimum?: number;
  /** Samples from one fit to the next; 1024 if absent. While there were fewer, a fit follows each doubling. */
  readonly refitEvery?: number;
}

export { IsolationForest };

/** A forest that was grown and is not in use yet. */
export interface Grown {
  readonly forest: IsolationForest;
  /** Samples learnt when its growth began. */
  readonly learnt: number;
}

const VERSION = 1;
/** A tree of 256 rows grows in about 0.1 ms. */
const TREES_A_SLICE = 4;
/** Deviations reach to about 2 for what is usual; what never varied has 1 as the scale on which a change of it is seen. */
const BEYOND: Beyond = { share: 0.5, leastRange: 1 };

class ForestScore implements DetectorScore {
  readonly value: number;
  readonly #forest: IsolationForest;
  readonly #row: Float64Array;
  #contributions: Float64Array | undefined;

  constructor(value: number, forest: IsolationForest, row: Float64Array) {
    this.value = value;
    this.#forest = forest;
    this.#row = row;
  }

  /** Explained when first asked for: most scores are never looked at. The sample must not have been changed by then. */
  get contributions(): Float64Array {
    if (this.#contributions === undefined) {
      const credit = this.#forest.explain(this.#row);
      let sum = 0;
      for (const share of credit) if (share > 0) sum += share;
      for (let i = 0; i < credit.length; i++) credit[i] = sum > 0 ? Math.max(0, credit[i]!) / sum : 0;
      this.#contributions = credit;
    }
    return this.#contributions;
  }
}

/**
 * Isolation forest over a bounded sample of recent calls, grown anew from time to time. Scores nothing before its first fit,
 * which is due after `minimum` samples and has to be run by whoever owns it (`stale`, `refit`). NaN follows the larger branch.
 */
export class IsolationForestDetector implements Detector {
  readonly name = 'isolation_forest';
  readonly #width: number;
  readonly #seed: number;
  readonly #trees: number;
  readonly #sampleSize: number;
  readonly #minimum: number;
  readonly #refitEvery: number;
  readonly #reservoir: Reservoir;
  #forest: IsolationForest | undefined;
  #learntAtFit = 0;
  #fits = 0;

  constructor(options: IsolationForestOptions) {
    this.#width = options.width;
    this.#seed = options.seed ?? 1;
    this.#trees = options.trees ?? 100;
    this.#sampleSize = options.sampleSize ?? 256;
    this.#minimum = Math.max(2, options.minimum ?? 200);
    this.#refitEvery = Math.max(1, options.refitEvery ?? 1024);
    this.#reservoir = new Reservoir({
      width: options.width,
      capacity: options.capacity ?? 2048,
      window: options.window ?? 8192,
      seed: this.#seed,
    });
  }

  get ready(): boolean {
    return this.#forest !== undefined;
  }

  get learnt(): number {
    return this.#reservoir.offered;
  }

  get stale(): boolean {
    const since = this.learnt - this.#learntAtFit;
    return since >= (this.#fits === 0 ? this.#minimum : Math.min(this.#refitEvery, this.#learntAtFit));
  }

  /** @throws MonitorError UNAVAILABLE before the first fit; INVALID_ARGUMENT for a sample of another width */
  scoreOne(features: Float64Array): DetectorScore {
    const forest = this.#forest;
    if (forest === undefined)
      throw new MonitorError(
        'UNAVAILABLE',
        `${this.name} has learnt from ${this.learnt} samples and was not fitted yet`,
      );
    return new ForestScore(forest.score(features), forest, features);
  }

  learnOne(features: Float64Array): void {
    if (features.length !== this.#width)
      throw new MonitorError('INVALID_ARGUMENT', `sample has ${features.length} numbers; expected ${this.#width}`);
    this.#reservoir.offer(features);
  }

  /** Grows a new forest from the samples held at the first slice; it replaces the old one at the last. */
  *refit(): Generator<void> {
    const grown = yield* this.grow();
    if (grown !== undefined) this.use(grown);
  }

  /** Grows a new forest and leaves the old one in place, until `use`; undefined where nothing was learnt. */
  *grow(): Generator<void, Grown | undefined> {
    const rows = this.#reservoir.snapshot();
    if (rows.length === 0) return undefined;
    const learnt = this.learnt;
    const fit = this.#fits + 1;
    // A stream of its own for each fit: how slices and samples interleave must not change a score.
    const random = createRandom(Math.imul(this.#seed, 0x9e3779b1) ^ Math.imul(fit, 0x85ebca6b));
    const growth = IsolationForest.grow(rows, this.#width, {
      trees: this.#trees,
      sampleSize: this.#sampleSize,
      beyond: BEYOND,
      random,
    });
    for (let grown = 1; ; grown++) {
      const step = growth.next();
      if (step.done === true) return { forest: step.value, learnt };
      if (grown % TREES_A_SLICE === 0) yield;
    }
  }

  use({ forest, learnt }: Grown): void {
    this.#forest = forest;
    this.#learntAtFit = learnt;
    this.#fits += 1;
  }

  save(): Json {
    return {
      kind: this.name,
      version: VERSION,
      width: this.#width,
      learntAtFit: this.#learntAtFit,
      fits: this.#fits,
      reservoir: this.#reservoir.save(),
      forest: this.#forest?.save() ?? null,
    };
  }

  restore(state: Json): void {
    const saved = readHead(state, { kind: this.name, version: VERSION, width: this.#width });
    const forest = saved['forest'];
    const restored = forest === null || forest === undefined ? undefined : IsolationForest.restore(forest, this.#width);
    const fits = readNumber(saved, 'fits', 0);
    const learntAtFit = readNumber(saved, 'learntAtFit', 0);
    this.#reservoir.restore(saved['reservoir'] ?? null);
    this.#forest = restored;
    this.#fits = fits;
    this.#learntAtFit = learntAtFit;
  }
}
