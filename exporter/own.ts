import type { OwnKey } from '../core/catalog.js';
import { metricName, unitSuffix } from '../core/prometheus-names.js';
import type { HistogramSeries, NumberSeries, Series } from '../core/series.js';
import type { Family as StoredFamily } from '../core/store.js';
import type { Family } from './family.js';
import { cleanLabelName, type LabelPair, labelText } from './label-text.js';

const TYPES = { counter: 'counter', updown: 'gauge', gauge: 'gauge', histogram: 'histogram' } as const;

/** The label texts of one metric's series, by index: made when a line is first written. */
interface Texts {
  readonly rows: readonly Series[];
  readonly texts: (string | undefined)[];
}

/**
 * Our own metrics as families. The labels of a series are put into words once and kept as long as the series lives; a scrape
 * only adds the numbers. Series keep their order, so the texts lie in an array beside them: a map from series to text cost as much
 * as writing the lines.
 */
export class OwnMetrics {
  #known = new Map<OwnKey, Texts>();
  #constantKey = '';

  /** @param constant labels of the resource that every series gets, unless it has one of that name */
  families(stored: readonly StoredFamily[], constant: readonly LabelPair[]): Family[] {
    const key = JSON.stringify(constant);
    if (key !== this.#constantKey) {
      this.#constantKey = key;
      this.#known = new Map();
    }
    return stored.map(family => this.#family(family, constant));
  }

  #family({ key, def, labels, series }: StoredFamily, constant: readonly LabelPair[]): Family {
    const rows = [...series.values()];
    const texts = this.#texts(key, rows);
    const own = new Set(labels.map(cleanLabelName));
    const extra = constant.filter(([name]) => !own.has(cleanLabelName(name)));
    const textAt = (index: number): string => {
      let known = texts[index];
      if (known === undefined) {
        known = labelText([...labels.map((name, i): LabelPair => [name, rows[index]?.labelValues[i]]), ...extra]);
        texts[index] = known;
      }
      return known;
    };
    const head = {
      name: metricName(key),
      type: TYPES[def.kind],
      unit: unitSuffix(def.unit),
      help: def.help,
      labels: textAt,
    };
    return def.kind === 'histogram'
      ? { ...head, shape: 'histogram', rows: rows as HistogramSeries[] }
      : { ...head, shape: 'number', rows: rows as NumberSeries[] };
  }

  #texts(key: OwnKey, rows: readonly Series[]): (string | undefined)[] {
    const known = this.#known.get(key);
    let texts = known?.texts ?? [];
    if (known !== undefined && !known.rows.every((row, i) => row === rows[i])) {
      // A gauge has vanished: what stood behind it has moved.
      const before = new Map(known.rows.map((row, i) => [row, known.texts[i]]));
      texts = rows.map(row => before.get(row));
    }
    this.#known.set(key, { rows, texts });
    return texts;
  }
}
