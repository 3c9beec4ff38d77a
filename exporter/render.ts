import type { Exemplar } from '../core/series.js';
import {
  type Family,
  type HistogramFamily,
  type HistogramRow,
  type NumberFamily,
  type NumberRow,
  openMetricsName,
  type SampleFamily,
} from './family.js';
import { escapeValue } from './label-text.js';
import { formatBound, formatValue } from './numbers.js';

/** `text` is the Prometheus format 0.0.4, `openmetrics` OpenMetrics 1.0. */
export type Format = 'text' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Longest label set of an exemplar, names and values together, in characters. */
const MAX_EXEMPLAR = 128;
/** Lines between two looks at the clock of whoever renders. */
export const LINES_PER_SLICE = 1000;

const tails = new WeakMap<readonly number[], { readonly first: readonly string[]; readonly next: readonly string[] }>();

/** What follows the labels of each bucket line, made once for a list of bounds: all series of a family share it. */
function bucketTails(bounds: readonly number[]) {
  let known = tails.get(bounds);
  if (known === undefined) {
    const first = [...bounds, Number.POSITIVE_INFINITY].map(bound => `le="${formatBound(bound)}"} `);
    known = { first, next: first.map(tail => `,${tail}`) };
    tails.set(bounds, known);
  }
  return known;
}

function helpText(help: string, format: Format): string {
  const text = help
    .toWellFormed()
    .replace(/[\u0000-\u0009\u000b-\u001f]/g, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n');
  return format === 'openmetrics' ? text.replaceAll('"', '\\"') : text;
}

function typeText(family: Family, format: Format): string {
  if (format === 'text') {
    if (family.type === 'unknown') return 'untyped';
    return family.type === 'info' ? 'gauge' : family.type;
  }
  // OpenMetrics wants `_total` on a counter's sample. A foreign counter without it keeps its name, so that both formats give one series.
  return family.type === 'counter' && !family.name.endsWith('_total') ? 'unknown' : family.type;
}

function header(family: Family, format: Format): string {
  const type = typeText(family, format);
  if (format === 'text')
    return `# HELP ${family.name} ${helpText(family.help, format)}\n# TYPE ${family.name} ${type}\n`;
  const name = openMetricsName(family);
  const unit = family.unit !== '' && name.endsWith(`_${family.unit}`) ? `# UNIT ${name} ${family.unit}\n` : '';
  return `# TYPE ${name} ${type}\n${unit}# HELP ${name} ${helpText(family.help, format)}\n`;
}

/** ` # {..} value seconds`, or nothing where the labels are longer than the format allows. */
function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const { traceId, spanId } = exemplar;
  if ('trace_id'.length + 'span_id'.length + traceId.length + spanId.length > MAX_EXEMPLAR) return '';
  const labels = `trace_id="${escapeValue(traceId)}",span_id="${escapeValue(spanId)}"`;
  return ` # {${labels}} ${formatValue(exemplar.value)} ${(exemplar.at / 1000).toFixed(3)}`;
}

function* numberLines(family: NumberFamily, format: Format, limit: number): Generator<string, string> {
  const { name } = family;
  const open = `${name}{`;
  const exemplars = format === 'openmetrics' && family.type === 'counter' && name.endsWith('_total');
  let out = '';
  let lines = 0;
  const { rows } = family;
  // By index: an iterator of entries makes an array a line.
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as NumberRow;
    const labels = family.labels(i);
    out += labels === '' ? `${name} ` : `${open}${labels}} `;
    out += formatValue(row.value);
    out += exemplars && row.exemplar !== undefined ? `${exemplarText(row.exemplar)}\n` : '\n';
    if (++lines === limit) {
      yield out;
      out = '';
      lines = 0;
    }
  }
  return out;
}

function* histogramLines(family: HistogramFamily, format: Format, limit: number): Generator<string, string> {
  const bucket = `${family.name}_bucket{`;
  const sum = `${family.name}_sum`;
  const count = `${family.name}_count`;
  let out = '';
  let lines = 0;
  const { rows } = family;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as HistogramRow;
    const labels = family.labels(at);
    const { bounds, counts } = row;
    const exemplars = format === 'openmetrics' ? row.exemplars : undefined;
    const ends = bucketTails(bounds);
    const end = labels === '' ? ends.first : ends.next;
    let total = 0;
    for (let i = 0; i <= bounds.length; i++) {
      total += counts[i] ?? 0;
      out += bucket + labels + end[i] + total;
      out += exemplars?.[i] === undefined ? '\n' : `${exemplarText(exemplars[i])}\n`;
    }
    const braces = labels === '' ? ' ' : `{${labels}} `;
    if (row.sum !== undefined) out += `${sum}${braces}${formatValue(row.sum)}\n`;
    // OpenMetrics has sum and count together or not at all.
    if (row.sum !== undefined || format === 'text') out += `${count}${braces}${total}\n`;
    lines += bounds.length + 3;
    if (lines >= limit) {
      yield out;
      out = '';
      lines = 0;
    }
  }
  return out;
}

function* sampleLines(family: SampleFamily, format: Format, limit: number): Generator<string, string> {
  let out = '';
  let lines = 0;
  for (const row of family.rows) {
    out += row.labels === '' ? `${row.name} ` : `${row.name}{${row.labels}} `;
    out += formatValue(row.value);
    const takesExemplar = row.name.endsWith('_bucket') || row.name.endsWith('_total');
    if (format === 'openmetrics' && row.exemplar !== undefined && takesExemplar) {
      const { labels, value, seconds } = row.exemplar;
      out += ` # {${labels}} ${formatValue(value)}${seconds === undefined ? '' : ` ${seconds.toFixed(3)}`}`;
    }
    out += '\n';
    if (++lines === limit) {
      yield out;
      out = '';
      lines = 0;
    }
  }
  return out;
}

function linesOf(family: Family, format: Format, limit: number): Generator<string, string> {
  switch (family.shape) {
    case 'number':
      return numberLines(family, format, limit);
    case 'histogram':
      return histogramLines(family, format, limit);
    case 'sample':
      return sampleLines(family, format, limit);
  }
}

/**
 * A snapshot as text, in pieces of about `limit` lines, so that a caller can let the event loop run between them. The pieces
 * joined are the whole answer. A series is read when its lines are written: its own lines always belong together.
 * @see Prometheus exposition formats (text 0.0.4) and the OpenMetrics specification 1.0
 */
export function* renderSlices(
  families: readonly Family[],
  format: Format,
  limit = LINES_PER_SLICE,
): Generator<string, void> {
  let small = '';
  for (const family of families) {
    if (family.rows.length === 0) continue;
    small += header(family, format);
    const lines = linesOf(family, format, limit);
    for (let next = lines.next(); ; next = lines.next()) {
      small += next.value;
      if (next.done === true) break;
      yield small;
      small = '';
    }
    // Small families share a piece: about as many characters as `limit` lines have.
    if (small.length > limit * 80) {
      yield small;
      small = '';
    }
  }
  if (format === 'openmetrics') small += '# EOF\n';
  if (small !== '') yield small;
}

/** A snapshot as one text. */
export function render(families: readonly Family[], format: Format): string {
  return [...renderSlices(families, format)].join('');
}
