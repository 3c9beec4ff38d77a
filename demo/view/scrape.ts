import type { MetricKey } from '../../core/catalog.js';
import type { LabelName } from '../../core/labels.js';
import { labelName, metricName } from '../../core/prometheus-names.js';
import { parseExposition, type Sample } from './exposition.js';

type Where = { readonly [L in LabelName]?: string };

/** One reading of a `/metrics` page, asked by the catalogue's own names. */
export class Scrape {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly #samples = new Map<string, Sample[]>();

  constructor(text: string, at: number) {
    this.at = at;
    for (const sample of parseExposition(text)) {
      const same = this.#samples.get(sample.name);
      if (same === undefined) this.#samples.set(sample.name, [sample]);
      else same.push(sample);
    }
  }

  /** Samples of a counter or gauge that carry the given labels. */
  find(metric: MetricKey, where: Where = {}, suffix = ''): readonly Sample[] {
    const wanted = Object.entries(where).map(([label, value]) => [labelName(metric, label as LabelName), value]);
    const all = this.#samples.get(`${metricName(metric)}${suffix}`) ?? [];
    return all.filter(({ labels }) => wanted.every(([label, value]) => labels[label as string] === value));
  }

  /** Their sum, 0 where there is none. */
  sum(metric: MetricKey, where: Where = {}, suffix = ''): number {
    return this.find(metric, where, suffix).reduce((sum, sample) => sum + sample.value, 0);
  }

  /** The value of a gauge; undefined where it is absent, which is not 0. */
  gauge(metric: MetricKey, where: Where = {}): number | undefined {
    return this.find(metric, where)[0]?.value;
  }

  /** Sums by the value of a label, the largest first. */
  by(metric: MetricKey, label: LabelName, where: Where = {}): readonly (readonly [string, number])[] {
    const sums = new Map<string, number>();
    for (const { labels, value } of this.find(metric, where)) {
      const key = labels[labelName(metric, label)] ?? '';
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
    return [...sums].sort((a, b) => b[1] - a[1]);
  }

  /** Cumulative counts of a histogram by upper bound, ascending, all its series together. */
  buckets(metric: MetricKey): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    for (const { labels, value } of this.find(metric, {}, '_bucket')) {
      const bound = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']);
      counts.set(bound, (counts.get(bound) ?? 0) + value);
    }
    return new Map([...counts].sort((a, b) => a[0] - b[0]));
  }
}

/**
 * A quantile of what a histogram took in between two scrapes, linear within its bucket as PromQL's `histogram_quantile` has it.
 * @returns undefined where nothing came in; the largest finite bound where the quantile lies beyond it
 */
export function quantileBetween(before: Scrape, now: Scrape, metric: MetricKey, q: number): number | undefined {
  const earlier = before.buckets(metric);
  const counts = [...now.buckets(metric)].map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)] as const);
  const total = counts.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  const rank = q * total;
  let below = 0;
  let low = 0;
  for (const [bound, count] of counts) {
    if (count >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return low;
      return count === below ? bound : low + ((bound - low) * (rank - below)) / (count - below);
    }
    below = count;
    low = bound;
  }
  return low;
}
