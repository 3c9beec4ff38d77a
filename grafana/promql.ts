import {
  type ConventionKey,
  type CounterKey,
  type GaugeKey,
  type HistogramKey,
  type METRICS,
  type MetricKey,
  metricDef,
  type UpDownKey,
} from '../core/catalog.js';
import type { LabelName, LabelValue } from '../core/labels.js';
import { labelName, metricName } from '../core/prometheus-names.js';
import type { Duration } from './options.js';

/** An expression of PromQL with how tightly its outermost operator binds, so that parentheses stand only where they are needed. */
export interface Query {
  readonly text: string;
  readonly binds: number;
}

/** How a label must be: equal to a text, or as an operator says. `raw` is not escaped: it holds a variable of Grafana. */
export type Matcher<V extends string = string> =
  | V
  | { readonly op: '=' | '!=' | '=~' | '!~'; readonly value: string; readonly raw?: boolean };

type KeyLabels<K extends MetricKey> = (typeof METRICS)[K]['labels'][number];
export type Where<K extends MetricKey> = { readonly [L in KeyLabels<K>]?: Matcher<LabelValue<L>> };
/** Labels that Prometheus itself adds to everything it scrapes. */
export type TargetLabel = 'job' | 'instance';
/** Labels of a metric by their logical names; the result carries them under these names, whichever metric they are from. */
export type By<K extends MetricKey> = readonly (KeyLabels<K> | TargetLabel)[];

export type AnyHistogramKey = HistogramKey | ConventionKey;
/** What only grows: a counter, or the number of observations of a histogram. */
export type CountingKey = CounterKey | AnyHistogramKey;
/** A range of time: fixed, or one that Grafana fills in. */
export type Window = Duration | '$__rate_interval' | '$__range' | '$__interval';

/** What every selector of a set of queries also matches: the job always, a logical label on each metric that has it. */
export interface Scope {
  readonly job: Matcher;
  readonly labels?: { readonly [L in LabelName]?: Matcher };
}

const BINDS = { or: 0, and: 1, unless: 1, compare: 2, add: 3, multiply: 4, atom: 6 } as const;
/** Longer expressions are broken at their set operators. */
const WIDE = 100;

const atom = (text: string): Query => ({ text, binds: BINDS.atom });
const inside = (query: Query, binds: number): string => (query.binds < binds ? `(${query.text})` : query.text);

