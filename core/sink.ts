import type { CounterKey, GaugeKey, HistogramKey, LabelsOf, UpDownKey } from './catalog.js';

/** What an exemplar points to. Only sampled spans are worth pointing to. */
export interface ExemplarRef {
  readonly traceId: string;
  readonly spanId: string;
}

export interface CounterHandle {
  /** Adds `value` >= 0; NaN, infinite and negative values are refused and counted, never added. */
  add(value: number, exemplar?: ExemplarRef): void;
}
export interface UpDownHandle {
  /** Adds `value`, which may be negative. */
  add(value: number): void;
}
export interface HistogramHandle {
  /** Records `value`; NaN and infinite values are refused and counted. */
  record(value: number, exemplar?: ExemplarRef): void;
}

/**
 * The only way to write one of our metrics. Key and labels are typed from the catalogue: a wrong, forgotten or superfluous
 * label does not compile. A handle belongs to one label set: keep it where a call is hot.
 */
export interface MetricSink {
  /**
   * @param extra attributes of the call that the user allows as labels (call, token and cost metrics only); others are ignored
   * @param folded what a new label set becomes past the series limit, where `other` in each label would say something wrong; few
   */
  counter<K extends CounterKey>(
    metric: K,
    labels: LabelsOf<K>,
    extra?: Readonly<Record<string, string>>,
    folded?: LabelsOf<K>,
  ): CounterHandle;
  upDown<K extends UpDownKey>(metric: K, labels: LabelsOf<K>): UpDownHandle;
  histogram<K extends HistogramKey>(metric: K, labels: LabelsOf<K>): HistogramHandle;
  /** Sets a gauge; undefined makes the series vanish: absent is not 0. */
  set<K extends GaugeKey>(metric: K, value: number | undefined, labels: LabelsOf<K>): void;
}
