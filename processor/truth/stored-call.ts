import type { Json } from '../../core/json.js';
import { isClassWord } from './class-names.js';
import { NO_SLICES, NO_VERDICT, type SliceValues, type Verdict } from './sliding-window.js';
import type { Task } from './task.js';
import type { Kept, TrackedCall } from './tracked-call.js';

/** A prediction as it leaves the process: `text` stands for one that does not, null for none. */
export type PredictionState = readonly [value: string | number | boolean, score: number | null] | 'text' | null;

const VERSION = 1;

/** Says of a predicted text whether it may leave the process: what names a class, or is a number, may; what people or models write may not. */
export type KeepsText = (text: string, task?: string) => boolean;

/** @param undecided while labels may say that there are tasks of classes */
export function textsKeptBy(tasks: readonly Task[], undecided: boolean): KeepsText {
  const byName = new Map(tasks.map(task => [task.name, task]));
  return (text, task) => {
    if (task !== undefined) return byName.get(task)?.maySend(text) === true;
    return tasks.some(one => one.maySend(text)) || (undecided && isClassWord(text));
  };
}

export function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

export function savePrediction(said: Kept | undefined, keeps: KeepsText, task?: string): PredictionState {
  if (said === undefined) return null;
  if (said === null || (typeof said.value === 'string' && !keeps(said.value, task))) return 'text';
  return [said.value, orNull(said.score)];
}

export function restorePrediction(state: Exclude<PredictionState, null>): Kept {
  if (state === 'text') return null;
  const [value, score] = state;
  return score === null ? { value } : { value, score };
}

/** What other replicas must know of a call to take in its labels. */
export function callToData(call: TrackedCall, keeps: KeepsText): Json {
  const predictions = Array.from(call.predictions ?? [], ([task, said]) => [task, savePrediction(said, keeps, task)]);
  return [VERSION, call.model, savePrediction(call.prediction, keeps), predictions, call.samplingRate, call.slices];
}

/** Reads what `callToData` made; undefined for anything else, as another version may have put it there. */
export function callFromData(data: Json): TrackedCall | undefined {
  if (!Array.isArray(data)) return undefined;
  const [version, model, carried, predictions, samplingRate, slices] = data as readonly unknown[];
  if (version !== VERSION || typeof model !== 'string' || !Array.isArray(predictions)) return undefined;
  const own = new Map<string, Kept>();
  for (const entry of predictions as readonly unknown[]) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !isPrediction(entry[1])) return undefined;
    own.set(entry[0], restorePrediction(entry[1]));
  }
  if (carried !== null && !isPrediction(carried)) return undefined;
  return {
    model,
    prediction: carried === null ? undefined : restorePrediction(carried),
    predictions: own.size === 0 ? undefined : own,
    text: undefined,
    slices: isSlices(slices) ? slices : NO_SLICES,
    samplingRate: typeof samplingRate === 'number' && samplingRate > 0 && samplingRate <= 1 ? samplingRate : 1,
  };
}

function isPrediction(state: unknown): state is Exclude<PredictionState, null> {
  if (state === 'text') return true;
  if (!Array.isArray(state) || !['string', 'number', 'boolean'].includes(typeof state[0])) return false;
  return state[1] === null || typeof state[1] === 'number';
}

function isSlices(slices: unknown): slices is SliceValues {
  if (typeof slices !== 'object' || slices === null || Array.isArray(slices)) return false;
  return Object.values(slices).every(value => typeof value === 'string');
}

const MEASURED = ['score', 'tokenF1', 'rougeL', 'chrf', 'error'] as const;

/** A verdict for other replicas: classes by their names, as each process numbers them by itself. */
export function verdictToData(task: Task, verdict: Verdict): Json {
  const nameOf = (index: number): string | number => (task.classifies ? (task.classes.names[index] ?? '') : index);
  const measured = MEASURED.map(field => orNull(verdict[field]));
  return [VERSION, task.kind, nameOf(verdict.actual), nameOf(verdict.predicted), verdict.weight, measured];
}

/** Reads what `verdictToData` made for a task of the same kind; undefined for anything else. */
export function verdictFromData(task: Task, data: Json): Verdict | undefined {
  if (!Array.isArray(data)) return undefined;
  const [version, kind, actual, predicted, weight, measured] = data as readonly unknown[];
  if (version !== VERSION || kind !== task.kind || typeof weight !== 'number' || !Array.isArray(measured))
    return undefined;
  const indexOf = (name: unknown): number | undefined => {
    if (task.classifies) return typeof name === 'string' ? task.classes.index(name) : undefined;
    return name === 0 || name === 1 ? name : undefined;
  };
  const [truth, said] = [indexOf(actual), indexOf(predicted)];
  if (truth === undefined || said === undefined) return undefined;
  const fields = MEASURED.map((field, i) => [field, typeof measured[i] === 'number' ? measured[i] : Number.NaN]);
  return { ...NO_VERDICT, ...(Object.fromEntries(fields) as Partial<Verdict>), actual: truth, predicted: said, weight };
}
