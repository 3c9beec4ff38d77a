import type { Json } from '../../core/json.js';
import { LruMap } from './lru-map.js';
import { packBytes, readDoubles, readHead, readNumber, type SavedObject } from './state.js';

export interface CalibratorOptions {
  /** Earlier scores that a context keeps; 1024 if absent. */
  readonly window?: number;
  /** Earlier scores that all contexts share; 4096 if absent. */
  readonly globalWindow?: number;
  /** Scores before the shared window answers; 100 if absent: with fewer no tail of 0.99 exists. */
  readonly minimum?: number;
  /** Scores before a context's own window answers; 300 if absent. */
  readonly contextMinimum?: number;
  /** Contexts that are kept, those used last; 100 if absent. */
  readonly contexts?: number;
  /** Tail probability from which a score is guarded; 0.99 if absent. */
  readonly guard?: number;
}

const VERSION = 1;
/** Guarded scores are let in at up to this many times the rate that exchangeable scores have. */
const RATE = 2;
/** And, saved up, at most this share of those that an exchangeable window holds. */
const BURST = 0.4;

/** The last scores, also in order, and the budget for those above the guard. */
class ScoreWindow {
  readonly #capacity: number;
  readonly #excess: number;
  #ring: Float64Array;
  #sorted: Float64Array;
  #size = 0;
  #next = 0;
  #tokens = 1;

  constructor(capacity: number, excess: number) {
    this.#capacity = capacity;
    this.#excess = excess;
    this.#ring = new Float64Array(Math.min(64, capacity));
    this.#sorted = new Float64Array(Math.min(64, capacity));
  }

  get size(): number {
    return this.#size;
  }

  /** Share of the scores, and of the one asked for itself, that are lower: 1 - (1 + #{kept >= score}) / (n + 1). */
  tail(score: number): number {
    return this.#below(score) / (this.#size + 1);
  }

