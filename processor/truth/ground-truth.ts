import type { LlmCall, Prediction } from '../../core/call.js';
import { evenTime } from '../../core/clock.js';
import { MonitorError } from '../../core/errors.js';
import type { FeedbackRecord, FeedbackSink, LabelRecord, RatingRecord } from '../../core/feedback.js';
import type { Json } from '../../core/json.js';
import { OTHER_MODEL } from '../../core/model-names.js';
import { defaultWiring, type Wiring } from '../../core/wiring.js';
import type { CallIds } from './call-index.js';
import { classNameOf } from './class-names.js';
import { Coverage } from './coverage.js';
import { Labelling, type LabelResult, type OutcomeEvent } from './labelling.js';
import { readingTruth } from './saved-truth.js';
import { SharedCalls } from './shared-calls.js';
import { checkSlices, sliceValues } from './slices.js';
import type { Task } from './task.js';
import { windowSpans } from './task-config.js';
import { TaskRegistry } from './task-registry.js';
import { TextBudget } from './text-budget.js';
import {
  belongs,
  canBeLabelled,
  type Kept,
  keepable,
  MAX_TEXT,
  predictedClass,
  samplingRateOf,
} from './tracked-call.js';
import { TrackedCalls } from './tracked-calls.js';
import { TruthGauges } from './truth-gauges.js';
import {
  DEFAULT_PENDING,
  type GroundTruthOptions,
  PATIENCE,
  positive,
  TEXT_LIMIT,
  UNDECIDED_TEXT_LIMIT,
  WEEK,
} from './truth-options.js';
import { restoringTruth, savingTruth, type TruthParts } from './truth-state.js';

export type { OutcomeEvent } from './labelling.js';
export type { Answer, TaskConfig, TaskKind, WindowConfig } from './task-config.js';
export type { GroundTruthOptions } from './truth-options.js';

/** Does the slices of a work one after the other. */
function outcomeOf<T>(slices: Generator<void, T>): T {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
  }
}

/**
 * Joins late labels with the calls they speak of, and keeps the truth figures live: outcomes and confusion as counters, measures
 * over sliding windows as gauges that are refreshed when they are read.
 *
 * A call is remembered for `labelTtl` with its prediction; the text of its answer only where a text task may need it, up to
 * 4,096 characters a call (of a longer one none) and 16 million in all, in memory alone: never in a metric and not in `save()`.
 * A label that finds no prediction, or cannot be compared with it, is `rejected`. For text tasks the one class is `correct`: tp
 * is a right answer, fn a wrong one. Number tasks have no outcomes.
 */
export class GroundTruth implements FeedbackSink {
  readonly #wiring: Wiring;
  readonly #tasks: TaskRegistry;
  readonly #calls: TrackedCalls;
  readonly #texts: TextBudget;
  readonly #labelling: Labelling;
  readonly #shared: SharedCalls | undefined;
  readonly #slices: readonly string[];
  readonly #stop: () => void;
  /** Calls so far, as a task counts them that is first heard of later. */
  #unasked = new Coverage();
  /** Ages calls and pairs: somebody may set the wall clock a year ahead, and back. */
  readonly #time: () => number;
  #now = 0;
  /** Calls that ended before were over when the state was saved that this process took up. */
  #overBefore = Number.NEGATIVE_INFINITY;

