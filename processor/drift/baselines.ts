import type { Json } from '../../core/json.js';
import { packBytes, readDoubles, readHead } from '../detectors/state.js';
import type { Place } from './places.js';
import { type Kept, RecentMap } from './recent-map.js';
import { LEVEL_STRIDE, learnLevel, learnRate, RATE_STRIDE, rateOf } from './running.js';
import { type DriftFacts, LEVELS, RATES, spoke } from './signals.js';

/** Values after which a context stands on its own, and how many it remembers. */
const YOUNG = 30;
const LEVEL_MEMORY = 400;
const RATE_MEMORY = 1500;
/** Trials that a wider context is worth. */
const WIDER = 80;
const WIDEST = 200;
/** No rate is taken for lower: what never happened yet may happen. */
const LEAST_RATE = 0.0015;
const MOST_RATE = 0.5;
/** Twice the traffic of any peak is taken to make a service slower by so much of it, as logarithms: the square root of two. */
const LOAD_SHARE = 0.5;
/** A wrong answer in eight, before any label has come. */
const WRONG_START = 0.12;

/** What a call deviates by, one number a level or rate; NaN where there is nothing to compare, or to say. */
export interface Deviations {
  /** Distance to the usual level, in spreads. */
  readonly distance: Float64Array;
  /** The change that matters, in spreads. */
  readonly shift: Float64Array;
  /** What it has: 0, 1 or NaN. */
  readonly fact: Float64Array;
  /** The usual share of calls that have it. */
  readonly usual: Float64Array;
}

const LEVEL_SIZE = LEVELS.length * LEVEL_STRIDE;
/** One more than the rates that calls have: wrong answers. */
const WRONG = RATES.length;
const RATE_SIZE = (RATES.length + 1) * RATE_STRIDE;
const SIZE = LEVEL_SIZE + RATE_SIZE;

/** What a call of a place is compared with; good until `generation` of its baselines changes. */
export interface BaseStates {
  readonly model: Kept<Float64Array>;
  readonly template: Kept<Float64Array>;
  readonly model_template: Kept<Float64Array>;
  /** Undefined where nobody is named. */
  readonly sender: Kept<Float64Array> | undefined;
}

/**
 * The usual levels and rates of a service by model, template, and both: what is new (a template, a model, a sender) is learnt
 * before anything is compared with it. Bounded: the contexts used last stay.
 */
export class Baselines {
  readonly #contexts: RecentMap<Float64Array>;
  readonly #senders: RecentMap<Float64Array>;
  readonly #all = new Float64Array(SIZE);
  readonly #out: Deviations = {
    distance: new Float64Array(LEVELS.length),
    shift: new Float64Array(LEVELS.length),
    fact: new Float64Array(RATES.length),
    usual: new Float64Array(RATES.length),
  };

  constructor(contexts = 1000) {
    this.#contexts = new RecentMap(contexts);
    this.#senders = new RecentMap(contexts);
  }

  get generation(): number {
    return this.#contexts.generation + this.#senders.generation;
  }

  at({ model, template, sender }: Place): BaseStates {
    const context = (key: string): Kept<Float64Array> => this.#contexts.take(key, () => new Float64Array(SIZE));
    return {
      model: context(`m${model}`),
      template: context(`t${template}`),
      model_template: context(`b${model}\0${template}`),
      sender: sender === '' ? undefined : this.#senders.take(sender, () => new Float64Array(LEVEL_SIZE)),
    };
  }

  /** Makes them the ones used last. */
  touch({ model, template, model_template, sender }: BaseStates): void {
    this.#contexts.touch(model);
    this.#contexts.touch(template);
    this.#contexts.touch(model_template);
    if (sender !== undefined) this.#senders.touch(sender);
  }

  /**
   * Compares a call with what is usual, then learns it.
   * @param load logarithm of how far the traffic is beyond what was seen before
   * @returns the same object each time: only valid until the next call
   */
  step(facts: DriftFacts, states: BaseStates, load: number): Deviations {
    const { distance, fact, usual } = this.#out;
    if (spoke(facts)) this.#levels(facts, states, load);
    else distance.fill(Number.NaN);
    for (let r = 0; r < RATES.length; r++) {
      const rate = RATES[r]!;
      const x = rate.read(facts);
      fact[r] = x;
      if (Number.isNaN(x)) continue;
      usual[r] = this.#usual(r, rate.start, states);
      this.#count(r, x, states);
    }
    return this.#out;
  }

  /**
   * The usual share of wrong answers in a call's contexts; learns this one after.
   * @param wrong 0..1
   */
  wrong(states: BaseStates, wrong: number): number {
    const usual = this.#usual(WRONG, WRONG_START, states);
    this.#count(WRONG, wrong, states);
    return usual;
  }

  #levels(facts: DriftFacts, states: BaseStates, load: number): void {
    const { distance, shift } = this.#out;
    const sender = states.sender?.value;
    for (let l = 0; l < LEVELS.length; l++) {
      const level = LEVELS[l]!;
      let x = level.read(facts);
      distance[l] = Number.NaN;
      if (Number.isNaN(x)) continue;
      const state = states[level.context].value;
      const at = l * LEVEL_STRIDE;
      const known = state[at]! >= YOUNG;
      const spread = Math.max(state[at + 2]!, level.least);
      if ('bySender' in level && sender !== undefined) {
        const habit = sender[at]! > 0 ? sender[at + 1]! : 0;
        // Learnt against what all ask for, once that is known.
        if (known) learnLevel(sender, at, x - state[at + 1]!, 0.3, 0.05, LEVEL_MEMORY);
        x -= habit;
        if (sender[at]! > YOUNG && known) distance[l] = (x - state[at + 1]!) / spread;
      } else if (known) distance[l] = (x - state[at + 1]! - ('slows' in level ? LOAD_SHARE * load : 0)) / spread;
      shift[l] = level.shift / spread;
      learnLevel(state, at, x, level.start, level.least, LEVEL_MEMORY);
    }
  }

  #usual(rate: number, start: number, { model, template, model_template: both }: BaseStates): number {
    const at = LEVEL_SIZE + rate * RATE_STRIDE;
    const all = rateOf(this.#all, at, start, WIDEST);
    const wider = (rateOf(model.value, at, all, WIDER) + rateOf(template.value, at, all, WIDER)) / 2;
    return Math.max(LEAST_RATE, Math.min(MOST_RATE, rateOf(both.value, at, wider, WIDER)));
  }

  #count(rate: number, x: number, { model, template, model_template: both }: BaseStates): void {
    const at = LEVEL_SIZE + rate * RATE_STRIDE;
    learnRate(this.#all, at, x, RATE_MEMORY);
    learnRate(model.value, at, x, RATE_MEMORY);
    learnRate(template.value, at, x, RATE_MEMORY);
    learnRate(both.value, at, x, RATE_MEMORY);
  }

  save(): Json {
    return {
      all: packBytes(this.#all),
      contexts: this.#contexts.save(packBytes),
      senders: this.#senders.save(packBytes),
    };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, {});
    this.#all.set(readDoubles(saved, 'all', SIZE));
    this.#contexts.restore(saved['contexts'], bytes => readDoubles({ bytes }, 'bytes', SIZE));
    this.#senders.restore(saved['senders'], bytes => readDoubles({ bytes }, 'bytes', LEVEL_SIZE));
  }
}
