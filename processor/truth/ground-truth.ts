import type { LlmCall, Prediction } from '../../core/call.js';
import { evenTime } from '../../core/clock.js';
import { MonitorError, showValue } from '../../core/errors.js';
import type { FeedbackRecord, FeedbackSink, LabelRecord, RatingRecord } from '../../core/feedback.js';
import type { Json } from '../../core/json.js';
import { OTHER_MODEL } from '../../core/model-names.js';
import { defaultWiring, type Wiring } from '../../core/wiring.js';
import { type CallIds, CallIndex, type Held } from './call-index.js';
import { classNameOf } from './class-names.js';
import { Coverage } from './coverage.js';
import { checkSlices, sliceValues } from './slices.js';
import type { Pair } from './sliding-window.js';
import type { Task } from './task.js';
import { type TaskConfig, type WindowConfig, windowSpans } from './task-config.js';
import { type LABEL_RESULTS, type TaskEntry, TaskRegistry } from './task-registry.js';
import { TextBudget } from './text-budget.js';
import {
  belongs,
  canBeLabelled,
  keepable,
  MAX_TEXT,
  predictedClass,
  predictionFor,
  samplingRateOf,
  type TrackedCall,
  trackedCall,
  weightOf,
} from './tracked-call.js';
import { TruthGauges } from './truth-gauges.js';
import { readTruthState, restoreCall, restoreTask, saveCalls, saveTask, stateOf } from './truth-state.js';

export type { Answer, TaskConfig, TaskKind, WindowConfig } from './task-config.js';

export interface GroundTruthOptions {
  /** Where metrics go, and the clock; the process-wide wiring by default. */
  readonly wiring?: Wiring;
  /** Tasks by name. One that is not here is guessed from its first label. */
  readonly tasks?: Readonly<Record<string, TaskConfig>>;
  /** Seconds a call waits for its label; 7 days if absent. */
  readonly labelTtl?: number;
  readonly windows?: WindowConfig;
  /** Attributes of a call that measures are also taken by: `template`, or one that the wiring's store allows as a label; up to 4. */
  readonly slices?: readonly string[];
  /** Calls held at most, waiting or labelled; 100,000 if absent. The oldest goes first; one that waited is counted in `self.dropped`. */
  readonly maxPending?: number;
}

type LabelResult = (typeof LABEL_RESULTS)[number];

const WEEK = 604_800;
const DEFAULT_PENDING = 100_000;
/** Characters of answers kept for text tasks, and as long as no label has said what kind of task there is. */
const TEXT_LIMIT = 16_000_000;
const UNDECIDED_TEXT_LIMIT = 1_000_000;

