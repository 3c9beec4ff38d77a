import type { Json } from '../../core/json.js';
import type { FeatureScale } from './context-normaliser.js';
import { LruMap } from './lru-map.js';
import { packBytes, readDoubles, readHead, readNumber } from './state.js';
import { TailHistogram } from './tail-histogram.js';

/** A group of calls that something may happen to at once, such as those of a model. `kind` is one of a few words. */
export interface Scope {
  readonly kind: string;
  /** Unique among all kinds. */
  readonly key: string;
}

/** Weight of a call in the running means: they speak for the last 30 or so. */
const WEIGHT = 0.033;
/** A deviation counts at most so many spreads in them: a single absurd value is no wave. */
const MEASURE_LIMIT = 4;
const RATE_LIMIT = 8;
/** What a running mean is stretched by, so that the bins of its histogram fit it. */
const STRETCH = 3;
/** Surprise, in nats, up to which a running mean says nothing; 1 in 55 is beyond by chance. */
const NOTHING = 4;
/** A running mean, in spreads, that is never so surprising: a mean of 30 has a spread of 0.13 itself. */
const SMALL = 0.2;
/** How much of what is beyond counts. An event among others like it says more than a quantity. */
const MEASURE_SHARE = 1.3;
const RATE_SHARE = 2.6;
/** A rate's deviation from which the call has the event itself. */
const EVENT = 0.5;
/** Running means rarer than this are mostly kept out of the reference, once there is one. */
const RARE = -Math.log(2 * 0.005);
const YOUNG = 150;
const LET_IN = 16;
const SAMPLED = 2;

/**
 * What recent calls say of one: running means of the deviations in each scope (its model, its prompt), and how unusual they
 * are. A refusal among refusals, or a slow call among slow ones, is more than one that came alone; evidence counts only where the
 * call itself deviates the same way, so that a good call is not blamed for its neighbours.
 */
export class Nearby {
  readonly #scales: readonly FeatureScale[];
  readonly #means: LruMap<Float64Array>;
  readonly #usual = new Map<string, TailHistogram>();
  readonly #evidence: Float64Array;
  readonly #spreads: Float64Array;
  #calls = 0;

  /** @param scopes that are kept, those used last */
  constructor(scales: readonly FeatureScale[], scopes = 1000) {
    this.#scales = scales;
    this.#means = new LruMap(scopes);
    this.#evidence = new Float64Array(scales.length);
    this.#spreads = new Float64Array(scales.length);
  }

  /**
   * Nats of evidence a feature, from the scope that has most; 0 mostly.
   * @param deviations signed, NaN where missing; not yet learnt
   * @returns used again by the next question
   */
  evidence(scopes: readonly Scope[], deviations: Float64Array): Float64Array {
    const out = this.#evidence.fill(0);
    for (const { kind, key } of scopes) {
      const means = this.#means.get(key);
      const usual = this.#usual.get(kind);
      if (means === undefined || usual === undefined) continue;
      for (let f = 0; f < out.length; f++) {
        const scale = this.#scales[f]!;
        const mean = means[f]!;
        const own = deviations[f]!;
        if (!(mean > SMALL || mean < -SMALL) || Number.isNaN(own)) continue;
        if (scale.harm === 'high' ? mean < 0 : scale.harm === 'low' && mean > 0) continue;
        const rate = scale.kind === 'rate';
        if (rate && own <= EVENT) continue;
        const beyond = usual.surprise(f, Math.asinh(mean * STRETCH)) - NOTHING;
        if (beyond <= 0) continue;
        const shared = rate
          ? RATE_SHARE * beyond
          : (MEASURE_SHARE * beyond) / (1 + Math.exp(-2 * Math.sign(mean) * own));
        if (shared > out[f]!) out[f] = shared;
      }
    }
    return out;
  }

  learn(scopes: readonly Scope[], deviations: Float64Array): void {
    this.#calls += 1;
    // Running means change slowly: every one would say the same twice.
    const sampled = this.#calls % SAMPLED === 0;
    const all = this.#calls % LET_IN === 0;
    const spreads = this.#spreads;
    for (let f = 0; f < spreads.length; f++) {
      const limit = this.#scales[f]!.kind === 'rate' ? RATE_LIMIT : MEASURE_LIMIT;
      spreads[f] = Math.max(-limit, Math.min(limit, Math.sinh(deviations[f]!)));
    }
    for (const { kind, key } of scopes) {
      let means = this.#means.get(key);
      if (means === undefined) {
        means = new Float64Array(deviations.length);
        this.#means.set(key, means);
      }
      let usual = this.#usual.get(kind);
      if (usual === undefined) {
        usual = new TailHistogram(deviations.length);
        this.#usual.set(kind, usual);
      }
      for (let f = 0; f < deviations.length; f++) {
        if (Number.isNaN(deviations[f]!)) continue;
        if (sampled) {
          const mean = Math.asinh(means[f]! * STRETCH);
          if (all || usual.weight(f) <= YOUNG || usual.surprise(f, mean) <= RARE) usual.learn(f, mean);
        }
        means[f]! += WEIGHT * (spreads[f]! - means[f]!);
      }
    }
  }

  save(): Json {
    return {
      calls: this.#calls,
      means: this.#means.entries().map(([name, means]) => [name, packBytes(means)]),
      usual: [...this.#usual].map(([kind, histogram]) => [kind, histogram.save()]),
    };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, {});
    const pairs = (field: string): (readonly [string, Json])[] =>
      (Array.isArray(saved[field]) ? (saved[field] as readonly Json[]) : []).map(entry => {
        const [name, value] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
        return [String(name), value ?? null];
      });
    const width = this.#scales.length;
    const means = pairs('means').map(([name, value]) => [name, readDoubles({ value }, 'value', width)] as const);
    const usual = pairs('usual').map(([kind, value]) => {
      const histogram = new TailHistogram(width);
      histogram.restore(value);
      return [kind, histogram] as const;
    });
    this.#calls = readNumber(saved, 'calls', 0);
    this.#means.clear();
    this.#usual.clear();
    for (const [name, value] of means) this.#means.set(name, value);
    for (const [kind, histogram] of usual) this.#usual.set(kind, histogram);
  }
}