  constructor(options: GroundTruthOptions = {}) {
    this.#wiring = options.wiring ?? defaultWiring();
    const { store, clock } = this.#wiring;
    this.#time = evenTime(clock);
    this.#slices = checkSlices(options.slices ?? [], store.callLabels);
    this.#calls = new TrackedCalls({
      ttl: positive('labelTtl', options.labelTtl ?? WEEK, false) * 1000,
      capacity: positive('maxPending', options.maxPending ?? DEFAULT_PENDING, true),
      onLeave: (number, why) => this.#leave(number, why),
    });
    this.#texts = new TextBudget(this.#calls);
    this.#tasks = new TaskRegistry(
      store,
      options.tasks ?? {},
      windowSpans('truth.windows', options.windows ?? {}),
      this.#unasked,
      this.#slices,
    );
    const { state } = options;
    this.#labelling = new Labelling({
      wiring: this.#wiring,
      tasks: this.#tasks,
      calls: this.#calls,
      shared: state !== undefined,
      seen: () => this.#unasked,
      onTask: task => this.#taskCame(task),
      onText: number => this.#texts.count(number),
    });
    this.#shared =
      state &&
      new SharedCalls({
        labels: state.labels,
        wiring: this.#wiring,
        tasks: this.#tasks,
        calls: this.#calls,
        labelling: this.#labelling,
        now: () => this.#tick(),
        count: (record, result) => this.#count(record, result),
        rate: (record, model) => this.#rate(record, model),
      });
    this.#setTextLimit();
    const gauges = new TruthGauges(store);
    this.#stop = store.onCollect(() => {
      this.#calls.index.advance(this.#tick());
      gauges.refresh(this.#tasks, this.#now);
    });
  }

  /**
   * Remembers a call that has ended, for labels to come. Failed calls and embeddings say nothing that could be labelled, unless
   * they carry a prediction.
   * @param text the answer, where its words are known
   */
  observe(call: LlmCall, text?: string): void {
    if (!canBeLabelled(call)) return;
    const { models } = this.#wiring;
    const name = call.model.requested;
    const model = call.outcome.kind === 'ok' ? models.admit(name) : models.label(name);
    let predictions: Map<string, Kept> | undefined;
    for (const task of this.#tasks) {
      const said = this.#predict(task, call, text);
      if (said === undefined) continue;
      predictions ??= new Map();
      predictions.set(task.name, keepable(said));
    }
    const answer = text?.trim() ?? '';
    const tracked = {
      model,
      prediction: call.prediction && keepable(call.prediction),
      predictions,
      text: answer !== '' && answer.length <= MAX_TEXT && this.#texts.limit > 0 ? answer : undefined,
      slices: sliceValues(call, this.#slices, this.#wiring.store.callLabels),
      samplingRate: samplingRateOf(call),
    };
    const { id: callId, responseId, spanId } = call;
    const ids: { -readonly [K in keyof CallIds]: CallIds[K] } = { callId };
    if (responseId !== undefined) ids.responseId = responseId;
    if (spanId !== undefined) ids.spanId = spanId;
    const number = this.#calls.add(ids, this.#tick(), tracked);
    for (const task of this.#tasks) {
      if (!belongs(task, tracked)) continue;
      if (this.#shared === undefined) task.pending++;
      task.coverage.see(predictedClass(task, tracked));
    }
    this.#unasked.see(call.prediction && classNameOf(call.prediction.value));
    this.#texts.count(number);
    if (callId !== '') this.#shared?.add(number);
  }

  /**
   * Takes a label or a rating. Never throws for what it says: what becomes of a label is counted in `truth.labels`, at once, or
   * with a shared state once that has answered.
   */
  accept(record: FeedbackRecord): void {
    const { index } = this.#calls;
    index.advance(this.#tick());
    const number = index.find(record.by, record.id);
    if (number === undefined && this.#shared !== undefined) this.#shared.take(record, this.#now);
    else if (record.kind === 'rating')
      this.#rate(record, number === undefined ? OTHER_MODEL : this.#calls.model(number));
    else {
      const result = this.#label(record, number);
      if (result !== undefined) this.#count(record, result);
    }
  }

  /**
   * Tells of every label once it has been counted. A listener that throws is counted in `self.errors` and hides nothing from others.
   * @returns the function that takes the listener out again
   */
  onOutcome(listener: (event: OutcomeEvent) => void): () => void {
    return this.#labelling.listen(listener);
  }

  /** Resolves once the labels that came before are counted, or after `patience` milliseconds where a shared state is away. */
  async flush(patience = PATIENCE): Promise<void> {
    await this.#shared?.flush(patience);
  }

  /** Everything but message text, for a state store. With a shared state the calls that wait are there, and not in it. */
  save(): Json {
    return outcomeOf(this.saving());
  }

  /** As `save`, one slice of work a `next()`: labels may come in between. */
  saving(): Generator<void, Json> {
    const now = this.#tick();
    this.#calls.index.advance(now);
    return savingTruth(this.#parts(), now, this.#shared !== undefined);
  }

  /**
   * Takes up a saved state. Counters stay at what this process counted. A saved task whose kind is now configured otherwise is
   * left out.
   * @throws MonitorError STATE_MISMATCH for what `save()` did not make, UNAVAILABLE once calls were observed
   */
  restore(saved: Json): void {
    outcomeOf(this.restoring(saved));
  }

  /** As `restore`, one slice of work a `next()`. */
  *restoring(saved: Json): Generator<void, void> {
    if (this.#unasked.all.seen > 0)
      throw new MonitorError('UNAVAILABLE', 'calls were observed already; a state is restored before the first call');
    const state = yield* readingTruth(saved);
    const now = this.#time();
    this.#overBefore = Math.min(state.now, now) - this.#calls.index.ttl;
    this.#unasked = yield* restoringTruth(state, this.#parts(), now);
    for (const task of this.#shared === undefined ? this.#tasks : []) {
      task.pending = 0;
      for (const number of this.#calls.index.numbers()) if (this.#waits(task, number)) task.pending++;
    }
    this.#calls.index.advance(this.#tick());
    this.#setTextLimit();
  }

  /** Stops refreshing the gauges, and gives up what waits for a shared state. */
  stop(): void {
    this.#stop();
    this.#shared?.stop();
  }

  #parts(): TruthParts {
    return { tasks: this.#tasks, calls: this.#calls, unasked: this.#unasked };
  }

  #tick(): number {
    this.#now = this.#time();
    return this.#now;
  }

  /** Text is kept where a task compares it, and a little of it as long as no label has said what it is about. */
  #setTextLimit(): void {
    const undecided = this.#tasks.undecided ? UNDECIDED_TEXT_LIMIT : 0;
    this.#texts.limit = [...this.#tasks].some(task => task.readsText) ? TEXT_LIMIT : undecided;
  }

  /** @returns undefined where a shared state will say */
  #label(record: LabelRecord, number: number | undefined): LabelResult | undefined {
    const { index } = this.#calls;
    if (number === undefined) return 'orphan';
    if (!index.waits(number) || index.expired(number, this.#now)) return 'expired';
    const subject = { call: this.#calls.get(number), at: index.endedAt(number), number };
    const judged = this.#labelling.judge(record, subject, this.#now);
    if (judged === undefined) return 'rejected';
    if (this.#shared === undefined || index.ids(number).callId === '') return this.#labelling.count(judged, this.#now);
    this.#shared.take(record, this.#now, judged);
    return undefined;
  }

  #count({ task }: LabelRecord, result: LabelResult): void {
    this.#wiring.store.counter('truthLabels', { task: this.#tasks.label(task), result }).add(1);
  }

  #rate({ task, rating }: RatingRecord, model: string): void {
    this.#wiring.store.histogram('feedbackRating', { task: this.#tasks.label(task), model }).record(rating);
  }

  /** A label brought a task, or left it open what kind it is. */
  #taskCame(task: Task | undefined): void {
    if (task !== undefined) task.pending = this.#shared?.size ?? this.#calls.index.size;
    this.#setTextLimit();
  }

  #predict(task: Task, call: LlmCall, text: string | undefined): Prediction | undefined {
    try {
      return task.predict(call, text);
    } catch {
      this.#wiring.store.counter('selfErrors', { component: 'truth' }).add(1);
      return undefined;
    }
  }

  #leave(number: number, why: 'expired' | 'evicted'): void {
    const { store } = this.#wiring;
    let lost = this.#shared?.leave(number) === true;
    if (this.#shared === undefined) {
      for (const task of this.#tasks) {
        if (!this.#waits(task, number)) continue;
        task.pending--;
        if (why === 'evicted') lost = true;
        else if (this.#calls.index.endedAt(number) >= this.#overBefore)
          store.counter('truthExpired', { task: task.name }).add(1);
      }
    }
    this.#texts.release(number);
    if (lost) store.counter('selfDropped', { reason: 'label_backlog' }).add(1);
  }

  #waits(task: Task, number: number): boolean {
    const expected = task.config.prediction === undefined || this.#calls.predicts(number, task.name);
    return expected && this.#calls.pair(number, task.name) === undefined;
  }
}
