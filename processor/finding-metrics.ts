import type { Operation } from '../core/labels.js';
import type { ExemplarRef, HistogramHandle, MetricSink } from '../core/sink.js';
import type { Findings } from './detection.js';
import { HandleCache } from './handle-cache.js';

/** Writes what detectors found in a call. A detector that is not ready has no score, not a score of 0. */
export class FindingMetrics {
  readonly #sink: MetricSink;
  readonly #scores = new HandleCache<HistogramHandle>();

  constructor(sink: MetricSink) {
    this.#sink = sink;
  }

  /** @param model a label value */
  record(findings: Findings, model: string, operation: Operation, exemplar?: ExemplarRef): void {
    for (const { detector, score, flagged, feature } of findings.found) {
      const scores = this.#scores.get(detector, model, operation) ?? this.#first(detector, model, operation);
      scores.record(score, exemplar);
      if (flagged)
        this.#sink
          .counter('anomalyFlagged', { detector, model, operation, feature: feature ?? 'none' })
          .add(1, exemplar);
    }
  }

  /** The flag counter is born at 0 with the first score, so that it is there before it is needed. */
  #first(detector: string, model: string, operation: Operation): HistogramHandle {
    const labels = { detector, model, operation } as const;
    this.#sink.counter('anomalyFlagged', { ...labels, feature: 'none' }).add(0);
    return this.#scores.set(detector, model, operation, this.#sink.histogram('anomalyScore', labels));
  }
}
