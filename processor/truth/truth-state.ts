import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import type { CallIds, CallIndex } from './call-index.js';
import type { Confusion } from './confusion.js';
import type { CoverageState } from './coverage.js';
import { NO_SLICES, NO_VERDICT, type Pair, type SliceValues, type Verdict } from './sliding-window.js';
import type { Task } from './task.js';
import { TASK_KINDS, type TaskConfig } from './task-config.js';
import { isLong, type Kept, type TrackedCall, trackedCall } from './tracked-call.js';

const VERSION = 1;

/** A saved pair: seq, at, model, actual, predicted, score, token F1, ROUGE-L, error, chrF, weight, slices; null for NaN. */
type PairState = readonly [
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
/** `text` stands for a text that stays in the process, null for none. */
type PredictionState = readonly [value: string | number | boolean, score: number | null] | 'text' | null;
type CallState = readonly [
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

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function savePrediction(prediction: Kept | undefined): PredictionState {
  if (prediction === undefined) return null;
  // A text that is no class name is what a user or a model wrote: it stays in the process.
  return prediction === null || isLong(prediction) ? 'text' : [prediction.value, orNull(prediction.score)];
}

function savePair({ seq, at, model, slices, verdict }: Pair): PairState {
  const { actual, predicted, score, tokenF1, rougeL, error, chrf, weight } = verdict;
  const numbers = [orNull(score), orNull(tokenF1), orNull(rougeL), orNull(error), orNull(chrf)] as const;
  return [seq, at, model, actual, predicted, ...numbers, weight, slices];
}

/** The calls that are held, without a word of their text. */
export function saveCalls(index: CallIndex<TrackedCall>): Json {
  return Array.from(
    index.held(),
    ({ ids, at, call }): CallState => [
      ids.callId,
      ids.responseId ?? null,
      ids.spanId ?? null,
      at,
      call.model,
      savePrediction(call.prediction),
      Array.from(call.predictions ?? [], ([task, prediction]) => [task, savePrediction(prediction)] as const),
      Array.from(call.pairs ?? [], ([task, pair]) => [task, pair.seq] as const),
      call.samplingRate,
      call.slices,
    ],
  );
}

/** A task with the pairs of its windows and of the calls that may still get another label. */
export function saveTask(task: Task, index: CallIndex<TrackedCall>, now: number): Json {
  const pairs = new Map<number, Pair>();
  for (const { window } of task.join.windows(now)) for (const pair of window.pairs()) pairs.set(pair.seq, pair);
  for (const { call } of index.held()) {
    const pair = call.pairs?.get(task.name);
    if (pair !== undefined) pairs.set(pair.seq, pair);
  }
  return {
    kind: task.kind,
    closed: task.config.classes ?? null,
    names: task.classes.names,
    pairs: [...pairs.values()].sort((a, b) => a.seq - b.seq).map(savePair),
    first: task.join.first.toRows(),
    latest: task.join.latest.toRows(),
    coverage: task.coverage.save(),
  };
}

export function stateOf(now: number, calls: Json, tasks: Json, unasked: Json): Json {
  return { version: VERSION, now, calls, tasks, unasked };
}

/**
 * Reads what `save()` made.
 * @throws MonitorError STATE_MISMATCH for anything else
 */
export function readTruthState(state: Json): TruthState {
  const given = state as unknown as Partial<TruthState> | null;
  if (typeof given !== 'object' || given === null || given.version !== VERSION) mismatch(`version ${VERSION}`);
  const { now, calls, tasks, unasked } = given;
  if (typeof now !== 'number' || !Array.isArray(calls) || !calls.every(isCall)) mismatch('a list of calls');
  if (!Array.isArray(tasks) || !tasks.every(isTask)) mismatch('a list of tasks');
  if (!isCoverage(unasked)) mismatch('the coverage');
  return given as TruthState;
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
  return TASK_KINDS.some(kind => kind === task.kind) && lists.every(Array.isArray) && isCoverage(task.coverage);
}

function isCoverage(state: unknown): boolean {
  const given = state as Partial<CoverageState> | null | undefined;
  return typeof given?.seen === 'number' && typeof given.labelled === 'number' && Array.isArray(given.classes);
}

/** Puts a task's pairs and totals back. @returns its pairs by `seq` */
export function restoreTask(task: Task, state: TaskState): ReadonlyMap<number, Pair> {
  // The classes may be numbered otherwise now: the user may have listed them since.
  const number = state.names.map(name => (task.classifies ? task.classes.index(name) : 0));
  const indexOf = (old: number): number => (task.classifies ? (number[old] ?? 0) : old);
  const refill = (matrix: Confusion, rows: TaskState['first']): void => {
    for (const [actual, row] of rows.entries())
      for (const [predicted, count] of row.entries())
        if (count > 0) matrix.add(indexOf(actual), indexOf(predicted), count);
  };
  refill(task.join.first, state.first);
  refill(task.join.latest, state.latest);
  const pairs = new Map<number, Pair>();
  for (const saved of state.pairs) {
    const [seq, at, model, actual, predicted, score, tokenF1, rougeL, error, chrf, weight = 1, slices] = saved;
    const verdict: Verdict = {
      ...NO_VERDICT,
      actual: indexOf(actual),
      predicted: indexOf(predicted),
      score: score ?? Number.NaN,
      tokenF1: tokenF1 ?? Number.NaN,
      rougeL: rougeL ?? Number.NaN,
      error: error ?? Number.NaN,
      chrf: chrf ?? Number.NaN,
      weight,
    };
    const pair: Pair = { seq, at, model, slices: slices ?? NO_SLICES, verdict };
    task.join.readmit(pair);
    pairs.set(seq, pair);
  }
  return pairs;
}

function restorePrediction(state: Exclude<PredictionState, null>): Kept {
  if (state === 'text') return null;
  const [value, score] = state;
  return score === null ? { value } : { value, score };
}

/** A saved call, with its pairs of the tasks that were restored. */
export function restoreCall(
  state: CallState,
  pairsOf: (task: string) => ReadonlyMap<number, Pair> | undefined,
): { readonly ids: CallIds; readonly at: number; readonly call: TrackedCall } {
  const [callId, responseId, spanId, at, model, prediction, predictions, pairs, samplingRate, slices] = state;
  const call = trackedCall(model, prediction === null ? undefined : restorePrediction(prediction));
  if (predictions.length > 0)
    call.predictions = new Map(predictions.map(([task, said]) => [task, restorePrediction(said ?? 'text')]));
  for (const [task, seq] of pairs) {
    const pair = pairsOf(task)?.get(seq);
    if (pair === undefined) continue;
    call.pairs ??= new Map();
    call.pairs.set(task, pair);
  }
  call.samplingRate = samplingRate ?? 1;
  call.slices = slices ?? NO_SLICES;
  const ids: CallIds = {
    callId,
    ...(responseId === null ? {} : { responseId }),
    ...(spanId === null ? {} : { spanId }),
  };
  return { ids, at, call };
}
