import type { Exemplar } from '../core/series.js';

/** What the first line of a family says; `unknown` is `untyped` and `info` a gauge in the older format. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown' | 'info';

interface FamilyHead {
  /** Name of the samples as 0.0.4 has it, so with `_total` for a counter and `_info` for an info. */
  readonly name: string;
  readonly type: FamilyType;
  /** The unit's word where the name ends in it, else empty. */
  readonly unit: string;
  readonly help: string;
}

/** One line. A row may be a live series: its value is read once, when the line is written. */
export interface NumberRow {
  readonly value: number;
  readonly exemplar?: Exemplar | undefined;
}

/** The lines of one histogram series, read in one go so that its buckets, sum and count belong together. */
export interface HistogramRow {
  /** Upper bounds, ascending, without +Inf. */
  readonly bounds: readonly number[];
  /** Observations a bucket, not cumulative; one more than bounds. */
  readonly counts: ArrayLike<number>;
  /** undefined where negative observations make a sum meaningless. */
  readonly sum: number | undefined;
  readonly exemplars?: readonly (Exemplar | undefined)[] | undefined;
}

/** A line that came ready: its own sample name, its labels with `le` or `quantile` among them. */
export interface SampleRow {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
  readonly exemplar?: { readonly labels: string; readonly value: number; readonly seconds: number | undefined };
}

export interface NumberFamily extends FamilyHead {
  readonly shape: 'number';
  readonly rows: readonly NumberRow[];
  /** The labels of the row at an index as they are written between the braces; empty for none. */
  labels(index: number): string;
}

export interface HistogramFamily extends FamilyHead {
  readonly shape: 'histogram';
  readonly rows: readonly HistogramRow[];
  labels(index: number): string;
}

export interface SampleFamily extends FamilyHead {
  readonly shape: 'sample';
  readonly rows: readonly SampleRow[];
}

/** All series of one name, ready to be written. A snapshot is a list of them. */
export type Family = NumberFamily | HistogramFamily | SampleFamily;

/** Name of the family in OpenMetrics, where the suffix of a counter or an info belongs to the sample only. */
export function openMetricsName(family: Pick<Family, 'name' | 'type'>): string {
  if (family.type === 'counter' && family.name.endsWith('_total')) return family.name.slice(0, -'_total'.length);
  if (family.type === 'info' && family.name.endsWith('_info')) return family.name.slice(0, -'_info'.length);
  return family.name;
}
