import { DataPointType, type MetricData, type ResourceMetrics, type ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { prometheusName, sanitizeName, unitSuffix } from '../core/prometheus-names.js';
import { Labeller, type LabelMemory } from './attribute-labels.js';
import type { Family, FamilyType, HistogramRow, NumberRow } from './family.js';
import { type LabelPair, labelText } from './label-text.js';

/** What is left out of a scrape, and why; each is told once. */
export type DropReport = (name: string, reason: string) => void;

export interface OtelOptions {
  /** In front of each name, with an underscore; empty for none. */
  readonly prefix: string;
  /** Whether samples say which instrumentation scope they are from. */
  readonly scopeLabels: boolean;
}

interface Building {
  readonly name: string;
  readonly type: FamilyType;
  readonly unit: string;
  readonly help: string;
  readonly rows: (NumberRow | HistogramRow)[];
  /** The labels of each row. */
  readonly texts: string[];
  /** All of `texts`, once two of them could be the same; most families never need it. */
  seen: Set<string> | undefined;
}

/** Points that are put into words before the event loop gets a turn. */
const POINTS_PER_TURN = 500;

/** The attributes of a resource that `withResourceConstantLabels` picks, as labels. */
export function constantLabels(resource: ResourceMetrics['resource'], pattern: RegExp | undefined): LabelPair[] {
  if (pattern === undefined) return [];
  // `search` does not move the `lastIndex` of a pattern that is global.
  return Object.entries(resource.attributes).filter(([name]) => name.search(pattern) !== -1);
}

/** What the resource says about this process, as the family `target_info`. */
export function targetInfo(resource: ResourceMetrics['resource']): Family {
  const text = labelText(Object.entries(resource.attributes));
  return {
    shape: 'number',
    name: 'target_info',
    type: 'info',
    unit: '',
    help: 'Target metadata',
    rows: [{ value: 1 }],
    labels: () => text,
  };
}

function familyType(metric: MetricData): FamilyType | undefined {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
      return metric.isMonotonic ? 'counter' : 'gauge';
    case DataPointType.GAUGE:
      return 'gauge';
    case DataPointType.HISTOGRAM:
      return 'histogram';
    default:
      return undefined;
  }
}

function scopePairs(scope: ScopeMetrics['scope']): LabelPair[] {
  const pairs: LabelPair[] = [['otel_scope_name', scope.name]];
  if (scope.version) pairs.push(['otel_scope_version', scope.version]);
  if (scope.schemaUrl) pairs.push(['otel_scope_schema_url', scope.schemaUrl]);
  return pairs;
}

interface SdkHistogram {
  readonly buckets: { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
  readonly sum?: number;
}

function histogramRow({ buckets, sum }: SdkHistogram): HistogramRow {
  // Some aggregators list +Inf among the bounds; the writer adds it by itself.
  const last = buckets.boundaries.length - 1;
  if (buckets.boundaries[last] !== Number.POSITIVE_INFINITY)
    return { bounds: buckets.boundaries, counts: buckets.counts, sum };
  const counts = buckets.counts.slice(0, last);
  counts.push((buckets.counts[last] ?? 0) + (buckets.counts[last + 1] ?? 0));
  return { bounds: buckets.boundaries.slice(0, last), counts, sum };
}

const scopeKey = (scope: ScopeMetrics['scope']): string =>
  `${scope.name}\0${scope.version ?? ''}\0${scope.schemaUrl ?? ''}`;

function byScope(a: ScopeMetrics, b: ScopeMetrics): number {
  const [left, right] = [scopeKey(a.scope), scopeKey(b.scope)];
  return left === right ? 0 : left < right ? -1 : 1;
}

/**
 * What OpenTelemetry collected, as families: one block a name, also where two scopes use it. A name with two types keeps the
 * first, a series that is there already is left out, and what no text format can say (exponential histograms) is reported.
 * @param memory what the last scrape put into words; one for each endpoint
 */
export async function otelFamilies(
  scopes: readonly ScopeMetrics[],
  constant: readonly LabelPair[],
  options: OtelOptions,
  memory: LabelMemory,
  drop: DropReport,
  pause: () => Promise<void>,
): Promise<Family[]> {
  const families = new Map<string, Building>();
  const pass = memory.begin();
  let points = 0;
  for (const { scope, metrics } of [...scopes].sort(byScope)) {
    const labeller = new Labeller([...(options.scopeLabels ? scopePairs(scope) : []), ...constant]);
    for (const metric of metrics) {
      const family = familyFor(families, metric, options.prefix, drop);
      if (family === undefined) continue;
      const alone = family.rows.length === 0;
      const label = pass.labels(`${scopeKey(scope)}\0${metric.descriptor.name}`, labeller);
      for (const point of metric.dataPoints) {
        const { text, exact } = label(point.attributes);
        addPoint(family, point.value, text, alone && exact, drop);
        if (++points % POINTS_PER_TURN === 0) await pause();
      }
    }
  }
  pass.end();
  return [...families.values()].map(finish);
}

function familyFor(
  families: Map<string, Building>,
  metric: MetricData,
  prefix: string,
  drop: DropReport,
): Building | undefined {
  const { descriptor } = metric;
  const type = familyType(metric);
  const given = prefix === '' ? descriptor.name : `${sanitizeName(prefix)}_${descriptor.name}`;
  const name = prometheusName(given, descriptor.unit, type === 'counter');
  if (type === undefined) {
    drop(name, 'an exponential histogram, which the text formats cannot say');
    return undefined;
  }
  const known = families.get(name);
  if (known !== undefined && known.type !== type) {
    drop(name, `is a ${known.type} and a ${type}; only the first is shown`);
    return undefined;
  }
  if (known !== undefined) return known;
  const family: Building = {
    name,
    type,
    unit: unitSuffix(descriptor.unit),
    help: descriptor.description || descriptor.name,
    rows: [],
    texts: [],
    seen: undefined,
  };
  families.set(name, family);
  return family;
}

/** @param distinct the text cannot be that of another point of this family */
function addPoint(family: Building, value: unknown, text: string, distinct: boolean, drop: DropReport): void {
  if (!distinct) family.seen ??= new Set(family.texts);
  if (family.seen?.has(text)) {
    drop(family.name, 'has one series twice; only the first is shown');
    return;
  }
  if (family.type === 'counter' && Number.isNaN(value)) {
    drop(family.name, 'is a counter that became NaN');
    return;
  }
  const row = family.type === 'histogram' ? histogramRow(value as SdkHistogram) : { value: value as number };
  family.seen?.add(text);
  family.rows.push(row);
  family.texts.push(text);
}

function finish({ name, type, unit, help, rows, texts }: Building): Family {
  const head = { name, type, unit, help, labels: (index: number) => texts[index] ?? '' };
  return type === 'histogram'
    ? { ...head, shape: 'histogram', rows: rows as HistogramRow[] }
    : { ...head, shape: 'number', rows: rows as NumberRow[] };
}
