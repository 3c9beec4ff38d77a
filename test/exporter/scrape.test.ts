import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyResource } from '@opentelemetry/resources';
import { AggregationType, MeterProvider, type MetricProducer } from '@opentelemetry/sdk-metrics';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { createWiring } from '../../core/wiring.js';
import { MonitorExporter, storeProducer } from '../../exporter/index.js';
import { parseExposition, sampleValue } from './exposition-parser.js';
import { running } from './harness.js';

const CALL = { provider: 'openai', model: 'm', operation: 'chat', outcome: 'ok', error_type: '' } as const;
const SPAN = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const never = <T>(): Promise<T> => new Promise<T>(() => {});

test('one answer holds our metrics, those of the app and the target', async t => {
  const { wiring, meter, scrape } = await running(t);
  wiring.store.counter('calls', CALL).add(3, SPAN);
  meter.createCounter('jobs', { description: 'Jobs done' }).add(2, { queue: 'a' });
  meter.createUpDownCounter('open.files').add(-4);
  meter
    .createHistogram('gen_ai.client.operation.duration', { unit: 's', advice: { explicitBucketBoundaries: [1, 2] } })
    .record(1.5, { 'gen_ai.request.model': 'm' });
  meter.createObservableGauge('disk', { unit: 'By' }).addCallback(result => result.observe(7));
  for (const openMetrics of [false, true]) {
    const text = await scrape(openMetrics);
    const families = new Map(parseExposition(text, openMetrics).map(family => [family.name, family]));
    const value = (name: string, labels = {}): number | undefined => sampleValue(text, name, labels, openMetrics);
    assert.equal(value('llm_monitor_calls_total', CALL), 3);
    assert.equal(value('jobs_total', { queue: 'a', otel_scope_name: 'app', otel_scope_version: '1.2' }), 2);
    assert.equal(value('open_files'), -4);
    assert.equal(value('disk_bytes'), 7);
    assert.equal(value('target_info', { service_name: 'help desk', host_name: 'h1' }), 1);
    const name = 'gen_ai_client_operation_duration_seconds';
    assert.equal(value(`${name}_bucket`, { gen_ai_request_model: 'm', le: '1.0' }), 0);
    assert.equal(value(`${name}_bucket`, { gen_ai_request_model: 'm', le: '2.0' }), 1);
    assert.equal(value(`${name}_count`), 1);
    assert.equal(families.get(name)?.unit, openMetrics ? 'seconds' : undefined);
    assert.equal(families.get(openMetrics ? 'jobs' : 'jobs_total')?.help, 'Jobs done');
    assert.equal(families.get('open_files')?.type, 'gauge');
    const calls = families.get(openMetrics ? 'llm_monitor_calls' : 'llm_monitor_calls_total');
    assert.equal(calls?.samples[0]?.exemplar?.labels['trace_id'], openMetrics ? SPAN.traceId : undefined);
  }
});

test('options of the stock exporter: prefix, no scope, no target, constant labels', async t => {
  const { wiring, meter, scrape } = await running(t, {
    prefix: 'shop',
    withoutScopeInfo: true,
    withoutTargetInfo: true,
    withResourceConstantLabels: /^service\./g,
    appendTimestamp: true,
  });
  wiring.store.counter('calls', CALL).add(1);
  meter.createCounter('jobs').add(2, { queue: 'a' });
  // Twice: a pattern with the flag g must not depend on where it stopped the last time.
  for (let round = 0; round < 2; round++) {
    const text = await scrape();
    assert.match(text, /^shop_jobs_total\{queue="a",service_name="help desk"\} 2$/m);
    assert.match(text, /^llm_monitor_calls_total\{.*,service_name="help desk"\} 1$/m);
    assert.doesNotMatch(text, /target_info|otel_scope/);
  }
});

