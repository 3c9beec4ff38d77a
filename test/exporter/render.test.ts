import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../../core/random.js';
import type { Exemplar } from '../../core/series.js';
import type { Family, FamilyType } from '../../exporter/family.js';
import { labelText } from '../../exporter/label-text.js';
import { formatBound } from '../../exporter/numbers.js';
import { type Format, render, renderSlices } from '../../exporter/render.js';
import { parseExposition } from './exposition-parser.js';

const FORMATS: readonly Format[] = ['text', 'openmetrics'];
const EXEMPLAR: Exemplar = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), value: 0.5, at: 1_700_000_000_123 };
const EXEMPLAR_TEXT = ` # {trace_id="${'ab'.repeat(16)}",span_id="${'cd'.repeat(8)}"} 0.5 1700000000.123`;

function numberFamily(
  type: FamilyType,
  name: string,
  over: Partial<Extract<Family, { shape: 'number' }>> = {},
): Family {
  return { shape: 'number', type, name, unit: '', help: 'H', rows: [{ value: 1 }], labels: () => 'a="b"', ...over };
}

const HISTOGRAM: Family = {
  shape: 'histogram',
  type: 'histogram',
  name: 'h_seconds',
  unit: 'seconds',
  help: 'H',
  rows: [{ bounds: [0.5, 1], counts: [2, 0, 1], sum: 3.5, exemplars: [EXEMPLAR, undefined, undefined] }],
  labels: () => 'a="b"',
};

const CASES: readonly (readonly [string, Family, string, string])[] = [
  [
    'a counter: suffix on the sample only, exemplar in OpenMetrics only',
    numberFamily('counter', 'c_seconds_total', { unit: 'seconds', rows: [{ value: 2, exemplar: EXEMPLAR }] }),
    '# HELP c_seconds_total H\n# TYPE c_seconds_total counter\nc_seconds_total{a="b"} 2\n',
    `# TYPE c_seconds counter\n# UNIT c_seconds seconds\n# HELP c_seconds H\nc_seconds_total{a="b"} 2${EXEMPLAR_TEXT}\n# EOF\n`,
  ],
  [
    'a gauge has no exemplar in any format',
    numberFamily('gauge', 'g', { rows: [{ value: Number.NaN, exemplar: EXEMPLAR }] }),
    '# HELP g H\n# TYPE g gauge\ng{a="b"} NaN\n',
    '# TYPE g gauge\n# HELP g H\ng{a="b"} NaN\n# EOF\n',
  ],
  [
    'no labels, no braces; a unit that is not in the name is not told',
    numberFamily('gauge', 'g', { labels: () => '', unit: 'seconds', rows: [{ value: Number.NEGATIVE_INFINITY }] }),
    '# HELP g H\n# TYPE g gauge\ng -Inf\n',
    '# TYPE g gauge\n# HELP g H\ng -Inf\n# EOF\n',
  ],
  [
    'a counter of somebody else without the suffix keeps its name',
    numberFamily('counter', 'odd'),
    '# HELP odd H\n# TYPE odd counter\nodd{a="b"} 1\n',
    '# TYPE odd unknown\n# HELP odd H\nodd{a="b"} 1\n# EOF\n',
  ],
  [
    'unknown and info have older words',
    numberFamily('info', 'target_info'),
    '# HELP target_info H\n# TYPE target_info gauge\ntarget_info{a="b"} 1\n',
    '# TYPE target info\n# HELP target H\ntarget_info{a="b"} 1\n# EOF\n',
  ],
  [
    'help text is one line; only OpenMetrics escapes quotes',
    numberFamily('unknown', 'u', { help: 'a\\b\n"c"\r\u0000' }),
    '# HELP u a\\\\b\\n"c"  \n# TYPE u untyped\nu{a="b"} 1\n',
    '# TYPE u unknown\n# HELP u a\\\\b\\n\\"c\\"  \nu{a="b"} 1\n# EOF\n',
  ],
  [
    'an exemplar that is too long is left out',
    numberFamily('counter', 'c_total', { rows: [{ value: 1, exemplar: { ...EXEMPLAR, spanId: 'x'.repeat(90) } }] }),
    '# HELP c_total H\n# TYPE c_total counter\nc_total{a="b"} 1\n',
    '# TYPE c counter\n# HELP c H\nc_total{a="b"} 1\n# EOF\n',
  ],
  [
    'a histogram: cumulative buckets in canonical bounds, +Inf is the count',
    HISTOGRAM,
    '# HELP h_seconds H\n# TYPE h_seconds histogram\nh_seconds_bucket{a="b",le="0.5"} 2\nh_seconds_bucket{a="b",le="1.0"} 2\n' +
      'h_seconds_bucket{a="b",le="+Inf"} 3\nh_seconds_sum{a="b"} 3.5\nh_seconds_count{a="b"} 3\n',
    `# TYPE h_seconds histogram\n# UNIT h_seconds seconds\n# HELP h_seconds H\nh_seconds_bucket{a="b",le="0.5"} 2${EXEMPLAR_TEXT}\n` +
      'h_seconds_bucket{a="b",le="1.0"} 2\nh_seconds_bucket{a="b",le="+Inf"} 3\nh_seconds_sum{a="b"} 3.5\nh_seconds_count{a="b"} 3\n# EOF\n',
  ],
  [
    'a histogram without a sum: OpenMetrics has both or neither',
    { ...HISTOGRAM, rows: [{ bounds: [], counts: [3], sum: undefined }], labels: () => '' } as Family,
    '# HELP h_seconds H\n# TYPE h_seconds histogram\nh_seconds_bucket{le="+Inf"} 3\nh_seconds_count 3\n',
    '# TYPE h_seconds histogram\n# UNIT h_seconds seconds\n# HELP h_seconds H\nh_seconds_bucket{le="+Inf"} 3\n# EOF\n',
  ],
  ['a family without samples is not there', numberFamily('gauge', 'g', { rows: [] }), '', '# EOF\n'],
];

