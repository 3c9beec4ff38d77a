import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import type { Detector, DetectorScore } from './detector.js';
import { FeatureTails } from './feature-tails.js';
import { IsolationForestDetector } from './isolation-forest.js';
import { peakOf, peakTail, sharesOf } from './robust-z.js';
import { ScoreWindow } from './score-window.js';
import { readHead } from './state.js';

/** Scores of each part that its rank is taken among. */
const WINDOW = 1024;
/** Samples before anything is scored. */
const MINIMUM = 10;
/** What the ranks, and what recent calls say, count beside the peak of the features, in nats for nats. */
const WEIGHTS = { forest: 1, sum: 0.6, nearby: 1.5 };
/** Ranks from which a sample is let in only as often as it belongs there: an incident must not become the standard. */
const GUARD = 0.99;
const VERSION = 1;

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

  /** The sample scored last, which mostly is the next to be learnt, and what the forest said of it. */
  #scored: Float64Array | undefined;
  #isolation = Number.NaN;

  constructor(options: { readonly width: number; readonly seed?: number }) {
    this.#width = options.width;
    this.#tails = new FeatureTails(options.width);
    this.#forest = new IsolationForestDetector(options);
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

  refit(): Generator<void> {
    return this.#forest.refit();
  }

  scoreOne(features: Float64Array, evidence?: Float64Array): DetectorScore {
    this.#check(features);
    const surprises = this.#tails.surprises(features).slice();
    let sum = 0;
    for (const surprise of surprises) sum += surprise;
    const forest = this.#forest.ready ? this.#forest.scoreOne(features) : undefined;
    this.#scored = features;
    this.#isolation = forest?.value ?? Number.NaN;
    const own = peakOf(surprises);
    if (evidence !== undefined) for (let f = 0; f < surprises.length; f++) surprises[f]! += evidence[f]!;
    const peak = peakOf(surprises);
    const ofSum = WEIGHTS.sum * this.#sums.nats(sum);
    const ofForest = forest === undefined ? 0 : WEIGHTS.forest * this.#isolations.nats(forest.value);
    return {
      value: own + WEIGHTS.nearby * (peak - own) + ofSum + ofForest,
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
      this.#scored === features && !Number.isNaN(this.#isolation)
        ? this.#isolation
        : this.#forest.scoreOne(features).value;
    if (!this.#isolations.admits(this.#isolations.tail(isolation) >= GUARD)) return;
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
    };
  }

  restore(state: Json): void {
    const saved = readHead(state, { kind: this.name, version: VERSION, width: this.#width });
    this.#tails.restore(saved['tails'] ?? null);
    this.#forest.restore(saved['forest'] ?? null);
    this.#sums.restore(readHead(saved['sums'] ?? null, {}));
    this.#isolations.restore(readHead(saved['isolations'] ?? null, {}));
  }

  #check(features: Float64Array): void {
    if (features.length !== this.#width)
      throw new MonitorError('INVALID_ARGUMENT', `sample has ${features.length} numbers; expected ${this.#width}`);
  }
}
