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
import { VERSION } from '../core/version.js';
import { createWiring, setDefaultWiring, type Wiring } from '../core/wiring.js';
import { MonitorExporter } from '../exporter/index.js';
import { LlmInstrumentation, registerLoaderHooks } from '../instrumentation/index.js';
import {
  createEvaluators,
  createPricing,
  Detection,
  GroundTruth,
  LlmSpanProcessor,
  maskText,
} from '../processor/index.js';
import type { StateStore } from '../processor/state/state-store.js';
import { type LoadedConfig, loadConfig, type MonitorConfig } from './config/load.js';
import { registerMetrics, registerTracing } from './globals.js';
import { flushOnLeave } from './leave.js';
import { disabledMonitor, type Monitor } from './monitor.js';
import { otlpProcessor } from './otlp.js';
import { readPrices } from './prices.js';
import { startRecording } from './recording.js';
import { keepState, openState } from './state.js';

/** Milliseconds that an app which leaves waits for labels under way. */
const LEAVE_PATIENCE = 1000;

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
  if (running !== undefined) {
    const ignored = Object.keys(config);
    if (ignored.length > 0)
      notice(`a monitor runs already; the settings of this second start are ignored: ${ignored.join(', ')}`);
    return running;
  }
  const loaded = loadConfig(config, process.env, process.cwd());
  if (loaded.settings.disabled) return disabledMonitor();
  for (const line of loaded.notices) notice(line);
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

/** A selection that only adds and leaves out changes the preset's set; one that names evaluators replaces it. */
function evaluatorSelection({ settings }: LoadedConfig): readonly string[] {
  const chosen = settings.evaluators ?? [];
  const changes = chosen.every(name => name.startsWith('+') || name.startsWith('-'));
  return changes ? [...PRESET_TABLE[settings.preset].evaluators.map(name => `+${name}`), ...chosen] : chosen;
}

function detectionOf({ settings }: LoadedConfig): Detection {
  const { thresholds } = PRESET_TABLE[settings.preset];
  return new Detection({
    threshold: thresholds.anomalyScore,
    ...(settings.detectors === undefined ? {} : { detectors: settings.detectors }),
  });
}

function processorOf(loaded: LoadedConfig, wiring: Wiring, state: StateStore | undefined): LlmSpanProcessor {
  const { settings, code } = loaded;
  const windows = code.truth?.windows;
  return new LlmSpanProcessor({
    wiring,
    evaluators: createEvaluators(evaluatorSelection(loaded), code.customEvaluators),
    detection: detectionOf(loaded),
    ...(code.drift === undefined ? {} : { drift: code.drift }),
    truth: new GroundTruth({
      wiring,
      labelTtl: settings.labelTtl,
      ...(state === undefined ? {} : { state }),
      ...(code.truth?.tasks === undefined ? {} : { tasks: code.truth.tasks }),
      ...(code.truth?.slices === undefined ? {} : { slices: code.truth.slices }),
      ...(windows === undefined ? {} : { windows }),
    }),
    pricing: createPricing(settings.prices === undefined ? {} : { file: readPrices(settings.prices) }),
  });
}

function assemble(loaded: LoadedConfig) {
  const { settings, code } = loaded;
  const wiring = createWiring({ seriesLimit: settings.seriesLimit, callLabels: settings.labels });
  const resource = resourceOf(loaded);
  const state = openState(settings, resource, wiring);
  const processor = processorOf(loaded, wiring, state);
  const otlp = otlpProcessor(process.env);
  const exported = [...(code.spanProcessors ?? []), ...(otlp === undefined ? [] : [otlp])];
  const tracerProvider = new NodeTracerProvider({ resource, spanProcessors: [processor, ...exported] });
  const exporter = new MonitorExporter({
    wiring,
    host: settings.host,
    port: settings.port,
    feedback: processor,
    processMetrics: settings.processMetrics,
    preventServerStart: true,
    ...(settings.token === undefined ? {} : { token: settings.token }),
  });
  const meterProvider = new MeterProvider({ resource, readers: [exporter] });
  const instrumentation = new LlmInstrumentation({
    wiring,
    semconv: settings.semconv,
    captureContent: settings.captureContent,
    redact: settings.redaction === 'off' ? 'off' : maskText,
  });
  instrumentation.setMeterProvider(meterProvider);
  wiring.store.set('selfBuildInfo', 1, {
    version: VERSION,
    semconv: settings.semconv,
    prices: processor.pricesAsOf ?? '',
    node: process.versions.node,
  });

  // From here on nothing throws: what is taken is given back by `undo`.
  const undo = [setDefaultWiring(wiring), registerMetrics(meterProvider)];
  // Spans that go nowhere cost and help nobody: only where they have somewhere to go is ours the global provider, and else the
  // app's own one, if it has one, gets the spans of the calls.
  if (exported.length > 0) {
    instrumentation.setTracerProvider(tracerProvider);
    undo.push(registerTracing(tracerProvider));
  }
  const leaving: (() => Promise<unknown>)[] = [];
  if (otlp !== undefined) leaving.push(() => tracerProvider.forceFlush());
  instrumentation.enable();
  registerLoaderHooks(instrumentation);
  exporter.startServer().catch(() => undefined);
  const kept = state && keepState({ state, resource, wiring, processor, exporter, fresh: () => detectionOf(loaded) });
  if (kept !== undefined) leaving.push(kept.flush);
  const recording = startRecording(settings, { resource, wiring, processor });
  if (recording !== undefined) leaving.push(recording.flush);
  const leave = async (): Promise<void> => {
    await processor.flushTruth(LEAVE_PATIENCE).catch(() => undefined);
    await Promise.allSettled(leaving.map(run => run()));
  };
  // One for all: where two listen for a signal, each would take the other for the app, which decides.
  if (leaving.length > 0) undo.push(flushOnLeave(leave));

  const stop = async (): Promise<void> => {
    instrumentation.disable();
    await processor.shutdown();
    await Promise.all([kept?.stop(), recording?.stop()]);
    await Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown()]);
    for (const step of undo) step();
  };
  return { wiring, processor, exporter, tracerProvider, meterProvider, stop };
}
