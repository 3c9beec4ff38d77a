import type { Json } from '../../core/json.js';
import { LruMap } from '../detectors/lru-map.js';
import { packBytes, readDoubles, readHead } from '../detectors/state.js';
import { LEVEL_STRIDE, learnLevel, learnRate, RATE_STRIDE, rateOf } from './running.js';
import { type BaseContext, type DriftFacts, LEVELS, RATES } from './signals.js';

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

type Keys = { readonly [C in BaseContext]: string };

function keysOf({ call }: DriftFacts): Keys {
  const model = call.model.requested;
  // Who names no template has one an operation.
  const template = call.template ?? `\0${call.operation}`;
  return { model: `m${model}`, template: `t${template}`, model_template: `b${model}\0${template}` };
}

/**
 * The usual levels and rates of a service by model, template, and both: what is new (a template, a model, a sender) is learnt
 * before anything is compared with it. Bounded: the contexts used last stay.
 */
export class Baselines {
  readonly #contexts: LruMap<Float64Array>;
  readonly #senders: LruMap<Float64Array>;
  readonly #all = new Float64Array(SIZE);
  readonly #out: Deviations = {
    distance: new Float64Array(LEVELS.length),
    shift: new Float64Array(LEVELS.length),
    fact: new Float64Array(RATES.length),
    usual: new Float64Array(RATES.length),
  };

  constructor(contexts = 1000) {
    this.#contexts = new LruMap(contexts);
    this.#senders = new LruMap(contexts);
  }

  /**
   * Compares a call with what is usual, then learns it.
   * @param sender who asks; empty where nobody is named
   * @returns the same object each time: only valid until the next call
   */
  step(facts: DriftFacts, sender: string): Deviations {
    const keys = keysOf(facts);
    const model = this.#context(keys.model);
    const template = this.#context(keys.template);
    const both = this.#context(keys.model_template);
    const of = { model, template, model_template: both };
    const { distance, shift, fact, usual } = this.#out;
    const ofSender = sender === '' ? undefined : this.#sender(sender);
    for (let l = 0; l < LEVELS.length; l++) {
      const level = LEVELS[l]!;
      const state = of[level.context];
      const at = l * LEVEL_STRIDE;
      let x = level.read(facts);
      distance[l] = Number.NaN;
      if (Number.isNaN(x)) continue;
      const known = state[at]! >= YOUNG;
      const spread = Math.max(state[at + 2]!, level.least);
      if ('bySender' in level && ofSender !== undefined) {
        const habit = ofSender[at]! > 0 ? ofSender[at + 1]! : 0;
        // Learnt against what all ask for, once that is known.
        if (known) learnLevel(ofSender, at, x - state[at + 1]!, 0.3, 0.05, LEVEL_MEMORY);
        x -= habit;
        if (ofSender[at]! > YOUNG && known) distance[l] = (x - state[at + 1]!) / spread;
      } else if (known) distance[l] = (x - state[at + 1]!) / spread;
      shift[l] = level.shift / spread;
      learnLevel(state, at, x, level.start, level.least, LEVEL_MEMORY);
    }
    for (let r = 0; r < RATES.length; r++) {
      const rate = RATES[r]!;
      const x = rate.read(facts);
      fact[r] = x;
      if (Number.isNaN(x)) continue;
      usual[r] = this.#usual(r, rate.start, model, template, both);
      this.#count(r, x, model, template, both);
    }
    return this.#out;
  }

  /**
   * The usual share of wrong answers in a call's contexts; learns this one after.
   * @param wrong 0..1
   */
  wrong(facts: DriftFacts, wrong: number): number {
    const keys = keysOf(facts);
    const model = this.#context(keys.model);
    const template = this.#context(keys.template);
    const both = this.#context(keys.model_template);
    const usual = this.#usual(WRONG, WRONG_START, model, template, both);
    this.#count(WRONG, wrong, model, template, both);
    return usual;
  }

  save(): Json {
    const packed = (map: LruMap<Float64Array>): Json => map.entries().map(([key, state]) => [key, packBytes(state)]);
    return { all: packBytes(this.#all), contexts: packed(this.#contexts), senders: packed(this.#senders) };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, {});
    this.#all.set(readDoubles(saved, 'all', SIZE));
    const unpack = (field: string, map: LruMap<Float64Array>, size: number): void => {
      map.clear();
      for (const entry of Array.isArray(saved[field]) ? (saved[field] as readonly Json[]) : []) {
        const [key, bytes] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
        map.set(String(key), readDoubles({ bytes: bytes ?? null }, 'bytes', size));
      }
    };
    unpack('contexts', this.#contexts, SIZE);
    unpack('senders', this.#senders, LEVEL_SIZE);
  }

  #usual(rate: number, start: number, model: Float64Array, template: Float64Array, both: Float64Array): number {
    const at = LEVEL_SIZE + rate * RATE_STRIDE;
    const all = rateOf(this.#all, at, start, WIDEST);
    const wider = (rateOf(model, at, all, WIDER) + rateOf(template, at, all, WIDER)) / 2;
    return Math.max(LEAST_RATE, Math.min(MOST_RATE, rateOf(both, at, wider, WIDER)));
  }

  #count(rate: number, x: number, ...states: readonly Float64Array[]): void {
    const at = LEVEL_SIZE + rate * RATE_STRIDE;
    learnRate(this.#all, at, x, RATE_MEMORY);
    for (const state of states) learnRate(state, at, x, RATE_MEMORY);
  }

  #context(key: string): Float64Array {
    let state = this.#contexts.get(key);
    if (state === undefined) {
      state = new Float64Array(SIZE);
      this.#contexts.set(key, state);
    }
    return state;
  }

  #sender(key: string): Float64Array {
    let state = this.#senders.get(key);
    if (state === undefined) {
      state = new Float64Array(LEVEL_SIZE);
      this.#senders.set(key, state);
    }
    return state;
  }
}
