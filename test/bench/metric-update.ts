/**
 * What it costs to count: nanoseconds for one update of a counter and of a histogram, by a handle that is kept and by labels that
 * are made anew each time, by this package, the OpenTelemetry SDK and prom-client, interleaved in one run.
 *
 *     node dist/test/bench/metric-update.js [rounds=31]
 */
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { Counter, Histogram, Registry } from 'prom-client';
import { METRICS } from '../../core/catalog.js';
import { createWiring } from '../../core/wiring.js';

const rounds = Number(process.argv[2] ?? 31);
const SETS = 128;
const UPDATES = 20_000;

class Reader extends MetricReader {
  override async onShutdown(): Promise<void> {}
  override async onForceFlush(): Promise<void> {}
}

const { store } = createWiring();
const meter = new MeterProvider({ readers: [new Reader()] }).getMeter('bench');
const register = new Registry();
const names = ['provider', 'model', 'operation', 'outcome', 'error_type'];
const scored = ['evaluator', 'model', 'operation'];
const buckets = [...METRICS.qualityScore.buckets];

const callLabels = (i: number) =>
  ({ provider: 'openai', model: `model-${i}`, operation: 'chat', outcome: 'ok', error_type: '' }) as const;
const scoreLabels = (i: number) => ({ evaluator: 'repetition', model: `model-${i}`, operation: 'chat' }) as const;
const models = Array.from({ length: SETS }, (_, i) => i);

const otelCounter = meter.createCounter('calls');
const otelHistogram = meter.createHistogram('score', { advice: { explicitBucketBoundaries: buckets } });
const promCounter = new Counter({ name: 'calls_total', help: 'x', labelNames: names, registers: [register] });
const promHistogram = new Histogram({ name: 'score', help: 'x', labelNames: scored, buckets, registers: [register] });
const counterHandles = models.map(i => store.counter('calls', callLabels(i)));
const histogramHandles = models.map(i => store.histogram('qualityScore', scoreLabels(i)));
const promCounters = models.map(i => promCounter.labels(callLabels(i)));
const promHistograms = models.map(i => promHistogram.labels(scoreLabels(i)));

const value = (i: number): number => (i % 100) / 100;
const CONTESTANTS: Readonly<Record<string, (i: number) => void>> = {
  'counter: ours, handle': i => counterHandles[i % SETS]?.add(1),
  'counter: ours, fresh labels': i => store.counter('calls', callLabels(i % SETS)).add(1),
  'counter: otel, fresh labels': i => otelCounter.add(1, callLabels(i % SETS)),
  'counter: prom-client, fresh labels': i => promCounter.inc(callLabels(i % SETS), 1),
  'counter: prom-client, handle': i => promCounters[i % SETS]?.inc(1),
  'histogram: ours, handle': i => histogramHandles[i % SETS]?.record(value(i)),
  'histogram: ours, fresh labels': i => store.histogram('qualityScore', scoreLabels(i % SETS)).record(value(i)),
  'histogram: otel, fresh labels': i => otelHistogram.record(value(i), scoreLabels(i % SETS)),
  'histogram: prom-client, fresh labels': i => promHistogram.observe(scoreLabels(i % SETS), value(i)),
  'histogram: prom-client, handle': i => promHistograms[i % SETS]?.observe(value(i)),
};

const samples = new Map(Object.keys(CONTESTANTS).map(name => [name, [] as number[]]));
for (let round = -3; round < rounds; round++) {
  for (const [name, run] of Object.entries(CONTESTANTS)) {
    const start = performance.now();
    for (let i = 0; i < UPDATES; i++) run(i);
    if (round >= 0) samples.get(name)?.push(((performance.now() - start) * 1e6) / UPDATES);
  }
}

const median = (name: string): number =>
  [...(samples.get(name) ?? [])].sort((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
console.log(`${SETS} label sets, ${rounds} rounds of ${UPDATES}, median ns an update`);
for (const name of Object.keys(CONTESTANTS)) {
  const kind = name.split(':')[0];
  const otel = (median(name) / median(`${kind}: otel, fresh labels`)).toFixed(3);
  const prom = (median(name) / median(`${kind}: prom-client, fresh labels`)).toFixed(3);
  console.log(
    `  ${name.padEnd(38)} ${median(name).toFixed(1).padStart(8)} ns | x otel ${otel} | x prom-client ${prom}`,
  );
}
