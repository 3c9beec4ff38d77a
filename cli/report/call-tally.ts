import { inputTokens, outputTokens } from '../../core/call.js';
import { BoundedNames } from './bounded-names.js';
import { LogHistogram } from './log-histogram.js';
import { MeanSum } from './mean-sum.js';
import type { CallRecord } from './record.js';
import { addShare, type Share, type Timeline } from './timeline.js';

const MAX_MODELS = 100;
const MAX_EVALUATORS = 50;
const TOP = 15;
const SCORE_BINS = 10;
/** Evaluators whose flag means that an answer may do harm. */
export const SAFETY: readonly string[] = [
  'pii',
  'secrets',
  'prompt_injection',
  'profanity',
  'advice',
  'diagnosis',
  'dosage',
  'promise',
  'required_disclaimer',
];

/** Calls of one model, or all. */
export class ModelSum {
  calls = 0;
  errors = 0;
  aborted = 0;
  /** US dollars a call, of those that have a price. */
  readonly cost = new MeanSum();
  tokensIn = 0;
  tokensOut = 0;
  /** Calls that say how many tokens they took. */
  counted = 0;
  readonly latency = new LogHistogram();
  readonly firstChunk = new LogHistogram();

  add({ call, cost }: CallRecord): void {
    this.calls++;
    if (call.outcome.kind === 'error') this.errors++;
    if (call.outcome.kind === 'aborted') this.aborted++;
    if (cost !== undefined) this.cost.add(cost, 1);
    const input = inputTokens(call.usage);
    const output = outputTokens(call.usage);
    if (input !== undefined || output !== undefined) this.counted++;
    this.tokensIn += input ?? 0;
    this.tokensOut += output ?? 0;
    // An error may be quick or slow: what an answer took is said by the calls that gave one.
    if (call.outcome.kind === 'ok') this.latency.add(call.duration);
    if (call.timeToFirstChunk !== undefined) this.firstChunk.add(call.timeToFirstChunk);
  }
}

class EvaluatorSum {
  scored = 0;
  flagged = 0;
  sum = 0;
  readonly bins = new Array<number>(SCORE_BINS).fill(0);
  readonly reasons = new BoundedNames(20, () => ({ count: 0 }));
  readonly skipped = new BoundedNames(20, () => ({ count: 0 }));
}

/** A call that a detector found odd. */
export interface OddCall {
  readonly id: string;
  readonly at: number;
  readonly model: string;
  readonly detector: string;
  readonly score: number;
  readonly feature?: string;
  /** Seconds; absent where it is not known. */
  readonly duration?: number;
  readonly tokensIn?: number;
  readonly tokensOut?: number;
}

/** What calls themselves say, without labels. */
export class CallTally {
  readonly all = new ModelSum();
  readonly models = new BoundedNames(MAX_MODELS, () => new ModelSum());
  readonly errors = new BoundedNames(50, () => ({ count: 0 }));
  readonly evaluators = new BoundedNames(MAX_EVALUATORS, () => new EvaluatorSum());
  readonly features = new BoundedNames(50, () => ({ count: 0 }));
  readonly odd: OddCall[] = [];
  oddCalls = 0;
  /** Calls that an evaluator of `SAFETY` scored, and those that one flagged. */
  readonly harmful: Share = { hits: 0, of: 0 };
  /** Calls that a detector was ready for. */
  watched = 0;
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  add(record: CallRecord): void {
    const { call, evaluations } = record;
    const slot = this.#timeline.at(call.startedAt);
    this.first = Math.min(this.first, call.startedAt);
    this.last = Math.max(this.last, call.startedAt);
    this.all.add(record);
    this.models.of(call.model.requested).add(record);
    if (call.outcome.kind === 'error') this.errors.of(call.outcome.errorType).count++;
    slot.calls++;
    if (call.outcome.kind === 'error') slot.errors++;
    if (record.cost !== undefined) {
      slot.cost += record.cost;
      slot.priced++;
    }
    const input = inputTokens(call.usage);
    const output = outputTokens(call.usage);
    if (input !== undefined || output !== undefined) slot.counted++;
    slot.tokensIn += input ?? 0;
    slot.tokensOut += output ?? 0;
    if (call.outcome.kind === 'ok') slot.latency.add(call.duration);
    if (call.timeToFirstChunk !== undefined) slot.firstChunk.add(call.timeToFirstChunk);
    let guarded = false;
    let harmful = false;
    for (const [name, evaluation] of evaluations) {
      const sum = this.evaluators.of(name);
      if ('skipped' in evaluation) {
        sum.skipped.of(evaluation.skipped).count++;
        continue;
      }
      if (SAFETY.includes(name)) {
        guarded = true;
        harmful ||= evaluation.flagged;
      }
      sum.scored++;
      sum.sum += evaluation.score;
      sum.bins[Math.min(SCORE_BINS - 1, Math.floor(evaluation.score * SCORE_BINS))]!++;
      if (evaluation.flagged) {
        sum.flagged++;
        if (evaluation.reason !== undefined) sum.reasons.of(evaluation.reason).count++;
      }
      addShare(slot.flagged, name, evaluation.flagged ? 1 : 0);
    }
    if (guarded) this.harmful.of++;
    if (harmful) this.harmful.hits++;
    this.#find(record, slot.odd);
  }

  #find({ findings, call }: CallRecord, share: Share): void {
    if (findings.length === 0) return;
    this.watched++;
    share.of++;
    const flagged = findings.filter(finding => finding.flagged);
    const [worst] = flagged.sort((a, b) => b.score - a.score);
    if (worst === undefined) return;
    this.oddCalls++;
    share.hits++;
    if (worst.feature !== undefined) this.features.of(worst.feature).count++;
    if (this.odd.length === TOP && worst.score <= (this.odd.at(-1) as OddCall).score) return;
    const tokensIn = inputTokens(call.usage);
    const tokensOut = outputTokens(call.usage);
    this.odd.push({
      id: call.id,
      at: call.startedAt,
      model: call.model.requested,
      detector: worst.detector,
      score: worst.score,
      ...(worst.feature === undefined ? {} : { feature: worst.feature }),
      ...(Number.isNaN(call.duration) ? {} : { duration: call.duration }),
      ...(tokensIn === undefined ? {} : { tokensIn }),
      ...(tokensOut === undefined ? {} : { tokensOut }),
    });
    this.odd.sort((a, b) => b.score - a.score);
    this.odd.length = Math.min(TOP, this.odd.length);
  }
}
