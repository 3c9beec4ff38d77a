import { sanitizeName } from '../core/prometheus-names.js';

/** A label before it is written. */
export type LabelPair = readonly [name: string, value: unknown];

/** Labels that the format itself writes on histograms and summaries. */
const RESERVED: ReadonlySet<string> = new Set(['le', 'quantile']);

/**
 * A label name in the legacy character set. Names that would start with a digit or an underscore get `key` in front (the
 * latter are reserved); `le` and `quantile`, which belong to the format, become `exported_le` and `exported_quantile`.
 * @see prometheus/otlptranslator, which names labels alike
 */
export function cleanLabelName(name: string): string {
  const clean = sanitizeName(name);
  if (RESERVED.has(clean)) return `exported_${clean}`;
  return clean.startsWith('_') ? `key${clean}` : clean;
}

/** A label value inside its quotes: backslash, quote and line feed escaped, well-formed, without NUL (it ends a line for some parsers). */
export function escapeValue(value: string): string {
  if (!/[\u0000\\"\n\ud800-\udfff]/.test(value)) return value;
  return value
    .toWellFormed()
    .replaceAll('\u0000', '\ufffd')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
}

/** A value of an attribute as a label value: strings as they are, anything else as JSON, nothing as the empty string. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

/**
 * Labels as they stand between the braces, in the order given. Two names that become the same are one label whose values are
 * joined by `;` in the order of the original names, as OpenTelemetry's compatibility specification has it.
 */
export function labelText(pairs: readonly LabelPair[]): string {
  const byName = new Map<string, { readonly key: string; readonly value: string }[]>();
  for (const [key, value] of pairs) {
    const name = cleanLabelName(key);
    const entry = { key, value: valueText(value) };
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [entry]);
    else if (!known.some(other => other.key === key && other.value === entry.value)) known.push(entry);
  }
  // Joined, not added up: a text that is kept must be flat, or each scrape would walk its pieces again (measured 4 times slower).
  const parts: string[] = [];
  for (const [name, entries] of byName) {
    const value =
      entries.length === 1
        ? (entries[0]?.value ?? '')
        : entries
            .sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1))
            .map(entry => entry.value)
            .join(';');
    parts.push(`${name}="${escapeValue(value)}"`);
  }
  return parts.join(',');
}
