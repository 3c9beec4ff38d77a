import type { LabelRecord } from '../../core/feedback.js';
import type { Wiring } from '../../core/wiring.js';
import type { CallIds } from './call-index.js';
import type { Coverage } from './coverage.js';
import type { SliceValues, Verdict } from './sliding-window.js';
import type { Task } from './task.js';
import type { TaskKind } from './task-config.js';
import type { LABEL_RESULTS, TaskEntry, TaskRegistry } from './task-registry.js';
import {
  belongs,
  type Kept,
  keepable,
  predictedClass,
  predictionFor,
  type TrackedCall,
  weightOf,
} from './tracked-call.js';
import type { TrackedCalls } from './tracked-calls.js';

export type LabelResult = (typeof LABEL_RESULTS)[number];

/** What a label said of a call, once it has been counted. */
export interface OutcomeEvent {
  readonly task: string;
  readonly kind: TaskKind;
  /** The model of the call, as a label value. */
  readonly model: string;
  /** Empty for a call that has none. */
  readonly callId: string;
  /** When the label was counted, milliseconds since the epoch by a clock that does not jump. */
  readonly at: number;
  /** Names of the true and of the predicted class; only of tasks of classes. */
  readonly actual?: string;
  readonly predicted?: string;
  /** 1 for a right answer and 0 for a wrong one; absent for a number task. */
  readonly correct?: number;
  /** Predicted number less the true one; only of number tasks. */
  readonly error?: number;
  /** Calls that this one stands for. */
  readonly weight: number;
  /** True where the label took the place of an earlier one. */
  readonly replaced: boolean;
  readonly slices: SliceValues;
}

/** The call that a label speaks of: one that is held here, or one of another replica. */
export interface Subject {
  readonly call: TrackedCall;
  /** When it ended, milliseconds. */
  readonly at: number;
  /** Its number, if it was held here. */
  readonly number?: number;
  /** Its names, if it was not. */
  readonly ids?: CallIds;
}

/** What a label makes of a call, before it is counted. */
export interface Judged {
  readonly entry: TaskEntry;
  readonly record: LabelRecord;
  readonly subject: Subject;
  readonly verdict: Verdict;
  /** What the label itself says was predicted; undefined for nothing. */
  readonly said: Kept | undefined;
  /** When the label came, milliseconds. */
  readonly heardAt: number;
}

export interface LabellingParts {
  readonly wiring: Wiring;
  readonly tasks: TaskRegistry;
  readonly calls: TrackedCalls;
  /** True where other replicas share the calls: then who waits is known to the store alone. */
  readonly shared: boolean;
  /** The calls so far, as a task starts that is first heard of now. */
  seen(): Coverage;
  /** A label brought a task, or left it open what kind it is. */
  onTask(task: Task | undefined): void;
  /** The text that a call holds has changed. */
  onText(number: number): void;
}

/** Compares labels with predictions, and counts what comes out. */
export class Labelling {
  readonly #parts: LabellingParts;
  readonly #listeners = new Set<(event: OutcomeEvent) => void>();

  constructor(parts: LabellingParts) {
    this.#parts = parts;
  }

