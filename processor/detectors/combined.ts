import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import type { Detector, DetectorScore } from './detector.js';
import { FeatureTails } from './feature-tails.js';
import { type IsolationForest, IsolationForestDetector } from './isolation-forest.js';
import { peakOf, peakTail, sharesOf } from './robust-z.js';
import { ScoreWindow } from './score-window.js';
import { packBytes, readFloats, readHead } from './state.js';

/** Scores of each part that its rank is taken among. */
const WINDOW = 1024;
/** Samples before anything is scored. */
const MINIMUM = 10;
/** What the ranks, and what recent calls say, count beside the peak of the features, in nats for nats. */
const WEIGHTS = { forest: 1, sum: 0.6, nearby: 1.5 };
/** Ranks from which a sample is let in only as often as it belongs there: an incident must not become the standard. */
const GUARD = 0.99;
/** Isolation scores before there is a rank among them: until then the rank of the sum, on the same scale, speaks for it. */
const RANKED = 100;
/** Samples that a slice of a refit scores, at about 5 us. */
const ROWS_A_SLICE = 128;
const VERSION = 2;

/**
 * The default: three views of a sample, in one currency, the nats of a tail probability. The peak of its features' surprises with
 * what is known of recent calls like it (as `robust_z`), which is there from the first calls on; the rank of the plain sum of the
 * surprises; and the rank of an isolation forest's score, which sees what is odd only together.
 * @see Fisher 1932, "Statistical Methods for Research Workers", for sums of -ln p; Li et al., "ECOD", TKDE 2022, for sums of tail surprises
 */
export class CombinedDetector implements Detector {
  readonly name = 'combined';
  readonly selective = true;
  readonly analytic = true;
  readonly #width: number;
  readonly #tails: FeatureTails;
  readonly #forest: IsolationForestDetector;
  readonly #sums = new ScoreWindow(WINDOW);
  readonly #isolations = new ScoreWindow(WINDOW);
  /** The samples of `#isolations`, each in the place of its score. */
  readonly #rows: Float32Array;
  /** A sample in the precision of `#rows`, so that alike ones score alike, whenever they are scored. */
  readonly #row: Float64Array;

  /** The sample scored last, which mostly is the next to be learnt, and what the forest said of it. */
  #scored: Float64Array | undefined;
  #isolation = Number.NaN;
  /** While a refit scores the samples: the new forest, and its scores so far. */
  #coming: { readonly forest: IsolationForest; readonly scores: Float64Array } | undefined;

  constructor(options: { readonly width: number; readonly seed?: number }) {
    this.#width = options.width;
    this.#tails = new FeatureTails(options.width);
    this.#forest = new IsolationForestDetector(options);
    this.#rows = new Float32Array(WINDOW * options.width);
    this.#row = new Float64Array(options.width);
  }

  get ready(): boolean {
    return this.learnt >= MINIMUM;
  }

  get learnt(): number {
    return this.#tails.learnt;
  }

  get stale(): boolean {
    return this.#forest.stale;
  }

  /**
   * A new forest has a scale of its own, so it comes into use together with its scores of the samples that are ranked among: with
   * those of the old one all ranks would jump.
   */
  *refit(): Generator<void> {
    const grown = yield* this.#forest.grow();
    if (grown === undefined) return;
    const { forest } = grown;
    const scores = new Float64Array(WINDOW);
    this.#coming = { forest, scores };
    try {
      for (let place = 0, end = this.#isolations.size; place < end; place++) {
        if (place % ROWS_A_SLICE === 0) yield;
        scores[place] = forest.score(this.#rows.subarray(place * this.#width, (place + 1) * this.#width));
      }
      this.#forest.use(grown);
      this.#isolations.rescore(scores);
      this.#scored = undefined;
    } finally {
      this.#coming = undefined;
    }
  }

  scoreOne(features: Float64Array, evidence?: Float64Array): DetectorScore {
    this.#check(features);
    const surprises = this.#tails.surprises(features).slice();
    let sum = 0;
    for (const surprise of surprises) sum += surprise;
    this.#scored = features;
    this.#isolation = this.#forest.ready ? this.#isolationOf(features) : Number.NaN;
    const own = peakOf(surprises);
    if (evidence !== undefined) for (let f = 0; f < surprises.length; f++) surprises[f]! += evidence[f]!;
    const peak = peakOf(surprises);
    const ofSum = this.#sums.nats(sum);
    const ofForest = this.#isolations.size < RANKED ? ofSum : this.#isolations.nats(this.#isolation);
    return {
      value: own + WEIGHTS.nearby * (peak - own) + WEIGHTS.sum * ofSum + WEIGHTS.forest * ofForest,
      tail: peakTail(peak, this.#width),
      get contributions() {
        return sharesOf(surprises);
      },
    };
  }

  learnOne(features: Float64Array): void {
    this.#check(features);
    const surprises = this.#tails.surprises(features);
    let sum = 0;
    for (const surprise of surprises) sum += surprise;
    this.#tails.learn(features, surprises);
    if (this.#sums.admits(this.#sums.tail(sum) >= GUARD)) this.#sums.push(sum);
    if (!this.#forest.ready) {
      this.#forest.learnOne(features);
      return;
    }
    const isolation =
      this.#scored === features && !Number.isNaN(this.#isolation) ? this.#isolation : this.#isolationOf(features);
    if (!this.#isolations.admits(this.#isolations.tail(isolation) >= GUARD)) return;
    const { place } = this.#isolations;
    this.#rows.set(features, place * this.#width);
    if (this.#coming !== undefined) this.#coming.scores[place] = this.#coming.forest.score(this.#rounded(features));
    this.#isolations.push(isolation);
    this.#forest.learnOne(features);
  }

  save(): Json {
    return {
      kind: this.name,
      version: VERSION,
      width: this.#width,
      tails: this.#tails.save(),
      forest: this.#forest.save(),
      sums: this.#sums.save(),
      isolations: this.#isolations.save(),
      rows: packBytes(this.#rows.subarray(0, this.#isolations.size * this.#width)),
    };
  }

  restore(state: Json): void {
    const saved = readHead(state, { kind: this.name, version: VERSION, width: this.#width });
    this.#tails.restore(saved['tails'] ?? null);
    this.#forest.restore(saved['forest'] ?? null);
    this.#sums.restore(readHead(saved['sums'] ?? null, {}));
    this.#isolations.restore(readHead(saved['isolations'] ?? null, {}));
    this.#rows.set(readFloats(saved, 'rows', this.#isolations.size * this.#width));
  }

  #isolationOf(features: Float64Array): number {
    return this.#forest.scoreOne(this.#rounded(features)).value;
  }

  /** @returns used again by the next question */
  #rounded(features: Float64Array): Float64Array {
    for (let f = 0; f < this.#width; f++) this.#row[f] = Math.fround(features[f]!);
    return this.#row;
  }

  #check(features: Float64Array): void {
    if (features.length !== this.#width)
      throw new MonitorError('INVALID_ARGUMENT', `sample has ${features.length} numbers; expected ${this.#width}`);
  }
}
