import { OTHER_MODEL } from '../../core/model-names.js';
import { type CallIds, CallIndex, type CallIndexOptions } from './call-index.js';
import { Column, Interner, NumberColumn } from './column.js';
import { NO_SLICES, type Pair, type SliceValues } from './sliding-window.js';
import { isLong, type Kept, type TrackedCall } from './tracked-call.js';

/** Different sets of slice values that are kept once for all calls that have them. */
const MAX_SLICE_SETS = 10_000;

/** What was predicted, by the number of a call. */
class Predictions {
  readonly #values = new Column<string | number | boolean | null>();
  readonly #scores = new NumberColumn(Number.NaN);
  readonly #names: Interner;

  constructor(names: Interner) {
    this.#names = names;
  }

  has(number: number): boolean {
    return this.#values.get(number) !== undefined;
  }

  get(number: number): Kept | undefined {
    const value = this.#values.get(number);
    if (value === undefined || value === null) return value;
    const score = this.#scores.get(number);
    return Number.isNaN(score) ? { value } : { value, score };
  }

  set(number: number, kept: Kept | undefined): void {
    const value = kept === null || kept === undefined ? kept : kept.value;
    this.#values.set(number, typeof value === 'string' && !isLong(kept) ? this.#names.keep(value) : value);
    this.#scores.set(number, kept?.score ?? Number.NaN);
  }

  release(number: number): void {
    this.#values.release(number);
    this.#scores.release(number);
  }
}

/**
 * The calls that wait for their labels, or have one and may get another, in columns: about 150 bytes a call with three names and
 * a prediction, so that a million of them can wait. What a call says is put together when it is asked for (`get`).
 */
export class TrackedCalls {
  readonly index: CallIndex;
  readonly #names = new Interner();
  readonly #models = new Column<string>();
  readonly #carried = new Predictions(this.#names);
  /** What answers, or earlier labels, say was predicted, by task. */
  readonly #predictions = new Map<string, Predictions>();
  readonly #texts = new Column<string>();
  readonly #pairs = new Map<string, Column<Pair>>();
  readonly #slices = new Column<SliceValues>();
  readonly #sliceSets = new Map<string, SliceValues>();
  readonly #rates = new NumberColumn(1);

  constructor(options: CallIndexOptions) {
    const { onLeave = () => {} } = options;
    this.index = new CallIndex({
      ...options,
      onLeave: (number, why) => {
        onLeave(number, why);
        this.#release(number);
      },
      onForget: number => this.#models.release(number),
    });
  }

  /** @returns the number of the call */
  add(ids: CallIds, at: number, call: TrackedCall): number {
    const number = this.index.add(ids, at);
    this.#models.set(number, this.#names.keep(call.model));
    this.#carried.set(number, call.prediction);
    if (call.predictions !== undefined)
      for (const [task, said] of call.predictions) this.setPrediction(number, task, said);
    this.#texts.set(number, call.text);
    this.#slices.set(number, call.slices === NO_SLICES ? undefined : this.#sliceSet(call.slices));
    this.#rates.set(number, call.samplingRate);
    return number;
  }

  /** The model of a call, also of one that has left. */
  model(number: number): string {
    return this.#models.get(number) ?? OTHER_MODEL;
  }

  /** What is known of a call that waits. */
  get(number: number): TrackedCall {
    let predictions: Map<string, Kept> | undefined;
    for (const [task, all] of this.#predictions) {
      const said = all.get(number);
      if (said === undefined) continue;
      predictions ??= new Map();
      predictions.set(task, said);
    }
    return {
      model: this.model(number),
      prediction: this.#carried.get(number),
      predictions,
      text: this.#texts.get(number),
      slices: this.#slices.get(number) ?? NO_SLICES,
      samplingRate: this.#rates.get(number),
    };
  }

  /** True where something was predicted for a task itself. */
  predicts(number: number, task: string): boolean {
    return this.#predictions.get(task)?.has(number) === true;
  }

  setPrediction(number: number, task: string, said: Kept): void {
    let all = this.#predictions.get(task);
    if (all === undefined) {
      all = new Predictions(this.#names);
      this.#predictions.set(task, all);
    }
    all.set(number, said);
  }

  pair(number: number, task: string): Pair | undefined {
    return this.#pairs.get(task)?.get(number);
  }

  setPair(number: number, task: string, pair: Pair): void {
    let all = this.#pairs.get(task);
    if (all === undefined) {
      all = new Column();
      this.#pairs.set(task, all);
    }
    all.set(number, pair);
  }

  /** The pairs of a call, by task. */
  *pairs(number: number): Generator<readonly [task: string, pair: Pair]> {
    for (const [task, all] of this.#pairs) {
      const pair = all.get(number);
      if (pair !== undefined) yield [task, pair];
    }
  }

  /** Characters of text that a call holds, without class names. */
  textSize(number: number): number {
    let size = (this.#texts.get(number)?.length ?? 0) + lengthOf(this.#carried.get(number));
    for (const all of this.#predictions.values()) size += lengthOf(all.get(number));
    return size;
  }

  /** Lets go of the text of a call; the class that was predicted stays. */
  dropText(number: number): void {
    this.#texts.set(number, undefined);
    if (isLong(this.#carried.get(number))) this.#carried.set(number, null);
    for (const all of this.#predictions.values()) if (isLong(all.get(number))) all.set(number, null);
  }

  /** No label can change a call any more that has left: its names are enough to know a late one. */
  #release(number: number): void {
    this.#carried.release(number);
    for (const all of this.#predictions.values()) all.release(number);
    for (const all of this.#pairs.values()) all.release(number);
    for (const column of [this.#texts, this.#slices, this.#rates]) column.release(number);
  }

  #sliceSet(slices: SliceValues): SliceValues {
    const key = JSON.stringify(slices);
    const known = this.#sliceSets.get(key);
    if (known !== undefined) return known;
    if (this.#sliceSets.size < MAX_SLICE_SETS) this.#sliceSets.set(key, slices);
    return slices;
  }
}

function lengthOf(said: Kept | undefined): number {
  return isLong(said) ? String(said?.value).length : 0;
}
