import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { LlmCall } from '../core/call.js';
import type { CallEvent } from '../core/calls.js';
import { evenTime } from '../core/clock.js';
import { textSize } from '../core/content.js';
import type { FeedbackRecord, FeedbackSink } from '../core/feedback.js';
import { defaultWiring, type Wiring } from '../core/wiring.js';
import { AsyncEvaluation } from './async-evaluation.js';
import { CallMetrics } from './call-metrics.js';
import { Detection, type Findings, recordStatus } from './detection.js';
import { DriftMonitor, type DriftOptions } from './drift-monitor.js';
import { type AnyEvaluator, isAsync } from './evaluators/async-evaluator.js';
import type { Evaluations, Evaluator, OnEvaluatorError } from './evaluators/evaluator.js';
import { createEvaluators, evaluateSteps } from './evaluators/registry.js';
import { FindingMetrics } from './finding-metrics.js';
import { ModelChange } from './model-change.js';
import { createPricing, type Pricing } from './pricing.js';
import { QualityMetrics } from './quality-metrics.js';
import { WorkQueue } from './queue.js';
import { RecentIds } from './recent-ids.js';
import { GroundTruth } from './truth/ground-truth.js';
import { warmUp } from './warm-up.js';

export interface LlmSpanProcessorOptions {
  /** Where calls come from and metrics go; the process-wide wiring by default. */
  readonly wiring?: Wiring;
  /** The default set if absent. */
  readonly evaluators?: readonly AnyEvaluator[];
  /** An isolation forest with its defaults if absent; false for none. */
  readonly detection?: Detection | false;
  /** The watch for lasting changes with its defaults if absent; false for none. */
  readonly drift?: DriftOptions | false;
  readonly truth?: GroundTruth;
  /** The built-in table if absent; with false no cost is counted, and no price is missing. */
  readonly pricing?: Pricing | false;
  /** Calls that may wait for evaluation; 4096 if absent. */
  readonly queueCapacity?: number;
}

/** A call once it is evaluated and scored; nothing of its text. */
export interface ScoredCall {
  readonly call: LlmCall;
  readonly evaluations: Evaluations;
  readonly extras: { readonly cost: number | undefined; readonly characters: number | undefined };
  /** Nothing found where there is no detection. */
  readonly findings: Findings;
  /** Milliseconds since the epoch, of a clock that does not jump. */
  readonly at: number;
}

type Work =
  | { readonly kind: 'call'; readonly event: CallEvent; readonly model: string; readonly cost: number | undefined }
  | { readonly kind: 'label'; readonly record: FeedbackRecord };

/** Milliseconds until what the first call needs is loaded: the app's own start goes first. */
const WARM_UP_AFTER = 200;
/** Milliseconds after which a turn of it ends: a piece may take as long as three again. */
const WARM_UP_SLICE = 1;
/** Characters of text that may wait for evaluation: 32 million are 32 to 64 MB. */
const MAX_WAITING_TEXT = 32_000_000;
/** What an item weighs beside its text. */
const ITEM_WEIGHT = 500;
const NOTHING: Findings = { found: [] };

/**
 * The OpenTelemetry face of the processor. It hears every call over the channel of calls, so that quality, truth and anomaly
 * figures survive any sampler; counters move at once, and all that reads text happens later, in a bounded queue. Register it
 * with a tracer provider (`spanProcessors: [new LlmSpanProcessor()]`) or use it alone: it needs no spans of ours.
 */
export class LlmSpanProcessor implements SpanProcessor, FeedbackSink {
  readonly truth: GroundTruth;
  readonly detection: Detection | undefined;
  readonly drift: DriftMonitor | undefined;
  readonly #wiring: Wiring;
  readonly #time: () => number;
  readonly #evaluators: readonly Evaluator[];
  readonly #beside: AsyncEvaluation;
  readonly #pricing: Pricing | undefined;
  readonly #metrics: CallMetrics;
  readonly #quality: QualityMetrics;
  readonly #findings: FindingMetrics;
  readonly #changes: ModelChange;
  readonly #queue: WorkQueue<Work>;
  readonly #seen = new RecentIds(20_000);
  readonly #undo: (() => void)[] = [];
  readonly #listeners = new Set<(scored: ScoredCall) => void>();
  readonly #overhead;
  readonly #duration;
  readonly #onEvaluatorError: OnEvaluatorError = () =>
    this.#wiring.store.counter('selfErrors', { component: 'evaluator' }).add(1);
  #refit: Iterator<void> | undefined;
  #warming: Iterator<void> | undefined;
  /** Seconds since the epoch; undefined before the first call was evaluated. */
  #evaluatedAt: number | undefined;