  /** Whether a score may come in; each asking earns, each guarded score costs. */
  admits(guarded: boolean): boolean {
    const burst = Math.max(1, BURST * this.#excess * this.#size);
    this.#tokens = Math.min(burst, this.#tokens + RATE * this.#excess);
    if (!guarded) return true;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  push(score: number): void {
    if (this.#size < this.#capacity) {
      if (this.#size === this.#ring.length) this.#grow();
      const at = this.#below(score);
      this.#sorted.copyWithin(at + 1, at, this.#size);
      this.#sorted[at] = score;
      this.#ring[this.#size] = score;
      this.#size += 1;
      return;
    }
    // One move instead of two: only what lies between the place of the old score and that of the new one shifts.
    const from = this.#below(this.#ring[this.#next]!);
    const to = this.#below(score);
    if (to > from) {
      this.#sorted.copyWithin(from, from + 1, to);
      this.#sorted[to - 1] = score;
    } else {
      this.#sorted.copyWithin(to + 1, to, from);
      this.#sorted[to] = score;
    }
    this.#ring[this.#next] = score;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  save(): { [key: string]: Json } {
    return { scores: packBytes(this.#ring.subarray(0, this.#size)), next: this.#next, tokens: this.#tokens };
  }

  restore(saved: SavedObject): this {
    const scores = readDoubles(saved, 'scores').subarray(0, this.#capacity);
    this.#next = readNumber(saved, 'next', 0, this.#capacity - 1);
    this.#tokens = readNumber(saved, 'tokens', 0);
    this.#size = scores.length;
    this.#ring = scores.slice();
    this.#sorted = scores.slice().sort();
    return this;
  }

  /** Number of kept scores below `score`: its place in order. */
  #below(score: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]! < score) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const length = Math.min(this.#capacity, Math.max(64, this.#size * 2));
    for (const key of ['ring', 'sorted'] as const) {
      const grown = new Float64Array(length);
      grown.set(key === 'ring' ? this.#ring : this.#sorted);
      if (key === 'ring') this.#ring = grown;
      else this.#sorted = grown;
    }
  }
}

/**
 * Makes a tail probability of a raw score: the conformal p-value against earlier scores of the same context, so that with
 * exchangeable scores a share of 1 - t comes out at t or above, whatever the raw scale. A young context is judged by the scores
 * of all contexts together.
 *
 * Which scores become part of the reference: all below the guard; those above it at no more than twice the rate that
 * exchangeable scores have (with a small stock saved up). Keeping all of them would let the first few calls of an incident make
 * the rest look usual; keeping none would cut the reference's own tail off, and false alarms would grow without end. So quiet
 * traffic loses almost none of its own tail, an incident stays visible for some hundred calls, and a lasting change becomes the
 * new reference, after about `window` / 4 calls.
 * @see Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World", 2005; Laxhammar, Falkman 2010 (conformal anomaly detection)
 */
export class Calibrator {
  readonly #window: number;
  readonly #minimum: number;
  readonly #contextMinimum: number;
  readonly #guard: number;
  readonly #excess: number;
  readonly #global: ScoreWindow;
  readonly #contexts: LruMap<ScoreWindow>;

  constructor(options: CalibratorOptions = {}) {
    this.#window = options.window ?? 1024;
    this.#minimum = options.minimum ?? 100;
    this.#contextMinimum = options.contextMinimum ?? 300;
    this.#guard = options.guard ?? 0.99;
    this.#excess = 1 - this.#guard;
    this.#global = new ScoreWindow(options.globalWindow ?? 4096, this.#excess);
    this.#contexts = new LruMap(options.contexts ?? 100);
  }

  /** True once any score can be ranked. */
  get ready(): boolean {
    return this.#global.size >= this.#minimum;
  }

  /** Contexts kept. */
  get contexts(): number {
    return this.#contexts.size;
  }

  /**
   * How far out a score lies.
   * @returns 0..n/(n+1): 0.99 means that 1 in 100 earlier scores is as high; undefined while there are too few, and for NaN
   */
  tail(context: string, score: number): number | undefined {
    if (Number.isNaN(score)) return undefined;
    const own = this.#contexts.get(context);
    if (own !== undefined && own.size >= this.#contextMinimum) return own.tail(score);
    return this.ready ? this.#global.tail(score) : undefined;
  }

  /**
   * Adds a score to the reference, after its tail was asked for.
   * @returns false for one that the guard kept out: nobody should learn from its call either
   */
  learn(context: string, score: number): boolean {
    const tail = this.tail(context, score);
    if (Number.isNaN(score)) return false;
    const guarded = tail !== undefined && tail >= this.#guard;
    let own = this.#contexts.get(context);
    if (own === undefined) {
      own = new ScoreWindow(this.#window, this.#excess);
      this.#contexts.set(context, own);
    }
    // A young context's own window takes everything: nothing is judged by it yet, and it has to fill.
    const young = own.size < this.#contextMinimum;
    const admitted = (young ? this.#global : own).admits(guarded);
    if (young || admitted) own.push(score);
    if (admitted) this.#global.push(score);
    return admitted;
  }

  save(): Json {
    return {
      kind: 'calibrator',
      version: VERSION,
      window: this.#window,
      global: this.#global.save(),
      contexts: [...this.#contexts.entries()].map(([key, window]) => ({ key, ...window.save() })),
    };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, { kind: 'calibrator', version: VERSION, window: this.#window });
    const contexts = (Array.isArray(saved['contexts']) ? (saved['contexts'] as readonly Json[]) : []).map(entry => {
      const context = readHead(entry, {});
      return [String(context['key']), new ScoreWindow(this.#window, this.#excess).restore(context)] as const;
    });
    this.#global.restore(readHead(saved['global'] ?? null, {}));
    this.#contexts.clear();
    for (const [key, window] of contexts) this.#contexts.set(key, window);
  }
}
