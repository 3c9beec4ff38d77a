import type { Operation } from '../core/labels.js';
import type { CounterHandle, ExemplarRef, HistogramHandle } from '../core/sink.js';
import type { MetricStore } from '../core/store.js';
import type { Evaluations } from './evaluators/evaluator.js';

interface QualityHandles {
  readonly score: HistogramHandle;
  readonly evaluated: CounterHandle;
  readonly flagged: CounterHandle;
}

/** Writes what the evaluators said of a call. */
export class QualityMetrics {
  readonly #store: MetricStore;
  readonly #handles = new Map<string, Map<string, QualityHandles>>();

  constructor(store: MetricStore) {
    this.#store = store;
  }

  record(evaluations: Evaluations, model: string, operation: Operation, exemplar?: ExemplarRef): void {
    const handles = this.#of(model, operation);
    for (const [evaluator, evaluation] of evaluations) {
      if ('skipped' in evaluation) {
        this.#store.counter('qualitySkipped', { evaluator, reason: evaluation.skipped }).add(1);
        continue;
      }
      let own = handles.get(evaluator);
      if (own === undefined) {
        const labels = { evaluator, model, operation } as const;
        // `flagged` is born at 0 with the first score, so that the first flag is an increase.
        own = {
          score: this.#store.histogram('qualityScore', labels),
          evaluated: this.#store.counter('qualityEvaluated', labels),
          flagged: this.#store.counter('qualityFlagged', labels),
        };
        handles.set(evaluator, own);
      }
      own.score.record(evaluation.score, exemplar);
      own.evaluated.add(1);
      if (evaluation.flagged) own.flagged.add(1, exemplar);
    }
  }

  #of(model: string, operation: Operation): Map<string, QualityHandles> {
    const key = `${model}\0${operation}`;
    let handles = this.#handles.get(key);
    if (handles === undefined) {
      if (this.#handles.size > 4096) this.#handles.clear();
      handles = new Map();
      this.#handles.set(key, handles);
    }
    return handles;
  }
}
