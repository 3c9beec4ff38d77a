import { metricName, unitSuffix } from '../core/prometheus-names.js';
import type { HistogramSeries, NumberSeries, Series } from '../core/series.js';
import type { Family as StoredFamily } from '../core/store.js';
import type { Family, HistogramRow, NumberRow } from './family.js';
import { cleanLabelName, type LabelPair, labelText } from './label-text.js';

const TYPES = { counter: 'counter', updown: 'gauge', gauge: 'gauge', histogram: 'histogram' } as const;

/**
 * Our own metrics as families. The labels of a series are put into words once and kept as long as the series lives; a scrape
 * only adds the numbers.
 */
export class OwnMetrics {
  #texts = new WeakMap<Series, string>();
  #constantKey = '';

  /** @param constant labels of the resource that every series gets, unless it has one of that name */
  families(stored: readonly StoredFamily[], constant: readonly LabelPair[]): Family[] {
    const key = JSON.stringify(constant);
    if (key !== this.#constantKey) {
      this.#constantKey = key;
      this.#texts = new WeakMap();
    }
    return stored.map(family => this.#family(family, constant));
  }

  #family({ key, def, labels, series }: StoredFamily, constant: readonly LabelPair[]): Family {
    const texts = this.#texts;
    const own = new Set(labels.map(cleanLabelName));
    const extra = constant.filter(([name]) => !own.has(cleanLabelName(name)));
    const text = (row: NumberRow | HistogramRow): string => {
      const one = row as Series;
      let known = texts.get(one);
      if (known === undefined) {
        known = labelText([...labels.map((name, i): LabelPair => [name, one.labelValues[i]]), ...extra]);
        texts.set(one, known);
      }
      return known;
    };
    const head = {
      name: metricName(key),
      type: TYPES[def.kind],
      unit: unitSuffix(def.unit),
      help: def.help,
      labels: text,
    };
    return def.kind === 'histogram'
      ? { ...head, shape: 'histogram', rows: [...series.values()] as HistogramSeries[] }
      : { ...head, shape: 'number', rows: [...series.values()] as NumberSeries[] };
  }
}