for (const [name, family, text, openMetrics] of CASES) {
  test(name, () => {
    assert.equal(render([family], 'text'), text);
    assert.equal(render([family], 'openmetrics'), openMetrics);
  });
}

test('rendering changes nothing: twice the same, in either order', () => {
  const families = CASES.map(([, family]) => family);
  const first = render(families, 'text');
  render(families, 'openmetrics');
  assert.equal(render(families, 'text'), first);
});

const NASTY = ['', 'x', 'a"b', 'back\\slash', 'new\nline', '\ud800', '😀', '{a="b"} 1', '# EOF', 'é', ' ', ','];
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const NUMBERS = [0, 1, 0.1, 1e-9, 1e21, 123456789, Number.POSITIVE_INFINITY];

interface Expected {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A snapshot at random, and every sample that its text must hold. */
function randomSnapshot(random: Random): { families: Family[]; samples: Expected[] } {
  const families: Family[] = [];
  const samples: Expected[] = [];
  const count = Math.floor(random() * 5);
  for (let f = 0; f < count; f++) {
    const labels = Array.from({ length: Math.floor(random() * 4) }, (_, i) => ({
      n: String(i),
      nasty: pick(random, NASTY),
    }));
    const texts = labels.map(set => labelText(Object.entries(set)));
    const clean = labels.map(set => ({ n: set.n, nasty: set.nasty.toWellFormed() }));
    const help = pick(random, NASTY);
    if (random() < 0.5) {
      const bounds = [0.005, 1, 1048576].slice(0, Math.floor(random() * 4));
      const rows = labels.map(() => ({
        bounds,
        counts: Array.from({ length: bounds.length + 1 }, () => Math.floor(random() * 9)),
        sum: pick(random, NUMBERS),
        exemplars: [EXEMPLAR],
      }));
      const name = `h${f}`;
      families.push({ shape: 'histogram', type: 'histogram', name, unit: '', help, rows, labels: i => texts[i] ?? '' });
      for (const [i, row] of rows.entries()) {
        let total = 0;
        for (const [b, n] of row.counts.entries()) {
          total += n;
          const le = formatBound(bounds[b] ?? Number.POSITIVE_INFINITY);
          samples.push({ name: `${name}_bucket`, labels: { ...clean[i], le }, value: total });
        }
        samples.push({ name: `${name}_sum`, labels: { ...clean[i] }, value: row.sum });
        samples.push({ name: `${name}_count`, labels: { ...clean[i] }, value: total });
      }
    } else {
      const type = random() < 0.5 ? 'counter' : 'gauge';
      const name = type === 'counter' ? `c${f}_total` : `g${f}`;
      const rows = labels.map(() => ({ value: pick(random, NUMBERS), exemplar: EXEMPLAR }));
      families.push({ shape: 'number', type, name, unit: '', help, rows, labels: i => texts[i] ?? '' });
      for (const [i, row] of rows.entries()) samples.push({ name, labels: { ...clean[i] }, value: row.value });
    }
  }
  return { families, samples };
}

for (const format of FORMATS) {
  test(`${format}: what is rendered reads back as the snapshot, whole or in slices of any size`, () => {
    const random = createRandom(20261124);
    for (let round = 0; round < 300; round++) {
      const { families, samples } = randomSnapshot(random);
      const text = render(families, format);
      if (text === '') continue;
      const read = parseExposition(text, format === 'openmetrics').flatMap(family => family.samples);
      const plain = read.map(({ name, labels, value }) => ({ name, labels, value }));
      assert.deepEqual(plain, samples);
      const exemplars = read.filter(one => one.exemplar !== undefined);
      if (format === 'text') assert.equal(exemplars.length, 0);
      for (const one of exemplars) assert.match(one.name, /_(?:bucket|total)$/);
      assert.equal([...renderSlices(families, format, 1 + (round % 7))].join(''), text);
    }
  });
}

test('a large family comes in slices, and the lines of one histogram series stay together', () => {
  const rows = Array.from({ length: 1000 }, () => ({ bounds: [1, 2, 3], counts: [1, 1, 1, 1], sum: 1 }));
  const family: Family = { ...HISTOGRAM, rows, labels: i => `i="${i}"` } as Family;
  const slices = [...renderSlices([family], 'text', 100)];
  assert.ok(slices.length >= 50);
  for (const slice of slices) {
    assert.ok(slice.split('\n').length < 120);
    assert.match(slice, /_count\{i="\d+"\} 4\n$/);
  }
});
