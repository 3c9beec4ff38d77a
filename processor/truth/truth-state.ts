import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import type { CallIds } from './call-index.js';
import type { Confusion } from './confusion.js';
import { Coverage, type CoverageState } from './coverage.js';
import { NO_SLICES, NO_VERDICT, type Pair, type SliceValues, type Verdict } from './sliding-window.js';
import {
  type KeepsText,
  orNull,
  type PredictionState,
  restorePrediction,
  savePrediction,
  textsKeptBy,
} from './stored-call.js';
import type { Task } from './task.js';
import { TASK_KINDS, type TaskConfig } from './task-config.js';
import type { TaskRegistry } from './task-registry.js';
import type { Kept, TrackedCall } from './tracked-call.js';
import type { TrackedCalls } from './tracked-calls.js';

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

function savePair({ seq, at, model, slices, verdict }: Pair): PairState {
  const { actual, predicted, score, tokenF1, rougeL, error, chrf, weight } = verdict;
  const numbers = [orNull(score), orNull(tokenF1), orNull(rougeL), orNull(error), orNull(chrf)] as const;
  return [seq, at, model, actual, predicted, ...numbers, weight, slices];
}

/** What there is to save, and where a saved state goes. */
export interface TruthParts {
  readonly tasks: TaskRegistry;
  readonly calls: TrackedCalls;
  /** Calls so far, as a task counts them that is first heard of later. */
  readonly unasked: Coverage;
}

/**
 * The state of a truth at `now`, without a word of any text.
 * @param labelledAlone true where the calls that wait for their first label are kept elsewhere
 */
export function saveTruth({ tasks, calls, unasked }: TruthParts, now: number, labelledAlone: boolean): Json {
  const keeps = textsKeptBy([...tasks], tasks.undecided);
  const saved = Array.from(tasks, task => [task.name, saveTask(task, calls, now)] as const);
  const state = { calls: saveCalls(calls, keeps, labelledAlone), tasks: saved, unasked: unasked.save() };
  return { version: VERSION, now, ...state };
}

/** Puts a state back. A saved task whose kind is now configured otherwise is left out. @returns the calls so far */
export function restoreTruth(state: TruthState, { tasks, calls, unasked }: TruthParts): Coverage {
  const pairs = new Map<string, ReadonlyMap<number, Pair>>();
  for (const [name, part] of state.tasks) {
    const config = part.closed === null ? { kind: part.kind } : { kind: part.kind, classes: part.closed };
    const known = tasks.get(name) ?? (tasks.admits(name) ? tasks.open(name, config, unasked) : undefined);
    if (known?.task.kind !== part.kind) continue;
    known.task.coverage = Coverage.restore(part.coverage);
    pairs.set(name, restoreTask(known.task, part));
  }
  for (const one of state.calls) {
    const { ids, at, call, labelled } = restoreCall(one);
    const number = calls.add(ids, at, call);
    for (const [task, seq] of labelled) {
      const pair = pairs.get(task)?.get(seq);
      if (pair !== undefined) calls.setPair(number, task, pair);
    }
  }
  return Coverage.restore(state.unasked);
}

/** Calls without a word of their text, or only those that have a label. */
function saveCalls(calls: TrackedCalls, keeps: KeepsText, labelledAlone: boolean): Json {
  const out: CallState[] = [];
  for (const number of calls.index.held()) {
    const pairs = Array.from(calls.pairs(number), ([task, pair]) => [task, pair.seq] as const);
    if (labelledAlone && pairs.length === 0) continue;
    const { callId, responseId, spanId } = calls.index.ids(number);
    const call = calls.get(number);
    out.push([
      callId,
      responseId ?? null,
      spanId ?? null,
      calls.index.endedAt(number),
      call.model,
      savePrediction(call.prediction, keeps),
      Array.from(call.predictions ?? [], ([task, said]) => [task, savePrediction(said, keeps, task)] as const),
      pairs,
      call.samplingRate,
      call.slices,
    ]);
  }
  return out;
}

/** A task with the pairs of its windows and of the calls that may still get another label. */
function saveTask(task: Task, calls: TrackedCalls, now: number): Json {
  const pairs = new Map<number, Pair>();
  for (const { window } of task.join.windows(now)) for (const pair of window.pairs()) pairs.set(pair.seq, pair);
  for (const number of calls.index.numbers()) {
    const pair = calls.pair(number, task.name);
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
function restoreTask(task: Task, state: TaskState): ReadonlyMap<number, Pair> {
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

/** A saved call, and the pairs it had by task and `seq`. */
function restoreCall(state: CallState): {
  readonly ids: CallIds;
  readonly at: number;
  readonly call: TrackedCall;
  readonly labelled: CallState[7];
} {
  const [callId, responseId, spanId, at, model, prediction, predictions, labelled, samplingRate, slices] = state;
  const own = new Map<string, Kept>();
  for (const [task, said] of predictions) own.set(task, restorePrediction(said ?? 'text'));
  const call: TrackedCall = {
    model,
    prediction: prediction === null ? undefined : restorePrediction(prediction),
    predictions: own.size === 0 ? undefined : own,
    text: undefined,
    slices: slices ?? NO_SLICES,
    samplingRate: samplingRate ?? 1,
  };
  const ids: CallIds = {
    callId,
    ...(responseId === null ? {} : { responseId }),
    ...(spanId === null ? {} : { spanId }),
  };
  return { ids, at, call, labelled };
}
