import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptsGzip, pickFormat } from '../../exporter/negotiate.js';

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

test('the format follows the Accept header', () => {
  for (const [accept, format] of [
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
    ['application/json', 'text'],
    [PROMETHEUS_2, 'openmetrics'],
    [PROMETHEUS_3, 'openmetrics'],
    ['application/openmetrics-text', 'openmetrics'],
    ['Application/OpenMetrics-Text; Version="1.0.0"', 'openmetrics'],
    ['application/openmetrics-text;version=0.0.1', 'text'],
    ['application/openmetrics-text;q=0.3,text/plain;q=0.5', 'text'],
    ['application/openmetrics-text;q=0.5,text/plain;q=0.5', 'openmetrics'],
    ['application/openmetrics-text;q=0', 'text'],
    ['application/openmetrics-text;q=many', 'text'],
    ['application/openmetrics-text;q=2', 'text'],
    ['text/plain;q=0,application/openmetrics-text;q=0.1,*/*', 'openmetrics'],
    [';;;,,,=', 'text'],
  ] as const) {
    assert.equal(pickFormat(accept), format, String(accept));
  }
});

test('gzip only where it is taken', () => {
  for (const [header, takes] of [
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['GZIP', true],
    ['br, gzip;q=0.5', true],
    ['gzip;q=0', false],
    ['gzip;q=0.0', false],
    ['*', true],
    ['gzip;q=0, *;q=1', false],
    ['identity', false],
    ['br', false],
  ] as const) {
    assert.equal(acceptsGzip(header), takes, String(header));
  }
});
