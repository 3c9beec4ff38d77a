import { type DataPoint, type Histogram, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Providers that keep everything in memory; never registered as the global ones. */
export function memoryProviders(sampler?: Sampler) {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new NodeTracerProvider({
    ...(sampler === undefined ? {} : { sampler }),
    spanProcessors: [new SimpleSpanProcessor(spans)],
  });
  const reader = new PullReader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  return {
    tracerProvider,
    meterProvider,
    spans: () => spans.getFinishedSpans(),
    /** Histograms by name, each with its points. */
    async histograms(): Promise<Map<string, readonly DataPoint<Histogram>[]>> {
      const { resourceMetrics } = await reader.collect();
      const out = new Map<string, readonly DataPoint<Histogram>[]>();
      for (const scope of resourceMetrics.scopeMetrics)
        for (const metric of scope.metrics)
          out.set(metric.descriptor.name, metric.dataPoints as DataPoint<Histogram>[]);
      return out;
    },
  };
}
