import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExporterConfig, PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { IMetricReader } from '@opentelemetry/sdk-metrics';
import type { Registry } from 'prom-client';
import { createWiring } from '../../core/wiring.js';
import { MonitorExporter, type MonitorExporterOptions, type PromRegistry } from '../../exporter/index.js';

type Extends<A, B> = A extends B ? true : false;
const yes = <_T extends true>(): void => {};

test('the types say what takes the place of what', () => {
  yes<Extends<ExporterConfig, MonitorExporterOptions>>();
  yes<Extends<MonitorExporter, PrometheusExporter>>();
  yes<Extends<MonitorExporter, IMetricReader>>();
  yes<Extends<Registry, PromRegistry>>();
  // @ts-expect-error: a misspelt option does not compile
  const options: MonitorExporterOptions = { hots: '127.0.0.1' };
  // @ts-expect-error: a sink takes records
  const wrong: MonitorExporterOptions = { feedback: { take() {} } };
  assert.ok(options && wrong);
  // The callback of the stock exporter's constructor fits.
  const exporter = new MonitorExporter(
    { wiring: createWiring(), preventServerStart: true },
    (error: Error | undefined) => assert.equal(error, undefined),
  );
  assert.ok(exporter.listening instanceof Promise);
});