/** A label value between quotes, whatever it holds. */
export function quote(value: string): string {
  return `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}

/** A matcher for everything but a value. */
export const not = (value: string): Matcher<never> => ({ op: '!=', value });
/** A matcher for one of several values. */
export const oneOf = (...values: readonly string[]): Matcher<never> => ({
  op: '=~',
  value: values.map(value => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'),
});
/** A matcher for what is chosen in a variable of the dashboard; several values and All work. */
export const variable = (name: string): Matcher<never> => ({ op: '=~', value: `$${name}`, raw: true });

function matcher(label: string, match: Matcher): string {
  if (typeof match === 'string') return `${label}=${quote(match)}`;
  return `${label}${match.op}${match.raw === true ? `"${match.value}"` : quote(match.value)}`;
}

function selector(name: string, matchers: ReadonlyMap<string, Matcher>): string {
  const list = [...matchers].map(([label, match]) => matcher(label, match));
  return list.length === 0 ? name : `${name}{${list.join(', ')}}`;
}

/** The full text of one series, as tests of rules and scrapes name it. */
export function seriesText(name: string, labels: Readonly<Record<string, string>>): string {
  return selector(name, new Map(Object.entries(labels)));
}

/** The same with the logical labels of a metric under the names that they have on it. */
export function metricSeries<K extends MetricKey>(
  key: K,
  labels: { readonly [L in KeyLabels<K>]?: string } & Readonly<Record<TargetLabel, string>>,
  part: '' | 'bucket' | 'count' | 'sum' = '',
  le?: string,
): string {
  const named = Object.entries(labels as Record<string, string>).map(([label, value]) => [
    label === 'job' || label === 'instance' ? label : labelName(key, label as LabelName),
    value,
  ]);
  if (le !== undefined) named.push(['le', le]);
  return seriesText(part === '' ? metricName(key) : `${metricName(key)}_${part}`, Object.fromEntries(named));
}

function setOperator(word: 'and' | 'or' | 'unless', left: Query, right: Query, on?: readonly string[]): Query {
  const binds = BINDS[word];
  const a = inside(left, binds);
  const b = inside(right, binds + 1);
  const matching = on === undefined ? '' : ` on (${on.join(', ')})`;
  const gap = a.length + b.length > WIDE ? '\n' : ' ';
  return { text: `${a}${gap}${word}${matching} ${b}`, binds };
}

export const and = (left: Query, right: Query, on?: readonly string[]): Query => setOperator('and', left, right, on);
export const or = (left: Query, right: Query, on?: readonly string[]): Query => setOperator('or', left, right, on);
export const unless = (left: Query, right: Query, on?: readonly string[]): Query =>
  setOperator('unless', left, right, on);

export function compare(left: Query, op: '>' | '<' | '>=' | '<=' | '==' | '!=', right: number | Query): Query {
  const b = typeof right === 'number' ? String(right) : inside(right, BINDS.compare + 1);
  return { text: `${inside(left, BINDS.compare + 1)} ${op} ${b}`, binds: BINDS.compare };
}

export function times(left: Query, factor: number | Query): Query {
  const right = typeof factor === 'number' ? String(factor) : inside(factor, BINDS.multiply + 1);
  return { text: `${inside(left, BINDS.multiply)} * ${right}`, binds: BINDS.multiply };
}

export function plus(left: Query, right: Query): Query {
  return { text: `${inside(left, BINDS.add)} + ${inside(right, BINDS.add + 1)}`, binds: BINDS.add };
}

export function minus(left: Query | number, right: Query): Query {
  const a = typeof left === 'number' ? String(left) : inside(left, BINDS.add);
  const b = inside(right, BINDS.add + 1);
  return { text: `${a}${a.length + b.length > WIDE ? '\n' : ' '}- ${b}`, binds: BINDS.add };
}

/** The value, or `least` where it is below. */
export const atLeast = (query: Query, least: number): Query => atom(`clamp_min(${query.text}, ${least})`);

export function divide(left: Query, right: Query): Query {
  const [a, b] = [inside(left, BINDS.multiply), inside(right, BINDS.multiply + 1)];
  return { text: `${a}${a.length + b.length > WIDE ? '\n' : ' '}/ ${b}`, binds: BINDS.multiply };
}

/**
 * The share of a whole: 0 where the part has no series yet, nothing (not NaN) where the whole is 0. Both must carry the same
 * labels.
 */
export function share(part: Query, whole: Query): Query {
  return divide(or(part, times(whole, 0)), compare(whole, '>', 0));
}

export function aggregate(op: 'sum' | 'min' | 'max' | 'count', query: Query, by: readonly string[] = []): Query {
  return atom(`${op}${by.length === 0 ? ' ' : ` by (${by.join(', ')}) `}(${query.text})`);
}

/** Series without any label, for a condition that always holds. */
export const always: Query = atom('vector(1)');
/** 0 without any label, where nothing is to be seen as none. */
export const zero: Query = atom('vector(0)');

/** 1 where nothing matches. */
export const absent = (query: Query): Query => atom(`absent(${query.text})`);

/** Seconds since the moment that a gauge of the kind "when" names. */
export const since = (query: Query): Query => ({
  text: `time() - ${inside(query, BINDS.add + 1)}`,
  binds: BINDS.add,
});

/** A series that a recording rule writes, of one job. */
export const recorded = (name: string, job: string, where: Readonly<Record<string, Matcher>> = {}): Query =>
  atom(selector(name, new Map([['job', job as Matcher], ...Object.entries(where)])));

export interface Selection<K extends MetricKey> {
  readonly where?: Where<K>;
  readonly by?: By<K>;
}

/** Builders of queries over the catalogue, all within one scope. */
export interface Queries {
  /** A gauge as it is, for one of its labels' values or all. */
  gauge<K extends GaugeKey | UpDownKey>(key: K, where?: Where<K>): Query;
  /** A counter as it stands, since its process began: whether it is there rather than how much it says. */
  counter<K extends CounterKey>(key: K, where?: Where<K>): Query;
  /** Growth a second, summed. Needs two samples of a series, so its very first value is not seen. */
  rate<K extends CountingKey>(key: K, window: Window, selection?: Selection<K>): Query;
  /**
   * Growth within a window, summed, with the first value of a series that was born in it: a counter that appears at 1 has grown by
   * 1, which `increase()` alone does not see. Born is what was not there a window ago although its target was.
   */
  growth<K extends CountingKey>(key: K, window: Window, selection?: Selection<K>): Query;
  /**
   * Growth within a window, series by series, where all that was not there a window ago is new, also with a new target: for what is
   * asked of a series that says by itself that it is now.
   */
  grown<K extends CounterKey>(key: K, window: Window, where?: Where<K>): Query;
  /** A quantile of a histogram, interpolated within its buckets; nothing where nothing was observed is NaN, which no alert meets. */
  quantile<K extends AnyHistogramKey>(q: number, key: K, window: Window, selection?: Selection<K>): Query;
  /** Whether Prometheus reaches the targets of the job: 1 or 0. */
  up(): Query;
  /** Alerts that fire, as Prometheus records them. */
  firing(): Query;
  /** What a variable of a dashboard offers: the values of a label of our own metric, never of somebody else's. */
  values<K extends MetricKey>(key: K, label: KeyLabels<K> | TargetLabel): string;
}

/** Query builders for one scope. */
export function createQueries(scope: Scope): Queries {
  const select = (key: MetricKey, suffix: string, where: Readonly<Record<string, Matcher | undefined>>): string => {
    const matchers = new Map<string, Matcher>([['job', scope.job]]);
    for (const [label, match] of Object.entries({ ...scopeOf(key, scope), ...where })) {
      if (match !== undefined) matchers.set(labelName(key, label as LabelName), match);
    }
    return selector(metricName(key) + suffix, matchers);
  };
  const up = (): Query => atom(selector('up', new Map([['job', scope.job]])));

  return {
    up,
    gauge: (key, where = {}) => atom(select(key, '', where)),
    counter: (key, where = {}) => atom(select(key, '', where)),
    rate(key, window, { where = {}, by = [] } = {}) {
      const range = atom(`rate(${select(key, countSuffix(key), where)}[${window}])`);
      return summed(key, range, by);
    },
    growth(key, window, { where = {}, by = [] } = {}) {
      const series = select(key, countSuffix(key), where);
      const watched = compare(atom(`${up().text} offset ${window}`), '==', 1);
      const born = unless(and(atom(series), watched, ['job', 'instance']), atom(`${series} offset ${window}`));
      return summed(key, or(born, atom(`increase(${series}[${window}])`)), by);
    },
    grown(key, window, where = {}) {
      const series = select(key, '', where);
      return or(unless(atom(series), atom(`${series} offset ${window}`)), atom(`increase(${series}[${window}])`));
    },
    quantile(q, key, window, { where = {}, by = [] } = {}) {
      const range = atom(`rate(${select(key, '_bucket', where)}[${window}])`);
      return atom(`histogram_quantile(${q}, ${summed(key, range, by, ['le']).text})`);
    },
    firing: () =>
      atom(
        selector(
          'ALERTS',
          new Map<string, Matcher>([
            ['alertname', { op: '=~', value: 'LLM.+' }],
            ['alertstate', 'firing'],
            ['severity', not('none')],
            ['job', scope.job],
          ]),
        ),
      ),
    values: (key, label) =>
      `label_values(${select(key, '', {})}, ${label === 'job' || label === 'instance' ? label : labelName(key, label as LabelName)})`,
  };
}

/** What of the scope this metric can carry. */
function scopeOf(key: MetricKey, scope: Scope): Readonly<Record<string, Matcher | undefined>> {
  const labels: readonly string[] = metricDef(key).labels;
  return Object.fromEntries(Object.entries(scope.labels ?? {}).filter(([label]) => labels.includes(label)));
}

/** What of a metric counts: a histogram counts its observations. */
function countSuffix(key: CountingKey): string {
  return metricDef(key).kind === 'histogram' ? '_count' : '';
}

/** A sum by logical labels: where a metric names them otherwise, they are renamed first, so that results of all metrics join. */
function summed(key: MetricKey, query: Query, by: readonly string[], extra: readonly string[] = []): Query {
  let renamed = query;
  for (const label of by) {
    if (label === 'job' || label === 'instance') continue;
    const name = labelName(key, label as LabelName);
    if (name !== label) renamed = atom(`label_replace(${renamed.text}, "${label}", "$1", "${name}", "(.*)")`);
  }
  return aggregate('sum', renamed, [...extra, ...by]);
}
