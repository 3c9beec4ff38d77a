import type { Operation } from '../core/labels.js';
import type { CounterHandle, ExemplarRef, HistogramHandle } from '../core/sink.js';
import type { MetricStore } from '../core/store.js';
import type { Evaluations } from './evaluators/evaluator.js';
import { HandleCache } from './handle-cache.js';

interface QualityHandles {
  readonly score: HistogramHandle;
  readonly evaluated: CounterHandle;
  readonly flagged: CounterHandle;
}

/** Writes what the evaluators said of a call. */
export class QualityMetrics {
  readonly #store: MetricStore;
  readonly #scored = new HandleCache<QualityHandles>();
  readonly #skipped = new HandleCache<CounterHandle>();

  constructor(store: MetricStore) {
    this.#store = store;
  }

  record(evaluations: Evaluations, model: string, operation: Operation, exemplar?: ExemplarRef): void {
    for (const [evaluator, evaluation] of evaluations) {
      if ('skipped' in evaluation) {
        this.#skip(evaluator, evaluation.skipped).add(1);
        continue;
      }
      const own = this.#scored.get(evaluator, model, operation) ?? this.#create(evaluator, model, operation);
      own.score.record(evaluation.score, exemplar);
      own.evaluated.add(1);
      if (evaluation.flagged) own.flagged.add(1, exemplar);
    }
  }

  #skip(evaluator: string, reason: string): CounterHandle {
    return (
      this.#skipped.get(evaluator, reason, '') ??
      this.#skipped.set(evaluator, reason, '', this.#store.counter('qualitySkipped', { evaluator, reason }))
    );
  }

  #create(evaluator: string, model: string, operation: Operation): QualityHandles {
    const labels = { evaluator, model, operation } as const;
    // `flagged` is born at 0 with the first score, so that the first flag is an increase.
    return this.#scored.set(evaluator, model, operation, {
      score: this.#store.histogram('qualityScore', labels),
      evaluated: this.#store.counter('qualityEvaluated', labels),
      flagged: this.#store.counter('qualityFlagged', labels),
    });
  }
}
