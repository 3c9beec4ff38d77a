/**
 * What a scrape costs: collect + render of the same data by this package, by `@opentelemetry/exporter-prometheus` and by
 * prom-client, interleaved in one run. Only the ratios travel between machines.
 *
 *     node dist/test/bench/scrape.js [lines=10000] [rounds=15]
 */
import { setImmediate } from 'node:timers/promises';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { Counter, Histogram, Registry } from 'prom-client';
import { METRICS } from '../../core/catalog.js';
import { createWiring } from '../../core/wiring.js';
import { LabelMemory } from '../../exporter/attribute-labels.js';
import { otelFamilies } from '../../exporter/otel.js';
import { OwnMetrics } from '../../exporter/own.js';
import { renderSlices } from '../../exporter/render.js';

const lines = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 15);

class Reader extends MetricReader {
  override async onShutdown(): Promise<void> {}
  override async onForceFlush(): Promise<void> {}
}

type Pause = () => Promise<void>;
interface Contestant {
  readonly name: string;
  /** Collects and renders; calls `pause` where it lets the event loop run. Gives the bytes. */
  run(pause: Pause): Promise<number>;
}

const BOUNDS = METRICS.operationDuration.buckets;
/** Lines of one histogram series: its buckets, +Inf, sum and count. */
const PER_HISTOGRAM = BOUNDS.length + 3;
const label = (i: number) => ({ provider: `provider-${i % 5}`, model: `model-${i}`, operation: 'chat' });

async function ours(name: string, pause: Pause, parts: (pause: Pause) => Promise<Parameters<typeof renderSlices>[0]>) {
  let bytes = 0;
  for (const piece of renderSlices(await parts(pause), 'text')) {
    bytes += Buffer.from(piece).length;
    await pause();
  }
  if (bytes === 0) throw new Error(`${name} rendered nothing`);
  return bytes;
}

function counters(): Contestant[] {
  const { store } = createWiring({ seriesLimit: lines + 1 });
  const own = new OwnMetrics();
  const reader = new Reader({ cardinalitySelector: () => lines + 1 });
  const counter = new MeterProvider({ readers: [reader] }).getMeter('bench').createCounter('llm_monitor.calls');
  const registry = new Registry();
  const names = ['provider', 'model', 'operation', 'outcome', 'error_type'];
  const prom = new Counter({ name: 'llm_monitor_calls_total', help: 'x', labelNames: names, registers: [registry] });
  for (let i = 0; i < lines; i++) {
    const labels = { ...label(i), operation: 'chat', outcome: 'ok', error_type: '' } as const;
    store.counter('calls', labels).add(i);
    counter.add(i, labels);
    prom.inc(labels, i);
  }
  return contestants(own, store, reader, registry);
}

function histograms(): Contestant[] {
  const series = Math.ceil(lines / PER_HISTOGRAM);
  const { store } = createWiring({ seriesLimit: series + 1 });
  const own = new OwnMetrics();
  const reader = new Reader({ cardinalitySelector: () => series + 1 });
  const buckets = [...METRICS.qualityScore.buckets, 2];
  const histogram = new MeterProvider({ readers: [reader] })
    .getMeter('bench')
    .createHistogram('llm_monitor.quality.score', { advice: { explicitBucketBoundaries: buckets } });
  const registry = new Registry();
  const names = ['evaluator', 'model', 'operation'];
  const prom = new Histogram({
    name: 'llm_monitor_quality_score',
    help: 'x',
    labelNames: names,
    buckets,
    registers: [registry],
  });
  for (let i = 0; i < series; i++) {
    const labels = { evaluator: `evaluator-${i % 5}`, model: `model-${i}`, operation: 'chat' } as const;
    for (let n = 0; n < 20; n++) {
      store.histogram('qualityScore', labels).record(n / 20);
      histogram.record(n / 20, labels);
      prom.observe(labels, n / 20);
    }
  }
  return contestants(own, store, reader, registry);
}

function contestants(
  own: OwnMetrics,
  store: ReturnType<typeof createWiring>['store'],
  reader: Reader,
  registry: Registry,
): Contestant[] {
  const memory = new LabelMemory();
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  return [
    { name: 'ours', run: pause => ours('ours', pause, async () => own.families(store.collect(), [])) },
    {
      name: 'ours, OpenTelemetry data',
      run: pause =>
        ours('ours, OpenTelemetry data', pause, async p => {
          const { resourceMetrics } = await reader.collect();
          return otelFamilies(
            resourceMetrics.scopeMetrics,
            [],
            { prefix: '', scopeLabels: false },
            memory,
            () => {},
            p,
          );
        }),
    },
    { name: 'prom-client', run: async () => Buffer.from(await registry.metrics()).length },
    {
      name: 'exporter-prometheus',
      run: async () => Buffer.from(serializer.serialize((await reader.collect()).resourceMetrics)).length,
    },
  ];
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function measure(contestant: Contestant): Promise<{ total: number; longest: number; bytes: number }> {
  let total = 0;
  let longest = 0;
  let since = performance.now();
  const lap = (): void => {
    const took = performance.now() - since;
    total += took;
    longest = Math.max(longest, took);
  };
  const bytes = await contestant.run(async () => {
    lap();
    await setImmediate();
    since = performance.now();
  });
  lap();
  return { total, longest, bytes };
}

async function compare(title: string, all: readonly Contestant[]): Promise<void> {
  const samples = new Map(all.map(({ name }) => [name, { total: [] as number[], longest: [] as number[], bytes: 0 }]));
  for (let round = -3; round < rounds; round++) {
    for (const contestant of all) {
      const { total, longest, bytes } = await measure(contestant);
      const sample = samples.get(contestant.name);
      if (sample === undefined || round < 0) continue;
      sample.total.push(total);
      sample.longest.push(longest);
      sample.bytes = bytes;
    }
  }
  const of = (name: string, what: 'total' | 'longest'): number => median(samples.get(name)?.[what] ?? []);
  console.log(`\n${title}: ${lines} lines, ${rounds} rounds, medians`);
  for (const { name } of all) {
    const ratio = (what: 'total' | 'longest', against: string): string =>
      (of(name, what) / of(against, what)).toFixed(3);
    console.log(
      `  ${name.padEnd(26)} ${of(name, 'total').toFixed(2).padStart(8)} ms, longest stretch ${of(name, 'longest').toFixed(2).padStart(8)} ms` +
        ` | x exporter-prometheus ${ratio('total', 'exporter-prometheus')}, longest ${ratio('longest', 'exporter-prometheus')}` +
        ` | x prom-client ${ratio('total', 'prom-client')} | ${((samples.get(name)?.bytes ?? 0) / 1e6).toFixed(2)} MB`,
    );
  }
}

await compare('counters', counters());
await compare('histograms', histograms());