test('two scopes with one name are one block; a series that is there already is left out', async t => {
  const { provider, scrape, errors } = await running(t, { withoutScopeInfo: true });
  provider.getMeter('b').createCounter('jobs').add(2, { q: 'x', r: '1' });
  provider.getMeter('a').createCounter('jobs').add(5, { r: '1', q: 'x' });
  provider.getMeter('a').createCounter('jobs').add(7, { r: '2', q: 'x' });
  const text = await scrape();
  assert.equal(sampleValue(text, 'jobs_total', { r: '1' }), 5);
  assert.equal(sampleValue(text, 'jobs_total', { r: '2' }), 7);
  assert.equal(errors('exporter'), 1);
  await scrape();
  assert.equal(errors('exporter'), 1, 'told once, not at each scrape');
});

test('label sets that differ only by type or by what is cleaned are one series', async t => {
  const { meter, scrape, errors } = await running(t);
  const jobs = meter.createCounter('jobs');
  jobs.add(1, { n: '1' });
  jobs.add(2, { n: 1 });
  const text = await scrape();
  assert.equal(sampleValue(text, 'jobs_total', { n: '1' }), 1);
  assert.equal(errors('exporter'), 1);
});

test('conflicting types, clashing names and what no text can say are left out and counted', async t => {
  const registry = new Registry();
  new Gauge({ name: 'llm_monitor_calls_total', help: 'x', registers: [registry] }).set(99);
  new Gauge({ name: 'wait_bucket', help: 'x', registers: [registry] }).set(99);
  new Gauge({ name: 'mine', help: 'x', registers: [registry] }).set(5);
  const wiring = createWiring();
  const exporter = new MonitorExporter({ wiring, port: 0, processMetrics: false, registries: [registry] });
  const provider = new MeterProvider({
    readers: [exporter],
    views: [{ instrumentName: 'expo', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  t.after(() => provider.shutdown());
  await exporter.listening;
  wiring.store.counter('calls', CALL).add(1);
  const meter = provider.getMeter('a');
  meter.createHistogram('expo').record(1);
  meter.createHistogram('wait').record(1);
  meter.createCounter('both').add(1);
  meter.createGauge('both.total').record(2);
  const text = await (await fetch(`${exporter.url}/metrics`)).text();
  assert.equal(sampleValue(text, 'llm_monitor_calls_total'), 1);
  assert.equal(sampleValue(text, 'wait_bucket', { le: '+Inf' }), 1);
  assert.equal(sampleValue(text, 'both_total'), 1);
  assert.equal(sampleValue(text, 'mine'), 5);
  assert.doesNotMatch(text, /^expo/m);
  assert.equal(wiring.store.value('selfErrors', { component: 'exporter' }), 4);
});

test('a hostile app cannot break the answer', async t => {
  const { meter, scrape } = await running(t);
  const counter = meter.createCounter('evil', { description: 'a\nb\\c"d\u0000' });
  counter.add(1, { __name__: 'other', le: '5', quantile: '1', '': 'e', '9x': 'd', 'a.b': '1', a_b: '2' });
  counter.add(2, { text: 'quote " line \n back \\ half \ud800 return \r # EOF' });
  counter.add(3, { otel_scope_name: 'faked' });
  counter.add(Number.NaN, { nan: 'x' });
  const histogram = meter.createHistogram('evil_h');
  histogram.record(1, { le: '0.5' });
  for (const openMetrics of [false, true]) {
    const text = await scrape(openMetrics);
    const one = (labels: Record<string, string>): number | undefined =>
      sampleValue(text, 'evil_total', labels, openMetrics);
    const named = { key_name_: 'other', exported_le: '5', exported_quantile: '1', key_: 'e', key_9x: 'd', a_b: '1;2' };
    assert.equal(one(named), 1);
    assert.equal(one({ text: 'quote " line \n back \\ half \ufffd return \r # EOF' }), 2);
    assert.equal(one({ otel_scope_name: 'faked;app' }), 3);
    assert.equal(one({ nan: 'x' }), undefined);
    assert.equal(sampleValue(text, 'evil_h_bucket', { exported_le: '0.5', le: '+Inf' }, openMetrics), 1);
  }
});

test('a gauge that vanishes is gone from the next scrape, and the others keep their labels', async t => {
  const { wiring, scrape } = await running(t);
  for (const detector of ['a', 'b', 'c']) wiring.store.set('detectorReady', 1, { detector });
  assert.equal(sampleValue(await scrape(), 'llm_monitor_detector_ready', { detector: 'b' }), 1);
  wiring.store.set('detectorReady', undefined, { detector: 'a' });
  wiring.store.set('detectorReady', 0, { detector: 'c' });
  const text = await scrape();
  assert.equal(sampleValue(text, 'llm_monitor_detector_ready', { detector: 'a' }), undefined);
  assert.equal(sampleValue(text, 'llm_monitor_detector_ready', { detector: 'b' }), 1);
  assert.equal(sampleValue(text, 'llm_monitor_detector_ready', { detector: 'c' }), 0);
});

test('sources that fail or hang are left out, counted, and do not hide the others', async t => {
  const broken: MetricProducer = { collect: () => Promise.reject(new Error('no')) };
  const thrower: MetricProducer = {
    collect: () => {
      throw new Error('at once');
    },
  };
  let hung = 0;
  const silent: MetricProducer = {
    collect: () => {
      hung++;
      return never();
    },
  };
  const { wiring, meter, scrape, errors } = await running(t, {
    collectTimeout: 40,
    metricProducers: [broken, thrower, silent],
    registries: [
      { getMetricsAsJSON: () => Promise.reject(new Error('no')) },
      { getMetricsAsJSON: () => never() },
      {
        getMetricsAsJSON: async () => [{ name: 'fine', help: 'h', type: 'gauge', values: [{ value: 1, labels: {} }] }],
      },
    ],
  });
  wiring.store.counter('calls', CALL).add(1);
  meter.createCounter('jobs').add(1);
  meter.createObservableGauge('thrown').addCallback(() => {
    throw new Error('in a callback');
  });
  for (let round = 1; round <= 2; round++) {
    const text = await scrape();
    for (const name of ['llm_monitor_calls_total', 'jobs_total', 'fine', 'target_info'])
      assert.equal(sampleValue(text, name), 1, name);
    assert.equal(errors('registry'), 2 * round);
    assert.equal(errors('otel'), 4 * round);
  }
  assert.equal(hung, 1, 'a read that hangs is waited for, not started again');
});

test('when OpenTelemetry itself cannot be collected the scrape is a 500 that says why', async t => {
  const wiring = createWiring();
  wiring.store.counter('calls', CALL).add(1);
  const exporter = new MonitorExporter({ wiring, port: 0, processMetrics: false, collectTimeout: 20 });
  t.after(() => exporter.shutdown());
  await exporter.listening;
  const unbound = await fetch(`${exporter.url}/metrics`);
  assert.equal(unbound.status, 500);
  assert.match(await unbound.text(), /collection_failed.*not bound/);
  exporter.setMetricProducer({ collect: () => never() });
  const hanging = await fetch(`${exporter.url}/metrics`);
  assert.equal(hanging.status, 500);
  assert.match(await hanging.text(), /did not answer within/);
  assert.equal(wiring.store.value('selfErrors', { component: 'exporter' }), 2);
});

test('metrics of prom-client are rendered by the same rules', async t => {
  const registry = new Registry();
  new Counter({ name: 'app_done_total', help: 'Done', labelNames: ['le', 'q'], registers: [registry] }).inc(
    { q: 'a"' },
    2,
  );
  new Counter({ name: 'app_old', help: 'Old', registers: [registry] }).inc(4);
  new Histogram({ name: 'app_wait', help: 'Wait', buckets: [1, 1048576], registers: [registry] }).observe(2);
  new Summary({ name: 'app_sum', help: 'Sum', percentiles: [0.5], registers: [registry] }).observe(3);
  new Gauge({ name: 'app_empty', help: 'none', labelNames: ['x'], registers: [registry] });
  registry.setDefaultLabels({ zone: 'z' });
  const { scrape } = await running(t, { registries: [registry] });
  for (const openMetrics of [false, true]) {
    const text = await scrape(openMetrics);
    const value = (name: string, labels = {}): number | undefined => sampleValue(text, name, labels, openMetrics);
    assert.equal(value('app_done_total', { q: 'a"', zone: 'z' }), 2);
    assert.equal(value('app_old'), 4);
    assert.equal(value('app_wait_bucket', { le: '1.0' }), 0);
    assert.equal(value('app_wait_bucket', { le: '1.048576e+06' }), 1);
    assert.equal(value('app_wait_sum'), 2);
    assert.equal(value('app_sum', { quantile: '0.5' }), 3);
    assert.equal(value('app_sum_count'), 1);
    assert.doesNotMatch(text, /app_empty/);
  }
});

test('process metrics are there, without gauges that are named like counters', async t => {
  const { scrape } = await running(t, { processMetrics: true });
  const text = await scrape();
  assert.ok((sampleValue(text, 'process_resident_memory_bytes') ?? 0) > 1e6);
  assert.ok((sampleValue(text, 'nodejs_eventloop_lag_seconds') ?? -1) >= 0);
  for (const family of parseExposition(text, false))
    if (family.name.endsWith('_total')) assert.equal(family.type, 'counter', family.name);
});

test('what a scrape costs is counted for the next one', async t => {
  const { scrape } = await running(t);
  assert.equal(sampleValue(await scrape(), 'llm_monitor_self_overhead_seconds_total'), undefined);
  const spent = sampleValue(await scrape(), 'llm_monitor_self_overhead_seconds_total', { component: 'scrape' });
  assert.ok(spent !== undefined && spent > 0 && spent < 5);
});

test('another reader gets our metrics from storeProducer', async () => {
  const wiring = createWiring();
  wiring.store.counter('calls', CALL).add(3);
  wiring.store.upDown('callsInFlight', { provider: 'openai', model: 'm', operation: 'chat' }).add(1);
  wiring.store.histogram('qualityScore', { evaluator: 'e', model: 'm', operation: 'chat' }).record(0.5);
  wiring.store.set('detectorReady', 1, { detector: 'd' });
  const { resourceMetrics, errors } = await storeProducer(wiring.store).collect();
  assert.deepEqual(errors, []);
  assert.deepEqual(resourceMetrics.resource.attributes, emptyResource().attributes);
  const [scope] = resourceMetrics.scopeMetrics;
  const metrics = new Map(scope?.metrics.map(metric => [metric.descriptor.name, metric]));
  assert.deepEqual(metrics.get('llm_monitor.calls')?.dataPoints[0]?.attributes, CALL);
  assert.equal(metrics.get('llm_monitor.calls')?.dataPoints[0]?.value, 3);
  const histogram = metrics.get('llm_monitor.quality.score')?.dataPoints[0]?.value as unknown as {
    readonly count: number;
    readonly sum: number;
    readonly buckets: { readonly counts: readonly number[]; readonly boundaries: readonly number[] };
  };
  assert.equal(histogram.count, 1);
  assert.equal(histogram.buckets.counts.length, histogram.buckets.boundaries.length + 1);
  wiring.store.set('detectorReady', undefined, { detector: 'd' });
  const again = (await storeProducer(wiring.store).collect()).resourceMetrics.scopeMetrics[0]?.metrics ?? [];
  assert.ok(!again.some(metric => metric.descriptor.name === 'llm_monitor.detector.ready'));
});

test('our metrics through storeProducer on the same exporter are not told twice', async t => {
  const wiring = createWiring();
  wiring.store.counter('calls', CALL).add(1);
  const { scrape } = await running(t, { wiring, metricProducers: [storeProducer(wiring.store)] });
  const families = parseExposition(await scrape(), false);
  assert.equal(families.filter(family => family.name === 'llm_monitor_calls_total').length, 1);
});