  /** @throws MonitorError CONFIG_INVALID for an evaluator that is none, or two of one name */
  constructor(options: LlmSpanProcessorOptions = {}) {
    const wiring = options.wiring ?? defaultWiring();
    const { store, clock } = wiring;
    this.#wiring = wiring;
    this.#time = evenTime(clock);
    const evaluators: readonly AnyEvaluator[] =
      options.evaluators === undefined ? createEvaluators() : createEvaluators('none', options.evaluators);
    this.#evaluators = evaluators.filter(evaluator => !isAsync(evaluator));
    this.detection = options.detection === false ? undefined : (options.detection ?? new Detection());
    this.truth = options.truth ?? new GroundTruth({ wiring });
    this.drift = options.drift === false ? undefined : new DriftMonitor(wiring, this.truth, options.drift);
    this.#pricing = options.pricing === false ? undefined : (options.pricing ?? createPricing());
    this.#metrics = new CallMetrics(store, wiring.models, this.#pricing !== undefined);
    this.#quality = new QualityMetrics(store);
    this.#beside = new AsyncEvaluation({
      evaluators: evaluators.filter(isAsync),
      store,
      clock,
      quality: this.#quality,
    });
    this.#findings = new FindingMetrics(store);
    this.#changes = new ModelChange(store);
    this.#overhead = store.counter('selfOverhead', { component: 'processor' });
    this.#duration = store.histogram('selfEvaluationDuration', {});
    this.#queue = new WorkQueue<Work>({
      clock,
      capacity: options.queueCapacity ?? 4096,
      maxWeight: MAX_WAITING_TEXT,
      weigh: item =>
        ITEM_WEIGHT + (item.kind === 'call' && item.event.text !== undefined ? textSize(item.event.text) : 0),
      work: (item, overdue) => {
        if (item.kind === 'call') return this.#score(item, overdue);
        return this.#guard('processor', () => this.truth.accept(item.record));
      },
      onDrop: (item, reason) => this.#dropped(item, reason),
      onSlice: seconds => this.#overhead.add(seconds),
      onIdle: () => this.#idle(),
    });
    this.#undo.push(wiring.calls.subscribe(event => this.#hear(event)));
    this.#undo.push(
      store.onCollect(() => {
        store.set('selfQueueDepth', this.#queue.size, {});
        store.set('selfEvaluationTimestamp', this.#evaluatedAt, {});
        if (this.detection !== undefined) recordStatus(store, this.detection.status(this.#time()));
      }),
    );
    this.#undo.push(clock.setTimeout(() => this.#warmUp(), WARM_UP_AFTER));
    for (const component of ['processor', 'evaluator', 'instrumentation'] as const)
      store.counter('selfErrors', { component }).add(0);
    for (const reason of ['queue_full', 'shutdown'] as const) store.counter('selfDropped', { reason }).add(0);
  }

  onStart(_span: Span, _parent: Context): void {}

  onEnd(_span: ReadableSpan): void {}

  /** The date of the price table; undefined without one. */
  get pricesAsOf(): string | undefined {
    return this.#pricing?.asOf;
  }

  /** Takes a late label or a rating, in order with the calls that ended before it. */
  accept(record: FeedbackRecord): void {
    this.#queue.push({ kind: 'label', record });
  }

  /**
   * Tells of every call that was scored, off the caller's path. A listener that throws is counted in `self.errors`.
   * @returns the function that takes the listener out again
   */
  onScored(listener: (scored: ScoredCall) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves once every call that ended before it is scored; evaluators that run beside the app have ten seconds more. */
  async forceFlush(): Promise<void> {
    this.#wiring.calls.settle();
    await Promise.all([this.flushTruth(), this.#queue.flush().then(() => this.#beside.flush())]);
  }

  /** Resolves once the labels that came before are counted, or after `patience` milliseconds where a shared state is away. */
  async flushTruth(patience?: number): Promise<void> {
    await this.#queue.flush();
    await this.truth.flush(patience);
  }

  /** Keeps calls and labels waiting, unread, until a promise is settled: what was learnt before must be there first. */
  holdUntil(ready: Promise<unknown>): void {
    const release = this.#queue.hold();
    ready.then(release, release);
  }

  /** Scores what waits and stops listening; the truth figures stop with it. Idempotent. */
  async shutdown(): Promise<void> {
    this.#wiring.calls.settle();
    this.#undo.shift()?.();
    await this.#queue.close();
    await Promise.all([this.truth.flush(), this.#beside.close()]);
    this.truth.stop();
    this.drift?.stop();
    for (const undo of this.#undo.splice(0)) undo();
  }

  /** On the caller's path: counters, and a place in the queue. */
  #hear(event: CallEvent): void {
    const { store } = this.#wiring;
    for (const { field, reason } of event.rejected) store.counter('selfRejected', { field, reason }).add(1);
    const { call } = event;
    if (call.id !== '' && !this.#seen.add(call.id)) {
      store.counter('selfRejected', { field: 'id', reason: 'duplicate' }).add(1);
      return;
    }
    const model = this.#metrics.modelLabel(call);
    const cost = this.#guard('pricing', () => this.#pricing?.cost(call));
    this.#metrics.record(call, model, cost, event.exemplar);
    this.#changes.observe(call);
    this.#queue.push({ kind: 'call', event, model, cost });
  }

  /** Off the caller's path: the text is read, scored and let go, in as many turns as a long one takes. */
  *#score(item: Work & { kind: 'call' }, overdue: () => boolean): Generator<void> {
    try {
      yield* this.#scoreSteps(item, overdue);
    } catch {
      this.#wiring.store.counter('selfErrors', { component: 'processor' }).add(1);
    }
  }

  *#scoreSteps(item: Work & { kind: 'call' }, overdue: () => boolean): Generator<void> {
    const { clock } = this.#wiring;
    let begin = clock.monotonic();
    let spent = 0;
    const { call, text, exemplar } = item.event;
    this.#guard('truth', () => this.truth.observe(call, text?.output[0]));
    const steps = evaluateSteps(this.#evaluators, call, text, this.#onEvaluatorError);
    let step = steps.next();
    for (;;) {
      if (overdue()) {
        spent += clock.monotonic() - begin;
        yield;
        begin = clock.monotonic();
      }
      // What follows the last evaluator is a step too.
      if (step.done === true) break;
      step = steps.next();
    }
    const evaluations: Evaluations = step.value;
    this.#quality.record(evaluations, item.model, call.operation, exemplar);
    this.#beside.offer(call, text, item.model, exemplar);
    const characters = text?.output.reduce((sum, part) => sum + part.length, 0);
    const extras = { cost: item.cost, characters };
    const now = this.#time();
    const findings = this.detection?.observe(call, evaluations, extras, now) ?? NOTHING;
    this.#findings.record(findings, item.model, call.operation, exemplar);
    for (const listener of this.#listeners)
      this.#guard('processor', () => listener({ call, evaluations, extras, findings, at: now }));
    this.#guard('drift', () => this.drift?.observe({ call, evaluations, extras }, now));
    this.#evaluatedAt = clock.now() / 1000;
    this.#duration.record((spent + clock.monotonic() - begin) / 1000);
  }

  #dropped(item: Work, reason: 'queue_full' | 'shutdown'): void {
    // A label is cheap to take in at once, and a call that is not evaluated can still be labelled: only its scores are lost.
    if (item.kind === 'label') {
      this.#guard('truth', () => this.truth.accept(item.record));
      return;
    }
    this.#wiring.store.counter('selfDropped', { reason }).add(1);
    this.#guard('truth', () => this.truth.observe(item.event.call, item.event.text?.output[0]));
  }

  /** From here on idle turns go to it, until it is done. */
  #warmUp(): void {
    this.#warming = warmUp(this.#evaluators, this.#pricing);
    this.#queue.wake();
  }

  #idle(): boolean {
    if (this.#warming === undefined) return this.#guard('detector', () => this.#refitStep()) ?? false;
    const { clock } = this.#wiring;
    const end = clock.monotonic() + WARM_UP_SLICE;
    const over = this.#guard('processor', () => {
      let step = this.#warming?.next();
      while (step?.done === false && clock.monotonic() < end) step = this.#warming?.next();
      return step?.done !== false;
    });
    // One that threw is over too.
    if (over !== false) this.#warming = undefined;
    return true;
  }

  #refitStep(): boolean {
    if (this.#refit === undefined && this.detection?.stale === true) this.#refit = this.detection.refit();
    if (this.#refit === undefined) return false;
    if (this.#refit.next().done === true) this.#refit = undefined;
    return this.#refit !== undefined;
  }

  #guard<T>(component: string, run: () => T): T | undefined {
    try {
      return run();
    } catch {
      this.#wiring.store.counter('selfErrors', { component }).add(1);
      return undefined;
    }
  }
}
