import type { Json } from '../../core/json.js';
import { LruMap } from './lru-map.js';
import { packBytes, readDoubles, readHead } from './state.js';

/**
 * How the usual values of a feature are tracked. A `measure` has a robust centre and spread (`spread` is where it starts, `least`
 * the smallest difference that counts); a `rate` is 0..1 with its mean as the centre and p(1 - p) as its variance, so that what is
 * rare but usual in its context counts less than what never happens there. `by` says what its usual value hangs on most: how fast
 * an answer comes on the model, how long it is on the prompt. `harm` says on which side of the usual it is worth a look.
 */
export type FeatureScale = {
  readonly by: 'model' | 'prompt';
  readonly harm: 'high' | 'low' | 'both';
} & ({ readonly kind: 'measure'; readonly spread: number; readonly least: number } | { readonly kind: 'rate' });

/** The contexts of a call, widest first, in the order in which features lean on them. */
export type Contexts = { readonly [By in FeatureScale['by']]: readonly string[] };

const VERSION = 2;
/** Values a context remembers: the weight of a new one never falls below its reciprocal. */
const MEMORY = 256;
/** A residual counts as at most so many spreads (Huber's psi), and the mean of its square under the normal law. */
const CLIP = 2.5;
const CLIPPED_VARIANCE = 0.97756;
/** How many values the starting spread is worth. */
const SPREAD_WEIGHT = 2;
/** How many observations a wider centre is worth where both spreads are the same, and a wider spread. */
const CENTRE_WEIGHT = 2;
const WIDER_SPREAD = 3;
/** What a context that knows nothing adds to the spread. */
const UNKNOWN = 1.2;
/** How many values a rate remembers: it must tell what comes once in a hundred calls. */
const RATE_MEMORY = 1024;
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
  readonly #chains: Record<FeatureScale['by'], Float64Array[]> = { model: [], prompt: [] };
  /** Each state of the chains once. */
  readonly #states = new Set<Float64Array>();
  /** The contexts that `states` belong to. */
  #contextsOf: Contexts | undefined;

  /** @param contexts contexts of all levels that are kept, those used last */
  constructor(scales: readonly FeatureScale[], contexts = 3000) {
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
   * @returns signed; NaN where the value is missing, or nothing is known to compare it with
   */
  deviations(contexts: Contexts, features: Float64Array): Float64Array {
    this.#expect(contexts);
    const out = new Float64Array(features.length);
    for (let f = 0; f < out.length; f++) out[f] = Math.asinh((features[f]! - this.#centre[f]!) / this.#spread[f]!);
    return out;
  }

  /** Learns a call's features in all its contexts; those that are NaN are left out. */
  learn(contexts: Contexts, features: Float64Array): void {
    // Mostly the call whose deviations were just asked for: its contexts are at hand.
    if (contexts !== this.#contextsOf) this.#expect(contexts);
    this.#contextsOf = undefined;
    for (const state of this.#states)
      for (let f = 0; f < features.length; f++) if (!Number.isNaN(features[f]!)) this.#learn(state, f, features[f]!);
  }

  #learn(state: Float64Array, f: number, x: number): void {
    const at = f * STRIDE;
    const n = state[at]!;
    state[at] = n + 1;
    const scale = this.#scales[f]!;
    if (scale.kind === 'rate') {
      state[at + 1]! += Math.max(1 / (n + 1), 1 / RATE_MEMORY) * (x - state[at + 1]!);
      return;
    }
    if (n === 0) {
      state[at + 1] = x;
      return;
    }
    const spread = Math.max(state[at + 2]!, scale.least);
    const residual = Math.max(-CLIP, Math.min(CLIP, (x - state[at + 1]!) / spread));
    state[at + 1]! += Math.max(1 / (n + 1), 1 / MEMORY) * spread * residual;
    const spreadWeight = Math.max(1 / (n + SPREAD_WEIGHT), 1 / MEMORY);
    state[at + 2] = spread * Math.sqrt(1 + spreadWeight * ((residual * residual) / CLIPPED_VARIANCE - 1));
  }

  /** Calls that a context has learnt a feature from, of the feature it knows best. */
  known(context: string): number {
    const state = this.#contexts.get(context);
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
    this.#contextsOf = undefined;
    for (const [key, numbers] of contexts) this.#contexts.set(key, numbers);
  }

  /** Fills `centre` and `spread` with what to expect of a call, and the chains with its contexts; makes missing ones. */
  #expect(contexts: Contexts): void {
    this.#contextsOf = contexts;
    this.#states.clear();
    for (const by of ['model', 'prompt'] as const) {
      const chain = this.#chains[by];
      chain.length = 0;
      for (const context of contexts[by]) {
        let state = this.#contexts.get(context);
        if (state === undefined) {
          state = new Float64Array(this.#scales.length * STRIDE);
          for (const [f, scale] of this.#scales.entries())
            if (scale.kind === 'measure') state[f * STRIDE + 2] = scale.spread;
          this.#contexts.set(context, state);
        }
        chain.push(state);
        this.#states.add(state);
      }
    }
    for (let f = 0; f < this.#scales.length; f++) {
      const scale = this.#scales[f]!;
      if (scale.kind === 'rate') this.#expectRate(f, this.#chains[scale.by]);
      else this.#expectMeasure(f, this.#chains[scale.by], scale);
    }
  }

  /** A context that has seen little leans on the wider one. */
  #expectRate(f: number, chain: readonly Float64Array[]): void {
    let p = RATE_START;
    for (const state of chain) {
      const n = Math.min(state[f * STRIDE]!, RATE_MEMORY);
      p = (n * state[f * STRIDE + 1]! + RATE_WEIGHT * p) / (n + RATE_WEIGHT);
    }
    this.#centre[f] = p;
    this.#spread[f] = Math.sqrt(Math.max(0, p * (1 - p)) + RATE_LEAST ** 2);
  }

  #expectMeasure(
    f: number,
    chain: readonly Float64Array[],
    scale: { readonly spread: number; readonly least: number },
  ): void {
    let centre = Number.NaN;
    let wide = scale.spread;
    for (const state of chain) {
      const n = Math.min(state[f * STRIDE]!, MEMORY);
      if (n === 0) {
        wide *= UNKNOWN;
        continue;
      }
      const spread = Math.max(state[f * STRIDE + 2]!, scale.least);
      // Where contexts differ less than calls within one do, the wider centre is worth some observations of this one's own.
      const worth = Number.isNaN(centre) ? 0 : CENTRE_WEIGHT * Math.min(1, (spread / wide) ** 2);
      centre = worth === 0 ? state[f * STRIDE + 1]! : (n * state[f * STRIDE + 1]! + worth * centre) / (n + worth);
      const own = Math.sqrt((n * spread * spread + WIDER_SPREAD * wide * wide) / (n + WIDER_SPREAD));
      wide = own * Math.sqrt(1 + 1 / (n + worth));
    }
    this.#centre[f] = centre;
    this.#spread[f] = wide;
  }
}
