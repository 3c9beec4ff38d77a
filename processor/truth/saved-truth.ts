import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import type { CoverageState } from './coverage.js';
import type { SliceValues } from './sliding-window.js';
import type { PredictionState } from './stored-call.js';
import { TASK_KINDS, type TaskConfig } from './task-config.js';

export const VERSION = 1;

/** A saved pair: seq, at, model, actual, predicted, score, token F1, ROUGE-L, error, chrF, weight, slices; null for NaN. */
export type PairState = readonly [
  number,
  number,
  string,
  number,
  number,
  number | null,
  number | null,
  number | null,
  number | null,
  number | null,
  number,
  SliceValues,
];
export type CallState = readonly [
  callId: string,
  responseId: string | null,
  spanId: string | null,
  at: number,
  model: string,
  prediction: PredictionState,
  predictions: readonly (readonly [task: string, prediction: PredictionState])[],
  pairs: readonly (readonly [task: string, seq: number])[],
  samplingRate: number,
  slices: SliceValues,
];

export interface TaskState {
  readonly kind: TaskConfig['kind'];
  /** The list of a task whose classes are closed; null for an open one. */
  readonly closed: readonly string[] | null;
  readonly names: readonly string[];
  readonly pairs: readonly PairState[];
  readonly first: readonly (readonly number[])[];
  readonly latest: readonly (readonly number[])[];
  readonly coverage: CoverageState;
}

export interface TruthState {
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly calls: readonly CallState[];
  readonly tasks: readonly (readonly [name: string, state: TaskState])[];
  readonly unasked: CoverageState;
}

/** Entries that are looked at in one slice of work. */
const SLICE = 2000;

/**
 * Reads what `save()` made, one slice of work a `next()`.
 * @throws MonitorError STATE_MISMATCH for anything else
 */
export function* readingTruth(state: Json): Generator<void, TruthState> {
  const given = state as unknown as Partial<TruthState> | null;
  if (typeof given !== 'object' || given === null || given.version !== VERSION) mismatch(`version ${VERSION}`);
  const { now, calls, tasks, unasked } = given;
  if (typeof now !== 'number' || !(yield* all(calls, isCall))) mismatch('a list of calls');
  if (!Array.isArray(tasks) || !tasks.every(isTask)) mismatch('a list of tasks');
  for (const [, task] of tasks) if (!(yield* all(task.pairs, isPair))) mismatch('a list of pairs');
  if (!isCoverage(unasked)) mismatch('the coverage');
  return given as TruthState;
}

function* all(list: unknown, fits: (entry: unknown) => boolean): Generator<void, boolean> {
  if (!Array.isArray(list)) return false;
  for (const [i, entry] of (list as readonly unknown[]).entries()) {
    if (!fits(entry)) return false;
    if (i % SLICE === SLICE - 1) yield;
  }
  return true;
}

function mismatch(expected: string): never {
  throw new MonitorError('STATE_MISMATCH', `the saved truth is not of this version; expected ${expected}`);
}

function isCall(call: unknown): boolean {
  if (!Array.isArray(call)) return false;
  const [id, , , at, model, , predictions, pairs] = call as unknown[];
  return (
    typeof id === 'string' &&
    typeof at === 'number' &&
    typeof model === 'string' &&
    Array.isArray(predictions) &&
    Array.isArray(pairs)
  );
}

function isTask(entry: unknown): boolean {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  const task = entry[1] as Partial<TaskState> | null | undefined;
  if (typeof task !== 'object' || task === null) return false;
  const lists = [task.names, task.pairs, task.first, task.latest];
  if (!TASK_KINDS.some(kind => kind === task.kind) || !lists.every(Array.isArray)) return false;
  return isCoverage(task.coverage);
}

function isPair(pair: unknown): boolean {
  if (!Array.isArray(pair)) return false;
  const [seq, at, model, actual, predicted] = pair as unknown[];
  return [seq, at, actual, predicted].every(value => typeof value === 'number') && typeof model === 'string';
}

function isCoverage(state: unknown): boolean {
  const given = state as Partial<CoverageState> | null | undefined;
  return typeof given?.seen === 'number' && typeof given.labelled === 'number' && Array.isArray(given.classes);
}
