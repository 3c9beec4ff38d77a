import {
  type CounterKey,
  type GaugeKey,
  type HistogramKey,
  type LabelsOf,
  METRICS,
  type MetricDef,
  type OwnKey,
  type UpDownKey,
} from './catalog.js';
import { type Clock, systemClock } from './clock.js';
import { MonitorError, showValue } from './errors.js';
import { closedValues } from './labels.js';
import { HistogramSeries, NumberSeries, type Series } from './series.js';
import type { CounterHandle, HistogramHandle, MetricSink, UpDownHandle } from './sink.js';

/** Longest label value that is written; a longer one is cut. */
const MAX_LABEL = 128;
const OTHER = 'other';
export const DEFAULT_SERIES_LIMIT = 2000;

/** All series of one metric, in the order in which they were born. */
export interface Family {
  readonly key: OwnKey;
  readonly def: MetricDef;
  /** Names of the labels, in the order of each series' `labelValues`: the catalogue's, then the allow-listed ones of the user. */
  readonly labels: readonly string[];
  readonly series: ReadonlyMap<string, Series>;
}

/** Attributes of a call that the user allows as labels on the call, token and cost metrics, each with its allowed values. */
export type CallLabels = Readonly<Record<string, readonly string[]>>;
/** Metrics that carry them. */
const WITH_CALL_LABELS: ReadonlySet<OwnKey> = new Set(['calls', 'tokens', 'cost']);

interface MutableFamily extends Family {
  readonly series: Map<string, Series>;
  readonly closed: readonly (ReadonlySet<string> | undefined)[];
  /** How many of the labels are the catalogue's; the user's stand behind them. */
  readonly catalogued: number;
  /** Counts a value that a series refuses: one function for all of them. */
  readonly refuse: (reason: string) => void;
}

/** A label value as it is written: a string without control characters, at most 128 characters, from its closed list if it has one. */
function labelValue(raw: unknown, closed: ReadonlySet<string> | undefined): string {
  let text = typeof raw === 'string' ? raw : String(raw ?? '');
  if (text.length > MAX_LABEL) text = text.slice(0, MAX_LABEL);
  if (/[\u0000-\u001f\u007f\ud800-\udfff]/.test(text))
    text = text.replace(/[\u0000-\u001f\u007f]/g, ' ').toWellFormed();
  return closed === undefined || closed.has(text) ? text : OTHER;
}

/**
 * Where our own metrics live: handles by label set, a limit on the series of each metric, exemplars, and gauges that can
 * vanish, none of which the OpenTelemetry SDK's instruments have. Reading it is a plain walk; rendering belongs to the exporter.
 *
 * Past the limit a new label set keeps only the values of the labels that the catalogue closes; its open labels and the user's
 * call labels, given or not, become `other` (or what its writer gave for this case). So a metric never has more series than the limit plus the product, over its closed
 * labels, of how many values each has (and one more, `other`, where that is not on the list): 3,120 of `llm_monitor.calls` at 2,000.
 */
export class MetricStore implements MetricSink {
  readonly seriesLimit: number;
  readonly callLabels: CallLabels;
  readonly #clock: Clock;
  readonly #families = new Map<OwnKey, MutableFamily>();
  readonly #collectors = new Set<() => void>();

  constructor(
    options: { readonly seriesLimit?: number; readonly callLabels?: CallLabels; readonly clock?: Clock } = {},
  ) {
    const limit = options.seriesLimit ?? DEFAULT_SERIES_LIMIT;
    if (!Number.isInteger(limit) || limit < 1) {
      throw new MonitorError(
        'INVALID_ARGUMENT',
        `seriesLimit is ${showValue(limit)}; expected a whole number of at least 1`,
      );
    }
    this.seriesLimit = limit;
    this.callLabels = options.callLabels ?? {};
    this.#clock = options.clock ?? systemClock;
  }

  counter<K extends CounterKey>(
    metric: K,
    labels: LabelsOf<K>,
    extra?: Readonly<Record<string, string>>,
    folded?: LabelsOf<K>,
  ): CounterHandle {
    return this.#number(metric, extra === undefined ? labels : { ...extra, ...labels }, folded);
  }

  upDown<K extends UpDownKey>(metric: K, labels: LabelsOf<K>): UpDownHandle {
    return this.#number(metric, labels);
  }

  histogram<K extends HistogramKey>(metric: K, labels: LabelsOf<K>): HistogramHandle {
    const family = this.#family(metric);
    return this.#series(
      family,
      labels,
      values => new HistogramSeries(values, family.def.buckets ?? [], family.refuse, this.#clock),
    ) as HistogramSeries;
  }

