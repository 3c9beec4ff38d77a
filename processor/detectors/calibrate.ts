import type { Json } from '../../core/json.js';
import { LruMap } from './lru-map.js';
import { ScoreWindow } from './score-window.js';
import { readHead } from './state.js';

export interface CalibratorOptions {
  /** Earlier scores that a context keeps; 1024 if absent. */
  readonly window?: number;
  /** Earlier scores that all contexts share; 4096 if absent. */
  readonly globalWindow?: number;
  /** Scores before the shared window answers; 100 if absent: with fewer no tail of 0.99 exists. */
  readonly minimum?: number;
  /** Scores before a detector's own analytic tail answers, until there are `minimum`; 30 if absent. */
  readonly analyticMinimum?: number;
  /** Scores before a context's own window answers; 300 if absent. */
  readonly contextMinimum?: number;
  /** Contexts that are kept, those used last; 100 if absent. */
  readonly contexts?: number;
  /** Tail probability from which a score is guarded; 0.99 if absent. */
  readonly guard?: number;
}

const VERSION = 1;
/** How many scores the detector's own analytic tail is worth while there are few. */
const ANALYTIC_WEIGHT = 30;

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
  readonly #analyticMinimum: number;
  readonly #contextMinimum: number;
  readonly #guard: number;
  readonly #excess: number;
  readonly #global: ScoreWindow;
  readonly #contexts: LruMap<ScoreWindow>;

  constructor(options: CalibratorOptions = {}) {
    this.#window = options.window ?? 1024;
    this.#minimum = options.minimum ?? 100;
    this.#analyticMinimum = options.analyticMinimum ?? 30;
    this.#contextMinimum = options.contextMinimum ?? 300;
    this.#guard = options.guard ?? 0.99;
    this.#excess = 1 - this.#guard;
    this.#global = new ScoreWindow(options.globalWindow ?? 4096, this.#excess);
    this.#contexts = new LruMap(options.contexts ?? 100);
  }

  /** True once any score can be ranked without an analytic tail. */
  get ready(): boolean {
    return this.#global.size >= this.#minimum;
  }

  /** True once a score with an analytic tail can be ranked. */
  get helped(): boolean {
    return this.#global.size >= this.#analyticMinimum;
  }

  /** Contexts kept. */
  get contexts(): number {
    return this.#contexts.size;
  }

  /**
   * How far out a score lies.
   * @param analytic chance of a score so high by the detector's own reckoning, which helps out while there are few
   * @returns 0..1, below 1: 0.99 means that 1 in 100 earlier scores is as high; undefined while there are too few, and for NaN
   */
  tail(context: string, score: number, analytic?: number): number | undefined {
    if (Number.isNaN(score)) return undefined;
    const own = this.#contexts.get(context);
    if (own !== undefined && own.size >= this.#contextMinimum) return own.tail(score);
    if (this.ready) return this.#global.tail(score);
    const few = analytic === undefined || this.#global.size < this.#analyticMinimum;
    return few ? undefined : this.#global.tail(score, { chance: analytic, weight: ANALYTIC_WEIGHT });
  }

  /**
   * Adds a score to the reference, after its tail was asked for.
   * @returns false for one that the guard kept out: nobody should learn from its call either
   */
  learn(context: string, score: number, analytic?: number): boolean {
    const tail = this.tail(context, score, analytic);
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
