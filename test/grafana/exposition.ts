import { METRIC_KEYS, type MetricKey, metricDef } from '../../core/catalog.js';
import { closedValues, type LabelName } from '../../core/labels.js';
import { labelName, metricName } from '../../core/prometheus-names.js';

/** Values that series of the pretended app have; every other label has its first allowed value, or its own name as value. */
const VALUES: { readonly [L in LabelName]?: readonly string[] } = {
  provider: ['openai', 'anthropic'],
  model: ['m-small', 'm-large'],
  operation: ['chat'],
  outcome: ['ok', 'error'],
  class: ['output', 'input_uncached'],
  evaluator: ['pii', 'refusal'],
  measure: ['accuracy'],
  window: ['500'],
  average: [''],
  feature: ['output_tokens', 'duration'],
};

function valuesOf(key: MetricKey, label: LabelName): readonly string[] {
  if (label === 'model' && key.startsWith('truthWindow')) return ['all', 'm-small', 'm-large'];
  if (label === 'class' && key.startsWith('truthWindow')) return [''];
  return VALUES[label] ?? [closedValues(label)?.[0] ?? label];
}

/** Every combination of the values of some labels. */
function combinations(key: MetricKey, labels: readonly LabelName[]): Record<string, string>[] {
  return labels.reduce<Record<string, string>[]>(
    (all, label) => all.flatMap(one => valuesOf(key, label).map(value => ({ ...one, [labelName(key, label)]: value }))),
    [{}],
  );
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const inside = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
  return `${name}${inside.length === 0 ? '' : `{${inside.join(',')}}`} ${value}`;
}

/**
 * What an app with every metric of the catalogue says after some seconds of traffic, in Prometheus' text format. Counters and
 * histograms only grow, gauges stay within 0..1.
 */
export function exposition(elapsed: number): string {
  const out: string[] = [];
  for (const key of METRIC_KEYS) {
    const { kind, labels, help, buckets = [] } = metricDef(key);
    const name = metricName(key);
    out.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind === 'updown' ? 'gauge' : kind}`);
    for (const [index, set] of combinations(key, labels).entries()) {
      const count = Math.floor((10 + elapsed * 5) / (1 + index));
      if (kind === 'counter') out.push(line(name, set, count));
      else if (kind !== 'histogram')
        out.push(line(name, set, Number((0.8 + 0.1 * Math.sin(elapsed + index)).toFixed(3))));
      else {
        for (const [i, bound] of buckets.entries()) {
          const share = (i + 1) / (buckets.length + 1);
          out.push(line(`${name}_bucket`, { ...set, le: String(bound) }, Math.floor(count * share)));
        }
        out.push(line(`${name}_bucket`, { ...set, le: '+Inf' }, count));
        out.push(line(`${name}_sum`, set, count * 0.5), line(`${name}_count`, set, count));
      }
    }
  }
  return `${out.join('\n')}\n`;
}
