import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { LlmCall } from '../core/call.js';
import type { Clock } from '../core/clock.js';
import { type CallText, hashText, textSize } from '../core/content.js';
import { unwatched } from '../core/unwatched.js';
import { ASYNC_DEFAULTS, type AsyncEvaluator, type Spend } from './evaluators/async-evaluator.js';
import { checkEvaluation } from './evaluators/check-evaluation.js';
import type { Evaluation, SkipReason } from './evaluators/evaluator.js';

/** Calls that may wait, and characters of their text. */
const CAPACITY = 100;
const MAX_WAITING_TEXT = 2_000_000;
/** Judgements that were given up and have not ended: past so many an evaluator that never ends is asked no more. */
const MAX_GIVEN_UP = 64;

/** Hears what became of a call, once. */
export type OnJudged = (evaluation: Evaluation) => void;

interface Item {
  readonly call: LlmCall;
  readonly text: CallText;
  readonly size: number;
  readonly judged: OnJudged;
}

interface Flush {
  readonly left: Set<Item>;
  readonly resolve: () => void;
}

/** Where an id falls in 0..1: the same everywhere, and evenly for ids that count up. */
export function shareOf(id: string): number {
  let h = Number.parseInt(hashText(id), 16);
  // FNV leaves the last characters in the low bits: the finaliser of MurmurHash3 spreads them.
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/**
 * Runs one evaluator beside the app: a few judgements at a time, a bounded number that wait, each within its time. Every call that
 * is offered is answered once, at the latest when the lane closes. Never throws.
 */
export class AsyncLane {
  readonly #evaluator: AsyncEvaluator;
  readonly #clock: Clock;
  readonly #spent: (spend: Spend) => void;
  readonly #sample: number;
  readonly #timeout: number;
  readonly #concurrency: number;
  readonly #waiting: Item[] = [];
  readonly #running = new Map<Item, (reason: SkipReason) => void>();
  readonly #flushes = new Set<Flush>();
  #waitingText = 0;
  #givenUp = 0;
  #nameless = 0;
  #scheduled = false;
  #closed = false;

  /** @param spent hears what judgements took */
  constructor(evaluator: AsyncEvaluator, clock: Clock, spent: (spend: Spend) => void) {
    this.#evaluator = evaluator;
    this.#clock = clock;
    this.#spent = spent;
    this.#sample = evaluator.sample ?? ASYNC_DEFAULTS.sample;
    this.#timeout = evaluator.timeout ?? ASYNC_DEFAULTS.timeout;
    this.#concurrency = evaluator.concurrency ?? ASYNC_DEFAULTS.concurrency;
  }

  /** Takes a call to be judged in a later turn, or says at once why it is not. */
  offer(call: LlmCall, text: CallText, judged: OnJudged): void {
    const refusal = this.#refusal(call, text);
    if (refusal !== undefined) {
      judged({ skipped: refusal });
      return;
    }
    const item: Item = { call, text, size: textSize(text), judged };
    this.#waiting.push(item);
    this.#waitingText += item.size;
    this.#schedule();
  }

  #refusal(call: LlmCall, text: CallText): SkipReason | undefined {
    if (this.#closed) return 'shutdown';
    if (!this.#drawn(call)) return 'sampled_out';
    const { length } = this.#waiting;
    const full = length >= CAPACITY || (length > 0 && this.#waitingText + textSize(text) > MAX_WAITING_TEXT);
    return full ? 'queue_full' : undefined;
  }

  /** Resolves once all that was offered before is answered, or after `wait` milliseconds. Keeps the process alive until then. */
  flush(wait: number): Promise<void> {
    const left = new Set([...this.#waiting, ...this.#running.keys()]);
    if (left.size === 0) return Promise.resolve();
    return new Promise(resolve => {
      // Neither the clock's timers nor the sockets of a judge keep the process alive, and somebody waits here.
      const alive = setInterval(() => {}, 60_000);
      const done = (): void => {
        clearInterval(alive);
        cancel();
        this.#flushes.delete(flush);
        resolve();
      };
      const flush: Flush = { left, resolve: done };
      const cancel = this.#clock.setTimeout(done, wait);
      this.#flushes.add(flush);
    });
  }

  /** Leaves what waits, gives what runs `wait` milliseconds and then gives it up. Idempotent. */
  async close(wait: number): Promise<void> {
    this.#closed = true;
    for (const item of this.#waiting.splice(0)) this.#answer(item, { skipped: 'shutdown' });
    this.#waitingText = 0;
    await this.flush(wait);
    for (const giveUp of [...this.#running.values()]) giveUp('shutdown');
  }

  /** Whether the call is in the sample. */
  #drawn({ id, responseId, spanId }: LlmCall): boolean {
    if (this.#sample >= 1) return true;
    const name = id !== '' ? id : (responseId ?? spanId ?? String(this.#nameless++));
    return shareOf(name) < this.#sample;
  }

  /** One start a turn: preparing a judgement reads text. */
  #schedule(): void {
    const free = this.#running.size < this.#concurrency && this.#givenUp < MAX_GIVEN_UP;
    if (this.#scheduled || !free || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.#clock.defer(() => {
      this.#scheduled = false;
      const item = this.#waiting.shift();
      if (item === undefined) return;
      this.#waitingText -= item.size;
      this.#start(item);
      this.#schedule();
    });
  }

  #start(item: Item): void {
    const controller = new AbortController();
    let ended = false;
    const settle = (evaluation: Evaluation): void => {
      if (!this.#running.delete(item)) return;
      cancel();
      this.#answer(item, evaluation);
      this.#schedule();
    };
    const giveUp = (skipped: SkipReason): void => {
      if (!ended) this.#givenUp++;
      settle({ skipped });
      controller.abort();
    };
    const cancel = this.#clock.setTimeout(() => giveUp('timeout'), this.#timeout);
    this.#running.set(item, giveUp);
    const end = (evaluation: Evaluation): void => {
      ended = true;
      if (this.#running.has(item)) settle(evaluation);
      else {
        this.#givenUp--;
        this.#schedule();
      }
    };
    this.#judge(item, controller.signal).then(end, () => end({ skipped: 'error' }));
  }

  async #judge({ call, text }: Item, signal: AbortSignal): Promise<Evaluation> {
    const evaluator = this.#evaluator;
    const run = (): Promise<Evaluation> => evaluator.evaluate({ call, text, spent: this.#spent }, signal);
    // A judgement belongs to no request of the app: it is no part of the trace that happened to wake the queue.
    const given = await context.with(suppressTracing(ROOT_CONTEXT), () =>
      evaluator.usesClient === false ? run() : unwatched(run),
    );
    return checkEvaluation(evaluator.name, given);
  }

  #answer(item: Item, evaluation: Evaluation): void {
    item.judged(evaluation);
    for (const flush of [...this.#flushes]) {
      flush.left.delete(item);
      if (flush.left.size === 0) flush.resolve();
    }
  }
}
