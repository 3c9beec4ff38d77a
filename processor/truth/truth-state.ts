import type { Json } from '../../core/json.js';
import type { CallIds } from './call-index.js';
import type { Confusion } from './confusion.js';
import { Coverage } from './coverage.js';
import { type CallState, type PairState, type TaskState, type TruthState, VERSION } from './saved-truth.js';
import { NO_SLICES, NO_VERDICT, type Pair, type Verdict } from './sliding-window.js';
import { type KeepsText, orNull, restorePrediction, savePrediction, textsKeptBy } from './stored-call.js';
import type { Task } from './task.js';
import type { TaskRegistry } from './task-registry.js';
import type { Kept, TrackedCall } from './tracked-call.js';
import type { TrackedCalls } from './tracked-calls.js';

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

/** Calls, or pairs, of one slice of work: a fraction of a millisecond. */
const SLICE = 500;

/**
 * The state of a truth at `now`, without a word of any text; one slice of work a `next()`. Labels may come in between: what comes
 * to a part that is done is not in it.
 * @param labelledAlone true where the calls that wait for their first label are kept elsewhere
 */
export function* savingTruth({ tasks, calls, unasked }: TruthParts, now: number, labelledAlone: boolean): Saving {
  const keeps = textsKeptBy([...tasks], tasks.undecided);
  const saved: CallState[] = [];
  const paired = new Map(Array.from(tasks, task => [task.name, [] as Pair[]]));
  let done = 0;
  for (const number of calls.index.held()) {
    if (++done % SLICE === 0) yield;
    const pairs = [...calls.pairs(number)];
    for (const [task, pair] of pairs) paired.get(task)?.push(pair);
    if (labelledAlone && pairs.length === 0) continue;
    saved.push(saveCall(calls, number, pairs, keeps));
  }
  const states: [string, Json][] = [];
  for (const task of tasks) states.push([task.name, yield* savingTask(task, paired.get(task.name) ?? [], now)]);
  return { version: VERSION, now, calls: saved, tasks: states, unasked: unasked.save(keeps) };
}

type Saving = Generator<void, Json>;

/**
 * Puts a state back at `now`, one slice of work a `next()`. A saved task whose kind is now configured otherwise is left out. A
 * state of a clock that was ahead keeps its ages and not its times: the lead must not live on in this process.
 * @returns the calls so far
 */
export function* restoringTruth(
  state: TruthState,
  { tasks, calls, unasked }: TruthParts,
  now: number,
): Generator<void, Coverage> {
  const lead = Math.max(0, state.now - now);
  const pairs = new Map<string, ReadonlyMap<number, Pair>>();
  for (const [name, part] of state.tasks) {
    const config = part.closed === null ? { kind: part.kind } : { kind: part.kind, classes: part.closed };
    const known = tasks.get(name) ?? (tasks.admits(name) ? tasks.open(name, config, unasked) : undefined);
    if (known?.task.kind !== part.kind) continue;
    known.task.coverage = Coverage.restore(part.coverage);
    pairs.set(name, yield* restoringTask(known.task, part, lead));
  }
  let done = 0;
  for (const one of state.calls) {
    if (++done % SLICE === 0) yield;
    const { ids, at, call, labelled } = restoreCall(one);
    const number = calls.add(ids, at - lead, call);
    for (const [task, seq] of labelled) {
      const pair = pairs.get(task)?.get(seq);
      if (pair !== undefined) calls.setPair(number, task, pair);
    }
  }
  return Coverage.restore(state.unasked);
}

function saveCall(
  calls: TrackedCalls,
  number: number,
  pairs: readonly (readonly [task: string, pair: Pair])[],
  keeps: KeepsText,
): CallState {
  const { callId, responseId, spanId } = calls.index.ids(number);
  const call = calls.get(number);
  return [
    callId,
    responseId ?? null,
    spanId ?? null,
    calls.index.endedAt(number),
    call.model,
    savePrediction(call.prediction, keeps),
    Array.from(call.predictions ?? [], ([task, said]) => [task, savePrediction(said, keeps, task)] as const),
    pairs.map(([task, pair]) => [task, pair.seq] as const),
    call.samplingRate,
    call.slices,
  ];
}

/** A task with the pairs of its windows and of the calls that may still get another label. */
function* savingTask(task: Task, held: readonly Pair[], now: number): Saving {
  const pairs = new Map<number, Pair>();
  const windows = [...task.join.windows(now), ...task.join.slices.windows(now)];
  // Copies: between two slices of work pairs enter and leave.
  const lists = [held, ...windows.map(({ window }) => window.list())];
  for (const list of lists) {
    for (const [i, pair] of list.entries()) {
      if (i % (4 * SLICE) === 0) yield;
      pairs.set(pair.seq, pair);
    }
  }
  const saved: PairState[] = [];
  for (const pair of [...pairs.values()].sort((a, b) => a.seq - b.seq)) {
    if (saved.length % SLICE === 0) yield;
    saved.push(savePair(pair));
  }
  return {
    kind: task.kind,
    closed: task.config.classes ?? null,
    names: task.classes.names,
    pairs: saved,
    first: task.join.first.toRows(),
    latest: task.join.latest.toRows(),
    coverage: task.coverage.save(name => task.maySend(name)),
  };
}

/** Puts a task's pairs and totals back. @returns its pairs by `seq` */
function* restoringTask(task: Task, state: TaskState, lead: number): Generator<void, ReadonlyMap<number, Pair>> {
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
    if (pairs.size % SLICE === SLICE - 1) yield;
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
    const pair: Pair = { seq, at: at - lead, model, slices: slices ?? NO_SLICES, verdict };
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
