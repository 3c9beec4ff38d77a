import { METRICS, type MetricDef, type MetricKey } from './catalog.js';
import { LABELS, type LabelDef, type LabelName } from './labels.js';

const UNIT_WORDS: Readonly<Record<string, string>> = {
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  min: 'minutes',
  h: 'hours',
  d: 'days',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  kBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '%': 'percent',
};

/** After a slash the unit is one of them. */
const PER_WORDS: Readonly<Record<string, string>> = { s: 'second', min: 'minute', h: 'hour', d: 'day', m: 'meter' };

/**
 * A name as the legacy Prometheus character set has it: letters, digits and underscores, no run of underscores, no digit first.
 * @see opentelemetry-specification, compatibility/prometheus_and_openmetrics.md
 */
export function sanitizeName(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_]/g, '_').replace(/_{2,}/g, '_');
  return /^[0-9]/.test(clean) ? `_${clean}` : clean === '' ? '_' : clean;
}

/** The word that a UCUM unit adds to a name: `s` is `seconds`, an annotation such as `{token}` adds nothing. */
export function unitSuffix(unit: string): string {
  const bare = unit.replace(/\{[^{}]*\}/g, '');
  if (bare === '' || bare === '1') return '';
  const [top = '', per] = bare.split('/', 2);
  const word = (u: string): string => UNIT_WORDS[u] ?? sanitizeName(u).replace(/^_|_$/g, '');
  return per === undefined
    ? word(top)
    : [word(top), 'per', PER_WORDS[per] ?? word(per)].filter(part => part !== '').join('_');
}

/** Name of a metric in Prometheus without the suffixes of its samples: a counter ends in `_total`, a known unit comes before it. */
export function prometheusName(name: string, unit: string, monotonic: boolean): string {
  let out = sanitizeName(name);
  const suffix = unitSuffix(unit);
  if (monotonic && out.endsWith('_total')) out = out.slice(0, -'_total'.length);
  if (suffix !== '' && !out.endsWith(`_${suffix}`) && out !== suffix) out = `${out}_${suffix}`;
  return monotonic ? `${out}_total` : out;
}

/** Name of one of our metrics in Prometheus. */
export function metricName(key: MetricKey): string {
  const def: MetricDef = METRICS[key];
  return prometheusName(def.name, def.unit, def.kind === 'counter');
}

/** Name in Prometheus of a logical label on a metric: the conventions' own on `gen_ai.*`, ours elsewhere. */
export function labelName(key: MetricKey, label: LabelName): string {
  const def: LabelDef = LABELS[label];
  return METRICS[key] && 'convention' in METRICS[key] && def.convention !== undefined
    ? sanitizeName(def.convention)
    : label;
}
