import type { Json } from '../../core/json.js';
import { LruMap } from './lru-map.js';
import { packBytes, readDoubles, readHead } from './state.js';

/**
 * How the usual values of a feature are tracked. A `measure` has a robust centre and spread (`spread` is where it starts, `least`
 * the smallest difference that counts); a `rate` is 0..1 with its mean as the centre and p(1 - p) as its variance, so that what is
 * rare but usual in its context counts less than what never happens there.
 */
export type FeatureScale =
  | { readonly kind: 'measure'; readonly spread: number; readonly least: number }
  | { readonly kind: 'rate' };

const VERSION = 1;
/** Values a context remembers: the weight of a new one never falls below its reciprocal. */
const MEMORY = 256;
/** A residual counts as at most so many spreads (Huber's psi), and the mean of its square under the normal law. */
const CLIP = 2.5;
const CLIPPED_VARIANCE = 0.97756;
/** How many values the starting spread is worth. */
const SPREAD_WEIGHT = 2;
/** How many values the wider context's rate is worth, and what the widest one starts from. */
const RATE_WEIGHT = 20;
const RATE_START = 0.01;
/** Smallest spread of a rate: something that never happened in a thousand calls is not infinitely odd. */
const RATE_LEAST = 0.03;
/** Numbers kept a feature: count, centre, spread. */
const STRIDE = 3;

/**
 * Says how far features lie from what is usual in their context: each level of contexts, from the widest to the narrowest, has a
 * running centre and spread a feature, and a young context leans on the wider one in proportion to how little it knows
 * (precision weighting). O(features x levels) a call, bounded memory.
 * @see Huber 1964, Ann. Math. Stat. 35(1):73-101 (clipped residuals); Efron, Morris 1977 (shrinkage)
 */
export class ContextNormaliser {
  readonly #scales: readonly FeatureScale[];
  readonly #contexts: LruMap<Float64Array>;
  readonly #centre: Float64Array;
  readonly #spread: Float64Array;
  readonly #states: Float64Array[] = [];
  /** The contexts that `states` belong to. */
  #levels: readonly string[] | undefined;

  /** @param contexts contexts of all levels that are kept, those used last */
  constructor(scales: readonly FeatureScale[], contexts = 500) {
    this.#scales = scales;
    this.#contexts = new LruMap(contexts);
    this.#centre = new Float64Array(scales.length);
    this.#spread = new Float64Array(scales.length);
  }

  /** Contexts kept. */
  get contexts(): number {
    return this.#contexts.size;
  }