  /** @returns the function that takes the listener out again */
  listen(listener: (event: OutcomeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What a label makes of a call; undefined where there is nothing to compare it with. */
  judge(record: LabelRecord, subject: Subject, heardAt: number): Judged | undefined {
    const { call, number } = subject;
    const entry = this.#parts.tasks.get(record.task) ?? this.#guess(record, call);
    if (entry === undefined) return undefined;
    const prediction = predictionFor(entry.task, call, record);
    if (prediction === undefined) return undefined;
    const verdict = entry.task.verdict(record.label, prediction.value, prediction.score, weightOf(record, call));
    if (verdict === undefined) return undefined;
    const said = record.prediction === undefined && record.score === undefined ? undefined : keepable(prediction);
    if (number !== undefined) this.#keep(number, record.task, said);
    return { entry, record, subject, verdict, said, heardAt };
  }

  /**
   * Counts a label: the first of its call and task, unless there is a pair of an earlier one or the store knows a verdict that
   * this one takes the place of. The windows that hold the pair are those of the replica that took the first label.
   */
  count(judged: Judged, now: number, stored?: Verdict): 'matched' | 'replaced' {
    const { calls } = this.#parts;
    const { entry, subject, verdict } = judged;
    const { task, counters } = entry;
    const { model } = subject.call;
    const number = this.#held(subject);
    const pair = number === undefined ? undefined : calls.pair(number, task.name);
    const before = stored ?? pair?.verdict;
    if (before === undefined) {
      this.#match(judged, now);
      counters.matched(model, verdict);
    } else {
      if (pair !== undefined) task.join.replace(pair, verdict);
      counters.replaced(model, before, verdict);
    }
    if (this.#listeners.size > 0) this.#tell(judged, now, before !== undefined);
    return before === undefined ? 'matched' : 'replaced';
  }

  #match({ entry: { task }, record, subject, verdict, said, heardAt }: Judged, now: number): void {
    const { calls, wiring, shared } = this.#parts;
    const { call, at } = subject;
    const here = subject.number !== undefined;
    if (belongs(task, call)) {
      if (!shared) task.pending--;
    } else if (here) task.coverage.see(undefined);
    task.coverage.label(predictedClass(task, call));
    // From now on this replica holds the pair: another label that comes here must find it.
    const number = this.#held(subject) ?? (subject.ids === undefined ? undefined : calls.add(subject.ids, at, call));
    const pair = task.join.match(call.model, verdict, now, call.slices);
    if (number !== undefined) {
      calls.setPair(number, task.name, pair);
      // A label to come may say nothing of it.
      if (!here) this.#keep(number, task.name, said);
    }
    // A timestamp is of the wall clock: what it says here is how long ago.
    const ago = record.timestamp === undefined ? 0 : Math.max(0, wiring.clock.now() - record.timestamp);
    wiring.store.histogram('truthLabelDelay', { task: task.name }).record(Math.max(0, heardAt - ago - at) / 1000);
  }

  /** Keeps what a label says was predicted with its call. */
  #keep(number: number, task: string, said: Kept | undefined): void {
    if (said === undefined) return;
    this.#parts.calls.setPrediction(number, task, said);
    this.#parts.onText(number);
  }

  /** The number of a call that waits here, also of one that came from another replica with an earlier label. */
  #held({ number, ids }: Subject): number | undefined {
    const { index } = this.#parts.calls;
    const found = number ?? (ids === undefined ? undefined : index.find('call_id', ids.callId));
    return found !== undefined && index.waits(found) ? found : undefined;
  }

  #guess(record: LabelRecord, call: TrackedCall): TaskEntry | undefined {
    const entry = this.#parts.tasks.guess(record, call, this.#parts.seen());
    if (entry?.task.kind === 'number') this.#readNumbers(entry.task);
    this.#parts.onTask(entry?.task);
    return entry;
  }

  /** A number task reads the answers that wait before their text is let go. */
  #readNumbers(task: Task): void {
    const { calls } = this.#parts;
    for (const number of calls.index.numbers()) {
      const { text, prediction } = calls.get(number);
      const said = text === undefined || prediction !== undefined ? undefined : task.readNumber(text);
      if (said !== undefined) calls.setPrediction(number, task.name, said);
    }
  }

  #tell({ entry: { task }, subject, verdict }: Judged, at: number, replaced: boolean): void {
    const { names } = task.classes;
    const ids = subject.ids ?? (subject.number === undefined ? undefined : this.#parts.calls.index.ids(subject.number));
    const event: OutcomeEvent = {
      task: task.name,
      kind: task.kind,
      model: subject.call.model,
      callId: ids?.callId ?? '',
      at,
      ...(task.classifies ? { actual: names[verdict.actual] ?? '', predicted: names[verdict.predicted] ?? '' } : {}),
      ...(task.kind === 'number'
        ? { error: verdict.error }
        : { correct: verdict.actual === verdict.predicted ? 1 : 0 }),
      weight: verdict.weight,
      replaced,
      slices: subject.call.slices,
    };
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        this.#parts.wiring.store.counter('selfErrors', { component: 'truth' }).add(1);
      }
    }
  }
}
