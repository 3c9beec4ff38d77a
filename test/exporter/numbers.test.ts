import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRIC_KEYS, metricDef } from '../../core/catalog.js';
import { formatBound, formatValue } from '../../exporter/numbers.js';

test('a bound is written in the canonical form of OpenMetrics', () => {
  for (const [bound, text] of [
    [0, '0.0'],
    [-0, '0.0'],
    [1, '1.0'],
    [4, '4.0'],
    [0.01, '0.01'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [0.00003, '3e-05'],
    [1e-10, '1e-10'],
    [2.5, '2.5'],
    [-2.5, '-2.5'],
    [262144, '262144.0'],
    [999999, '999999.0'],
    [1000000, '1e+06'],
    [1048576, '1.048576e+06'],
    [67108864, '6.7108864e+07'],
    [1e100, '1e+100'],
    [Number.POSITIVE_INFINITY, '+Inf'],
  ] as const) {
    assert.equal(formatBound(bound), text);
  }
});

test('every bound of the catalogue reads back as the same number', () => {
  const bounds = METRIC_KEYS.flatMap(key => metricDef(key).buckets ?? []);
  assert.ok(bounds.length > 50);
  for (const bound of bounds) assert.equal(Number(formatBound(bound)), bound);
});

test('a value is written so that both formats read it', () => {
  for (const [value, text] of [
    [0, '0'],
    [12, '12'],
    [0.1 + 0.2, '0.30000000000000004'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ] as const) {
    assert.equal(formatValue(value), text);
  }
});
