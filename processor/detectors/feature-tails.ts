import type { Json } from '../../core/json.js';
import { packBytes, readDoubles, readHead, readNumber } from './state.js';
import { TailHistogram } from './tail-histogram.js';

/** Surprise from which a value is let in only so often: 1 value in 55. */
const GUARD = 4;
/** Guarded values are let in at up to this share of the rate at which they usually come: the rest is what no one expects. */
const RATE = 0.5;
/** So many at once. */
const BURST = 2;
const START = 2;
/** Deviations that are never far out: about one spread. */
const NEAR = 0.9;
/** Values before anything is guarded. */
const YOUNG = 200;

/**
 * The usual tails of each feature. Values that are far out are learnt at no more than the rate that belongs to them, with a
 * small stock saved up: what is rare but usual becomes known as that, and an incident does not become the standard.
 */
export class FeatureTails {
  readonly #histogram: TailHistogram;
  readonly #tokens: Float64Array;
  readonly #surprises: Float64Array;
  #learnt = 0;

  constructor(width: number) {
    this.#histogram = new TailHistogram(width);
    this.#tokens = new Float64Array(width).fill(START);
    this.#surprises = new Float64Array(width);
  }

  get learnt(): number {
    return this.#learnt;
  }

  /** Nats a feature; the array is used again by the next question. */
  surprises(deviations: Float64Array): Float64Array {
    const out = this.#surprises;
    for (let f = 0; f < out.length; f++) out[f] = this.#histogram.surprise(f, deviations[f]!);
    return out;
  }

  /**
   * Learns deviations.
   * @param surprises what `surprises` said of them; asked for where it is needed if absent
   * @param refused hears of each feature whose value was kept out
   */
  learn(deviations: Float64Array, surprises?: Float64Array, refused?: (feature: number) => void): void {
    const earned = RATE * Math.exp(-GUARD);
    const young = this.#learnt < YOUNG;
    this.#learnt += 1;
    for (let f = 0; f < deviations.length; f++) {
      this.#tokens[f] = Math.min(BURST, this.#tokens[f]! + earned);
      const deviation = deviations[f]!;
      const far = !young && Math.abs(deviation) >= NEAR;
      if (far && (surprises?.[f] ?? this.#histogram.surprise(f, deviation)) >= GUARD) {
        if (this.#tokens[f]! < 1) {
          refused?.(f);
          continue;
        }
        this.#tokens[f]! -= 1;
      }
      this.#histogram.learn(f, deviation);
    }
  }

  save(): Json {
    return { histogram: this.#histogram.save(), tokens: packBytes(this.#tokens), learnt: this.#learnt };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, {});
    const tokens = readDoubles(saved, 'tokens', this.#tokens.length);
    const learnt = readNumber(saved, 'learnt', 0);
    this.#histogram.restore(saved['histogram'] ?? null);
    this.#tokens.set(tokens);
    this.#learnt = learnt;
  }
}