function positive(field: string, value: number, whole: boolean): number {
  if (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  const accepted = whole ? 'a whole number of at least 1' : 'seconds above 0';
  throw new MonitorError('CONFIG_INVALID', `${field} is ${showValue(value)}; expected ${accepted}`);
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
  readonly #index: CallIndex<TrackedCall>;
  readonly #texts = new TextBudget();
  readonly #slices: readonly string[];
  readonly #stop: () => void;
  /** Calls so far, as a task counts them that is first heard of later. */
  #unasked = new Coverage();
  /** Ages calls and pairs: somebody may set the wall clock a year ahead, and back. */
  readonly #time: () => number;
  /** How far a restored state was ahead of this process. */
  #ahead = 0;
  #now = 0;

  constructor(options: GroundTruthOptions = {}) {
    this.#wiring = options.wiring ?? defaultWiring();
    const { store, clock } = this.#wiring;
    this.#time = evenTime(clock);
    this.#slices = checkSlices(options.slices ?? [], store.callLabels);
    this.#index = new CallIndex<TrackedCall>({
      ttl: positive('labelTtl', options.labelTtl ?? WEEK, false) * 1000,
      capacity: positive('maxPending', options.maxPending ?? DEFAULT_PENDING, true),
      onLeave: (held, why) => this.#leave(held, why),
    });
    this.#tasks = new TaskRegistry(
      store,
      options.tasks ?? {},
      windowSpans('truth.windows', options.windows ?? {}),
      this.#unasked,
      this.#slices,
    );
    this.#setTextLimit();
    const gauges = new TruthGauges(store);
    this.#stop = store.onCollect(() => {
      this.#index.advance(this.#tick());
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
    const carried = call.prediction && keepable(call.prediction);
    const tracked = trackedCall(model, carried);
    tracked.slices = sliceValues(call, this.#slices, this.#wiring.store.callLabels);
    tracked.samplingRate = samplingRateOf(call);
    for (const task of this.#tasks) {
      const said = this.#predict(task, call, text);
      if (said === undefined) continue;
      tracked.predictions ??= new Map();
      tracked.predictions.set(task.name, keepable(said));
    }
    const answer = text?.trim() ?? '';
    if (answer !== '' && answer.length <= MAX_TEXT && this.#texts.limit > 0) tracked.text = answer;
    const { id: callId, responseId, spanId } = call;
    const ids: { -readonly [K in keyof CallIds]: CallIds[K] } = { callId };
    if (responseId !== undefined) ids.responseId = responseId;
    if (spanId !== undefined) ids.spanId = spanId;
    const held = this.#index.add(ids, this.#tick(), tracked);
    this.#expectLabels(tracked);
    for (const task of this.#tasks) if (belongs(task, tracked)) task.coverage.see(predictedClass(task, tracked));
    this.#unasked.see(call.prediction && classNameOf(call.prediction.value));
    this.#texts.count(held);
  }

  /** Takes a label or a rating. Never throws for what it says: what becomes of a label is counted in `truth.labels`. */
  accept(record: FeedbackRecord): void {
    this.#index.advance(this.#tick());
    if (record.kind === 'rating') this.#rate(record);
    else {
      const result = this.#label(record);
      this.#wiring.store.counter('truthLabels', { task: this.#tasks.label(record.task), result }).add(1);
    }
  }

  /** Everything but message text, for a state store. */
  save(): Json {
    const now = this.#tick();
    this.#index.advance(now);
    const tasks = Array.from(this.#tasks, task => [task.name, saveTask(task, this.#index, now)] as const);
    return stateOf(now, saveCalls(this.#index), tasks, this.#unasked.save());
  }

  /**
   * Takes up a saved state. Counters stay at what this process counted. A saved task whose kind is now configured otherwise is
   * left out.
   * @throws MonitorError STATE_MISMATCH for what `save()` did not make, UNAVAILABLE once calls were observed
   */
  restore(saved: Json): void {
    if (this.#unasked.all.seen > 0)
      throw new MonitorError('UNAVAILABLE', 'calls were observed already; a state is restored before the first call');
    const state = readTruthState(saved);
    const pairs = new Map<string, ReadonlyMap<number, Pair>>();
    for (const [name, part] of state.tasks) {
      const config = part.closed === null ? { kind: part.kind } : { kind: part.kind, classes: part.closed };
      const known =
        this.#tasks.get(name) ?? (this.#tasks.admits(name) ? this.#tasks.open(name, config, this.#unasked) : undefined);
      if (known?.task.kind !== part.kind) continue;
      known.task.coverage = Coverage.restore(part.coverage);
      pairs.set(name, restoreTask(known.task, part));
    }
    this.#unasked = Coverage.restore(state.unasked);
    for (const one of state.calls) {
      const { ids, at, call } = restoreCall(one, task => pairs.get(task));
      this.#index.add(ids, at, call);
      this.#expectLabels(call);
    }
    this.#ahead = Math.max(0, state.now - this.#time());
    this.#index.advance(this.#tick());
    this.#setTextLimit();
  }

  /** Stops refreshing the gauges. */
  stop(): void {
    this.#stop();
  }

  #tick(): number {
    this.#now = this.#time() + this.#ahead;
    return this.#now;
  }

  /** Text is kept where a task compares it, and a little of it as long as no label has said what it is about. */
  #setTextLimit(): void {
    const undecided = this.#tasks.undecided ? UNDECIDED_TEXT_LIMIT : 0;
    this.#texts.limit = [...this.#tasks].some(task => task.readsText) ? TEXT_LIMIT : undecided;
  }

  #label(record: LabelRecord): LabelResult {
    const held = this.#index.find(record.by, record.id);
    if (held === undefined) return 'orphan';
    if (this.#index.expired(held, this.#now)) return 'expired';
    const { call } = held;
    const entry = this.#tasks.get(record.task) ?? this.#guess(record, call);
    if (entry === undefined) return 'rejected';
    const { task, counters } = entry;
    const prediction = predictionFor(task, call, record);
    const verdict =
      prediction && task.verdict(record.label, prediction.value, prediction.score, weightOf(record, call));
    if (verdict === undefined) return 'rejected';
    const earlier = call.pairs?.get(task.name);
    if (earlier === undefined) {
      this.#match(task, held, record, () => task.join.match(call.model, verdict, this.#now, call.slices));
      counters.matched(call.model, verdict);
    } else {
      counters.replaced(call.model, task.join.replace(earlier, verdict), verdict);
    }
    if (prediction !== undefined && (record.prediction !== undefined || record.score !== undefined)) {
      call.predictions ??= new Map();
      call.predictions.set(task.name, keepable(prediction));
      this.#texts.count(held);
    }
    return earlier === undefined ? 'matched' : 'replaced';
  }

  #match(task: Task, { at, call }: Held<TrackedCall>, { timestamp }: LabelRecord, pair: () => Pair): void {
    if (belongs(task, call)) task.pending--;
    else task.coverage.see(undefined);
    task.coverage.label(predictedClass(task, call));
    call.pairs ??= new Map();
    call.pairs.set(task.name, pair());
    // A timestamp is of the wall clock: what it says here is how long ago.
    const ago = timestamp === undefined ? 0 : Math.max(0, this.#wiring.clock.now() - timestamp);
    this.#wiring.store
      .histogram('truthLabelDelay', { task: task.name })
      .record(Math.max(0, this.#now - ago - at) / 1000);
  }

  #guess(record: LabelRecord, call: TrackedCall): TaskEntry | undefined {
    const entry = this.#tasks.guess(record, call, this.#unasked);
    if (entry !== undefined) {
      entry.task.pending = this.#index.size;
      if (entry.task.kind === 'number') this.#readNumbers(entry.task);
    }
    this.#setTextLimit();
    return entry;
  }

  /** A number task reads the answers that wait before their text is let go. */
  #readNumbers(task: Task): void {
    for (const { call } of this.#index.held()) {
      const said = call.text === undefined || call.prediction !== undefined ? undefined : task.readNumber(call.text);
      if (said === undefined) continue;
      call.predictions ??= new Map();
      call.predictions.set(task.name, said);
    }
  }

  #rate(record: RatingRecord): void {
    const model = this.#index.find(record.by, record.id)?.call.model ?? OTHER_MODEL;
    this.#wiring.store
      .histogram('feedbackRating', { task: this.#tasks.label(record.task), model })
      .record(record.rating);
  }

  #predict(task: Task, call: LlmCall, text: string | undefined): Prediction | undefined {
    try {
      return task.predict(call, text);
    } catch {
      this.#wiring.store.counter('selfErrors', { component: 'truth' }).add(1);
      return undefined;
    }
  }

  #expectLabels(call: TrackedCall): void {
    for (const task of this.#tasks) if (waits(task, call)) task.pending++;
  }

  #leave(held: Held<TrackedCall>, why: 'expired' | 'evicted'): void {
    let waited = false;
    for (const task of this.#tasks) {
      if (!waits(task, held.call)) continue;
      task.pending--;
      waited = true;
    }
    this.#texts.forget(held);
    // No label can change it any more: its names are enough to know a late one.
    held.call.prediction = undefined;
    held.call.predictions = undefined;
    held.call.pairs = undefined;
    if (waited && why === 'evicted') this.#wiring.store.counter('selfDropped', { reason: 'label_backlog' }).add(1);
  }
}

function waits(task: Task, call: TrackedCall): boolean {
  return belongs(task, call) && call.pairs?.has(task.name) !== true;
}