  /**
   * The deviations of a call's features, before it is learnt from: asinh of the distance to the centre in spreads, which is that
   * distance where it is small and its logarithm where it is large, so that one absurd value does not flatten all others.
   * @param levels names of its contexts, widest first
   * @returns NaN where the value is missing, or nothing is known to compare it with
   */
  deviations(levels: readonly string[], features: Float64Array): Float64Array {
    this.#expect(levels);
    const out = new Float64Array(features.length);
    for (let f = 0; f < out.length; f++) out[f] = Math.asinh((features[f]! - this.#centre[f]!) / this.#spread[f]!);
    return out;
  }

  /** Learns a call's features in all its contexts. */
  learn(levels: readonly string[], features: Float64Array): void {
    // Mostly the call whose deviations were just asked for: its contexts are at hand.
    if (levels !== this.#levels) this.#expect(levels);
    this.#levels = undefined;
    for (const state of this.#states) {
      for (let f = 0; f < features.length; f++) {
        const x = features[f]!;
        if (Number.isNaN(x)) continue;
        const at = f * STRIDE;
        const n = state[at]!;
        const weight = Math.max(1 / (n + 1), 1 / MEMORY);
        state[at] = n + 1;
        const scale = this.#scales[f]!;
        if (scale.kind === 'rate') {
          state[at + 1]! += weight * (x - state[at + 1]!);
          continue;
        }
        const spread = Math.max(state[at + 2]!, scale.least);
        const residual = n === 0 ? 0 : Math.max(-CLIP, Math.min(CLIP, (x - state[at + 1]!) / spread));
        if (n === 0) state[at + 1] = x;
        else state[at + 1]! += weight * spread * residual;
        if (n === 0) continue;
        const spreadWeight = Math.max(1 / (n + SPREAD_WEIGHT), 1 / MEMORY);
        state[at + 2] = spread * Math.sqrt(1 + spreadWeight * ((residual * residual) / CLIPPED_VARIANCE - 1));
      }
    }
  }

  /** Calls that the narrowest of these contexts has learnt a feature from, of the feature it knows best. */
  known(levels: readonly string[]): number {
    const state = this.#contexts.get(levels.at(-1) ?? '');
    let most = 0;
    for (let at = 0; state !== undefined && at < state.length; at += STRIDE) most = Math.max(most, state[at]!);
    return most;
  }

  save(): Json {
    return {
      kind: 'context_normaliser',
      version: VERSION,
      width: this.#scales.length,
      contexts: [...this.#contexts.entries()].map(([key, state]) => [key, packBytes(state)]),
    };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const width = this.#scales.length;
    const saved = readHead(state, { kind: 'context_normaliser', version: VERSION, width });
    const list = Array.isArray(saved['contexts']) ? (saved['contexts'] as readonly Json[]) : [];
    const contexts = list.map(entry => {
      const [key, numbers] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
      return [String(key), readDoubles({ context: numbers ?? null }, 'context', width * STRIDE)] as const;
    });
    this.#contexts.clear();
    this.#levels = undefined;
    for (const [key, numbers] of contexts) this.#contexts.set(key, numbers);
  }

  /** Fills `centre` and `spread` with what to expect in the narrowest context, and `states` with all of them; makes missing ones. */
  #expect(levels: readonly string[]): void {
    this.#levels = levels;
    const { length } = this.#scales;
    this.#states.length = 0;
    for (let f = 0; f < length; f++) {
      const scale = this.#scales[f]!;
      this.#centre[f] = scale.kind === 'rate' ? RATE_START : Number.NaN;
      this.#spread[f] = scale.kind === 'rate' ? 0 : scale.spread;
    }
    for (const level of levels) {
      let state = this.#contexts.get(level);
      if (state === undefined) {
        state = new Float64Array(length * STRIDE);
        for (let f = 0; f < length; f++) state[f * STRIDE + 2] = this.#spread[f]!;
        this.#contexts.set(level, state);
      }
      this.#states.push(state);
      for (let f = 0; f < length; f++) this.#narrow(f, state);
    }
    for (let f = 0; f < length; f++) {
      const scale = this.#scales[f]!;
      const p = this.#centre[f]!;
      if (scale.kind === 'rate') this.#spread[f] = Math.sqrt(Math.max(0, p * (1 - p)) + RATE_LEAST ** 2);
    }
  }

  /** One level narrower: what the wider context expects of a feature, corrected by what this one knows. */
  #narrow(f: number, state: Float64Array): void {
    const scale = this.#scales[f]!;
    const at = f * STRIDE;
    const n = Math.min(state[at]!, MEMORY);
    const wide = this.#centre[f]!;
    if (scale.kind === 'rate') {
      this.#centre[f] = (n * state[at + 1]! + RATE_WEIGHT * wide) / (n + RATE_WEIGHT);
      return;
    }
    const spread = Math.max(state[at + 2]!, scale.least);
    if (n === 0) {
      this.#spread[f]! *= Math.SQRT2;
      return;
    }
    // The wider centre is one observation with the wider spread: worth (spread / wider spread)^2 of this context's own.
    const worth = Number.isNaN(wide) ? 0 : Math.min(1, (spread / this.#spread[f]!) ** 2);
    this.#centre[f] = worth === 0 ? state[at + 1]! : (n * state[at + 1]! + worth * wide) / (n + worth);
    this.#spread[f] = spread * Math.sqrt(1 + 1 / (n + worth));
  }
}