  set<K extends GaugeKey>(metric: K, value: number | undefined, labels: LabelsOf<K>): void {
    const family = this.#family(metric);
    if (value === undefined || Number.isNaN(value)) {
      family.series.delete(this.#key(this.#values(family, labels)));
      return;
    }
    this.#number(metric, labels).value = value;
  }

  /** Removes every series of a gauge, so that only what is set afterwards is seen. */
  clear(metric: GaugeKey): void {
    this.#families.get(metric)?.series.clear();
  }

  /**
   * Registers work that refreshes gauges just before they are read.
   * @returns the function that takes it out again
   */
  onCollect(run: () => void): () => void {
    this.#collectors.add(run);
    return () => this.#collectors.delete(run);
  }

  /**
   * Brings gauges up to date and gives every family that has series, in catalogue order. A collector that throws is counted in
   * `self.errors` and does not hide the others.
   */
  collect(): readonly Family[] {
    for (const run of this.#collectors) {
      try {
        run();
      } catch {
        this.counter('selfErrors', { component: 'collect' }).add(1);
      }
    }
    for (const [key, family] of this.#families) {
      if (key === 'selfSeries' || key === 'selfSeriesLimit') continue;
      this.set('selfSeries', family.series.size, { metric: family.def.name });
      this.set('selfSeriesLimit', this.seriesLimit, { metric: family.def.name });
    }
    const out: Family[] = [];
    for (const key of Object.keys(METRICS) as OwnKey[]) {
      const family = this.#families.get(key);
      if (family !== undefined && family.series.size > 0) out.push(family);
    }
    return out;
  }

  /** The present value of a counter, up-down or gauge series; undefined where there is none. For tests and the live view. */
  value<K extends CounterKey | UpDownKey | GaugeKey>(metric: K, labels: LabelsOf<K>): number | undefined {
    const family = this.#family(metric);
    const series = family.series.get(this.#key(this.#values(family, labels)));
    return series instanceof NumberSeries ? series.value : undefined;
  }

  #number<K extends CounterKey | UpDownKey | GaugeKey>(
    metric: K,
    labels: LabelsOf<K>,
    folded?: LabelsOf<K>,
  ): NumberSeries {
    const family = this.#family(metric);
    return this.#series(
      family,
      labels,
      values => new NumberSeries(values, family.def.kind === 'counter', family.refuse, this.#clock),
      folded,
    ) as NumberSeries;
  }

  #family(metric: OwnKey): MutableFamily {
    let family = this.#families.get(metric);
    if (family === undefined) {
      const def: MetricDef = METRICS[metric];
      const closed = def.labels.map(label => {
        const values = closedValues(label);
        return values === undefined ? undefined : new Set(values);
      });
      const labels: string[] = [...def.labels];
      const catalogued = labels.length;
      if (WITH_CALL_LABELS.has(metric)) {
        for (const [name, values] of Object.entries(this.callLabels)) {
          labels.push(name);
          closed.push(new Set(['', ...values]));
        }
      }
      family = { key: metric, def, labels, series: new Map(), closed, catalogued, refuse: this.#refuse(metric) };
      this.#families.set(metric, family);
    }
    return family;
  }

  #values(family: MutableFamily, labels: Readonly<Record<string, string>>): string[] {
    return family.labels.map((label, i) => labelValue(labels[label], family.closed[i]));
  }

  /** Values hold no control character, so a NUL between them makes a key that no two label sets share. */
  #key(values: readonly string[]): string {
    return values.join('\0');
  }

  /**
   * The key of values as they were given, which is that of their series if they need no cleaning: what cleaning would change (a
   * control character, a value outside a closed list, one that is too long) stands in no key.
   */
  #rawKey(family: MutableFamily, labels: Readonly<Record<string, string>>): string {
    const names = family.labels;
    let key = names.length === 0 ? '' : String(labels[names[0] as string] ?? '');
    for (let i = 1; i < names.length; i++) key += `\0${String(labels[names[i] as string] ?? '')}`;
    return key;
  }

  #series(
    family: MutableFamily,
    labels: Readonly<Record<string, string>>,
    create: (values: readonly string[]) => Series,
    folded?: Readonly<Record<string, string>>,
  ): Series {
    const known = family.series.get(this.#rawKey(family, labels));
    if (known !== undefined) return known;
    let values = this.#values(family, labels);
    let key = this.#key(values);
    let series = family.series.get(key);
    if (series !== undefined) return series;
    if (family.series.size >= this.seriesLimit) {
      values =
        folded === undefined
          ? values.map((value, i) => (i >= family.catalogued || family.closed[i] === undefined ? OTHER : value))
          : this.#values(family, folded);
      key = this.#key(values);
      series = family.series.get(key);
      // The folding counter itself has one label, the metric's name: as many series as metrics.
      if (family.key !== 'selfSeriesFolded') this.counter('selfSeriesFolded', { metric: family.def.name }).add(1);
    }
    if (series === undefined) {
      series = create(values);
      family.series.set(key, series);
    }
    return series;
  }

  #refuse(metric: OwnKey): (reason: string) => void {
    return reason => {
      if (metric === 'selfRejected') return;
      this.counter('selfRejected', { field: METRICS[metric].name, reason }).add(1);
    };
  }
}
