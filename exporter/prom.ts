import { sanitizeName } from '../core/prometheus-names.js';
import type { Family, FamilyType, SampleRow } from './family.js';
import { cleanLabelName, escapeValue, valueText } from './label-text.js';
import { formatBound } from './numbers.js';

/** The one method of a prom-client `Registry` that is used, so that any copy and version of it fits. */
export interface PromRegistry {
  getMetricsAsJSON(): Promise<readonly object[]>;
}

/** The parts of a metric of prom-client that are read. All are checked: a registry may hold hand-made metrics. */
interface PromMetric {
  readonly name?: unknown;
  readonly help?: unknown;
  readonly type?: unknown;
  readonly values?: readonly PromValue[];
}
interface PromValue {
  readonly metricName?: unknown;
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly value?: unknown;
  readonly exemplar?: PromExemplar | null;
}
interface PromExemplar {
  readonly labelSet?: Readonly<Record<string, unknown>>;
  readonly value?: unknown;
  readonly timestamp?: unknown;
}

const TYPES: ReadonlySet<unknown> = new Set(['counter', 'gauge', 'histogram', 'summary']);
const LEGAL_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const MAX_EXEMPLAR = 128;

function pairText(labels: Readonly<Record<string, unknown>>, reserved: string | undefined): string {
  let out = '';
  for (const [name, value] of Object.entries(labels)) {
    const isBound = name === reserved;
    const clean = isBound ? name : cleanLabelName(name);
    const bound = isBound && value !== '+Inf' ? Number(value) : Number.NaN;
    const text = Number.isNaN(bound) ? escapeValue(valueText(value)) : formatBound(bound);
    out += `${out === '' ? '' : ','}${clean}="${text}"`;
  }
  return out;
}

function exemplarOf(given: PromExemplar | null | undefined): SampleRow['exemplar'] {
  if (given?.labelSet === undefined || typeof given.value !== 'number') return undefined;
  const length = Object.entries(given.labelSet).reduce(
    (n, [name, value]) => n + name.length + valueText(value).length,
    0,
  );
  if (length > MAX_EXEMPLAR) return undefined;
  const seconds = typeof given.timestamp === 'number' ? given.timestamp : undefined;
  return { labels: pairText(given.labelSet, undefined), value: given.value, seconds };
}

function sampleOf(given: PromValue, name: string, reserved: string | undefined): SampleRow | undefined {
  const sample = given.metricName ?? name;
  if (typeof sample !== 'string' || !sample.startsWith(name) || !LEGAL_NAME.test(sample)) return undefined;
  if (typeof given.value !== 'number') return undefined;
  const exemplar = exemplarOf(given.exemplar);
  return {
    name: sample,
    labels: pairText(given.labels ?? {}, reserved),
    value: given.value,
    ...(exemplar === undefined ? {} : { exemplar }),
  };
}

function familyOf(metric: PromMetric): Family | undefined {
  if (typeof metric.name !== 'string') return undefined;
  const name = LEGAL_NAME.test(metric.name) ? metric.name : sanitizeName(metric.name);
  const type = (TYPES.has(metric.type) ? metric.type : 'unknown') as FamilyType;
  const reserved = type === 'histogram' ? 'le' : type === 'summary' ? 'quantile' : undefined;
  const rows: SampleRow[] = [];
  const seen = new Set<string>();
  for (const value of metric.values ?? []) {
    const row = sampleOf(value, name, reserved);
    const key = row === undefined ? '' : `${row.name}{${row.labels}`;
    if (row === undefined || seen.has(key)) continue;
    seen.add(key);
    rows.push(row);
  }
  return {
    shape: 'sample',
    name,
    type,
    unit: '',
    help: typeof metric.help === 'string' ? metric.help : name,
    rows,
  };
}

/**
 * What a prom-client registry holds, as families. Never its own text: one writer means one set of names, one `# EOF` and one
 * check for clashes.
 * @param skip names that are left out
 */
export async function promFamilies(
  metrics: readonly object[],
  skip: ReadonlySet<string>,
  pause: () => Promise<void>,
): Promise<Family[]> {
  const out: Family[] = [];
  let samples = 0;
  for (const metric of metrics) {
    const family = familyOf(metric as PromMetric);
    if (family === undefined || skip.has(family.name)) continue;
    out.push(family);
    samples += family.rows.length;
    if (samples > 1000) {
      samples = 0;
      await pause();
    }
  }
  return out;
}
