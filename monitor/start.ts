import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { notice } from '../core/notice.js';
import { PRESET_TABLE } from '../core/presets.js';
import { packageVersion } from '../core/version.js';
import { createWiring, setDefaultWiring, type Wiring } from '../core/wiring.js';
import { MonitorExporter } from '../exporter/index.js';
import { LlmInstrumentation, registerLoaderHooks } from '../instrumentation/index.js';
import { createEvaluators, createPricing, Detection, GroundTruth, LlmSpanProcessor } from '../processor/index.js';
import { type LoadedConfig, loadConfig, type MonitorConfig } from './config/load.js';
import { LazyContextManager } from './lazy-context.js';
import { disabledMonitor, type Monitor } from './monitor.js';
import { otlpProcessor } from './otlp.js';
import { readPrices } from './prices.js';

let running: Monitor | undefined;

/** The monitor that runs in this process, if one does. */
export function runningMonitor(): Monitor | undefined {
  return running;
}

/**
 * Starts monitoring this process: watches the SDKs that are loaded from now on, evaluates and scores every call, and serves
 * `/metrics`. Returns at once; `monitor.ready` resolves when the endpoint listens. A second start while one runs gives the first.
 * @throws MonitorError CONFIG_INVALID that names the setting, its value and what is accepted
 */
export function startMonitor(config: MonitorConfig = {}): Monitor {
  if (running !== undefined) return running;
  const loaded = loadConfig(config, process.env, process.cwd());
  if (loaded.settings.disabled) return disabledMonitor();
  for (const line of loaded.notices) notice(line);
  if (loaded.settings.captureContent !== 'none') {
    notice('message content is asked for, but this version keeps it in the process: it has no redaction yet');
  }
  const parts = assemble(loaded);
  const monitor: Monitor = {
    get url() {
      return parts.exporter.url;
    },
    ready: parts.exporter.listening.catch(() => undefined),
    tracerProvider: parts.tracerProvider,
    meterProvider: parts.meterProvider,
    processor: parts.processor,
    flush: () => parts.processor.forceFlush(),
    shutdown: async () => {
      if (running === monitor) running = undefined;
      await parts.stop();
    },
  };
  running = monitor;
  return monitor;
}

function resourceOf({ settings, code }: LoadedConfig): Resource {
  const named = settings.serviceName === undefined ? {} : { 'service.name': settings.serviceName };
  return defaultResource()
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(resourceFromAttributes({ ...code.resourceAttributes, ...named }));
}

function processorOf({ settings, code }: LoadedConfig, wiring: Wiring): LlmSpanProcessor {
  const { thresholds } = PRESET_TABLE[settings.preset];
  const windows = code.truth?.windows;
  return new LlmSpanProcessor({
    wiring,
    evaluators: [...createEvaluators(settings.evaluators), ...(code.customEvaluators ?? [])],
    detection: new Detection({
      threshold: thresholds.anomalyScore,
      ...(settings.detectors === undefined ? {} : { detectors: settings.detectors }),
    }),
    truth: new GroundTruth({
      wiring,
      labelTtl: settings.labelTtl,
      ...(code.truth?.tasks === undefined ? {} : { tasks: code.truth.tasks }),
      ...(windows === undefined ? {} : { windows }),
    }),
    pricing: createPricing(settings.prices === undefined ? {} : { file: readPrices(settings.prices) }),
  });
}

/** Makes a provider the global one, with W3C propagation. What is registered already stays. @returns the undo */
function registerTracing(provider: NodeTracerProvider): () => void {
  const undo: (() => void)[] = [];
  if (trace.setGlobalTracerProvider(provider)) undo.push(() => trace.disable());
  else
    notice("another TracerProvider is registered; it keeps the app's own spans, ours go where the monitor was told to");
  if (context.setGlobalContextManager(new LazyContextManager())) undo.push(() => context.disable());
  const propagator = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
  if (propagation.setGlobalPropagator(propagator)) undo.push(() => propagation.disable());
  return () => {
    for (const step of undo) step();
  };
}

function assemble(loaded: LoadedConfig) {
  const { settings, code } = loaded;
  const wiring = createWiring({ seriesLimit: settings.seriesLimit, callLabels: settings.labels });
  const processor = processorOf(loaded, wiring);
  const exporter = new MonitorExporter({
    wiring,
    host: settings.host,
    port: settings.port,
    feedback: processor,
    processMetrics: settings.processMetrics,
    ...(settings.token === undefined ? {} : { token: settings.token }),
  });
  const resource = resourceOf(loaded);
  const otlp = otlpProcessor(process.env);
  const exported = [...(code.spanProcessors ?? []), ...(otlp === undefined ? [] : [otlp])];
  const tracerProvider = new NodeTracerProvider({ resource, spanProcessors: [processor, ...exported] });
  const meterProvider = new MeterProvider({ resource, readers: [exporter] });
  const restore = setDefaultWiring(wiring);
  // Spans that go nowhere cost and help nobody, and a provider of ours in the global place would keep the app's own one out.
  // So ours becomes the global one only when it has somewhere to send spans; else the app's provider, if any, gets them.
  const globals = exported.length > 0 ? registerTracing(tracerProvider) : () => {};
  const ownsMetrics = metrics.setGlobalMeterProvider(meterProvider);
  if (!ownsMetrics)
    notice(
      "another MeterProvider is registered; the app's own metrics stay with it (add a MonitorExporter as its reader to see them here)",
    );
  const instrumentation = new LlmInstrumentation({ wiring, semconv: settings.semconv });
  if (exported.length > 0) instrumentation.setTracerProvider(tracerProvider);
  instrumentation.setMeterProvider(meterProvider);
  instrumentation.enable();
  registerLoaderHooks(instrumentation);
  wiring.store.set('selfBuildInfo', 1, {
    version: packageVersion(),
    semconv: settings.semconv,
    prices: processor.pricesAsOf ?? '',
    node: process.versions.node,
  });

  const stop = async (): Promise<void> => {
    instrumentation.disable();
    await processor.shutdown();
    await Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown()]);
    restore();
    globals();
    if (ownsMetrics) metrics.disable();
  };
  return { wiring, processor, exporter, tracerProvider, meterProvider, stop };
}
