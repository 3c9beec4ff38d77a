import type { LlmCall } from '../core/call.js';
import type { Clock } from '../core/clock.js';
import type { CallText } from '../core/content.js';
import { TOKEN_CLASSES } from '../core/labels.js';
import type { ExemplarRef } from '../core/sink.js';
import type { MetricStore } from '../core/store.js';
import { AsyncLane } from './async-lane.js';
import type { AsyncEvaluator, Spend } from './evaluators/async-evaluator.js';
import type { Evaluation, SkipReason } from './evaluators/evaluator.js';
import { unscorable } from './evaluators/registry.js';
import type { QualityMetrics } from './quality-metrics.js';

export interface AsyncEvaluationOptions {
  readonly evaluators: readonly AsyncEvaluator[];
  readonly store: MetricStore;
  readonly clock: Clock;
  readonly quality: QualityMetrics;
}

/** Milliseconds that a flush waits for judgements, and that a shutdown does. */
const FLUSH_WAIT = 10_000;
const CLOSE_WAIT = 2000;
const DAY = '1d';

/** All evaluators that run beside the app, each in a lane of its own, so that a slow one holds up no other. */
export class AsyncEvaluation {
  readonly #options: AsyncEvaluationOptions;
  readonly #lanes: readonly (readonly [AsyncEvaluator, AsyncLane])[];

  constructor(options: AsyncEvaluationOptions) {
    this.#options = options;
    const { evaluators, clock } = options;
    this.#lanes = evaluators.map(evaluator => [
      evaluator,
      new AsyncLane(evaluator, clock, spend => this.#spent(evaluator.name, spend)),
    ]);
    this.#showBudgets(true);
  }

  /** Hands a call to all of them; what they say is counted when they say it. Returns at once. */
  offer(call: LlmCall, text: CallText | undefined, model: string, exemplar?: ExemplarRef): void {
    if (this.#lanes.length === 0) return;
    const reason = unscorable(call, text);
    for (const [{ name }, lane] of this.#lanes) {
      const judged = (evaluation: Evaluation): void => {
        if ('skipped' in evaluation && FAULTS.has(evaluation.skipped))
          this.#options.store.counter('selfErrors', { component: 'evaluator' }).add(1);
        this.#options.quality.record(new Map([[name, evaluation]]), model, call.operation, exemplar);
      };
      if (reason === undefined && text !== undefined) lane.offer(call, text, judged);
      // A call that failed is no failure of the judge: it has no output.
      else
        this.#options.quality.record(
          new Map([[name, { skipped: reason === 'error' ? 'no_output' : (reason ?? 'no_text') }]]),
          model,
          call.operation,
        );
    }
  }

  /** Resolves once all that was offered before is judged, or some seconds later. */
  async flush(): Promise<void> {
    await Promise.all(this.#lanes.map(([, lane]) => lane.flush(FLUSH_WAIT)));
  }

  /** Leaves what waits; what runs has two seconds to end. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(([, lane]) => lane.close(CLOSE_WAIT)));
    this.#showBudgets(false);
  }

  #showBudgets(shown: boolean): void {
    for (const [{ name, usdPerDay }] of this.#lanes) {
      if (usdPerDay === undefined) continue;
      this.#options.store.set('budgetUsd', shown ? usdPerDay : undefined, { scope: name, window: DAY });
    }
  }

  #spent(evaluator: string, { tokens, source, usd }: Spend): void {
    const { store } = this.#options;
    for (const name of TOKEN_CLASSES) {
      const count = tokens[name];
      if (count !== undefined) store.counter('selfJudgeTokens', { evaluator, class: name, source }).add(count);
    }
    if (usd !== undefined) store.counter('selfJudgeCost', { evaluator }).add(usd);
  }
}

/** What counts as a fault of the monitor: the evaluator failed, or did not answer in time. */
const FAULTS: ReadonlySet<SkipReason> = new Set(['error', 'timeout']);
