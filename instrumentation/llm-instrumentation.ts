import { createRequire } from 'node:module';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { Hook as ImportHook } from 'import-in-the-middle';
import { Hook as RequireHook } from 'require-in-the-middle';
import { VERSION } from '../core/version.js';
import { defaultWiring, type Wiring } from '../core/wiring.js';
import { activate } from './active.js';
import type { RecorderSource } from './bindings/binding.js';
import type { LoggerProvider } from './content/events.js';
import { type ContentConfig, contentSettings } from './content/settings.js';
import type { Semconv } from './instruments.js';
import type { Undo } from './patch.js';
import { PROVIDERS } from './readers/table.js';
import { INSTRUMENTATION_NAME, Recorder } from './recorder.js';
import { defaultSemconv } from './semconv.js';
import { bindBy } from './wrap.js';

export interface LlmInstrumentationConfig extends ContentConfig {
  /** True while it is on; set by `enable` and `disable`. */
  readonly enabled?: boolean;
  /** Where our metrics and finished calls go; the wiring of the process by default. */
  readonly wiring?: Wiring;
  /** Conventions to write; by default what `OTEL_SEMCONV_STABILITY_OPT_IN` asks for, else '1.41'. */
  readonly semconv?: Semconv;
  /** False writes metrics and publishes calls without spans. Default true. */
  readonly spans?: boolean;
  /** Packages to watch, by name; all that are known by default. */
  readonly modules?: readonly string[];
}

/**
 * Watches the model calls of an app: a span and the conventions' metrics for each, and the finished call published to who scores
 * it. An OpenTelemetry `Instrumentation`, so it also works in `registerInstrumentations` and in NodeSDK. Takes the global
 * providers until it is given others. It starts off: `enable` turns it on.
 */
export class LlmInstrumentation implements Instrumentation<LlmInstrumentationConfig> {
  readonly instrumentationName = INSTRUMENTATION_NAME;
  readonly instrumentationVersion = VERSION;
  #config: LlmInstrumentationConfig;
  #recorder: Recorder;
  #tracerProvider: TracerProvider | undefined;
  #meterProvider: MeterProvider | undefined;
  #loggerProvider: LoggerProvider | undefined;
  readonly #source: RecorderSource = () => (this.#undos.length > 0 ? this.#recorder : undefined);
  readonly #undos: Undo[] = [];

  constructor(config: LlmInstrumentationConfig = {}) {
    this.#config = config;
    this.#recorder = this.#createRecorder();
  }

  /** The packages it watches. */
  get modules(): readonly string[] {
    const wanted = this.#config.modules;
    return PROVIDERS.map(row => row.module).filter(name => wanted === undefined || wanted.includes(name));
  }

  /**
   * Patches what is loaded and whatever is loaded from now on. An ES module is seen only if a loader hook runs
   * (`registerLoaderHooks`, or the one of OpenTelemetry); `wrap` and `instrument` need none.
   */
  enable(): void {
    if (this.#undos.length > 0) return;
    this.#undos.push(activate(this.#recorder));
    try {
      const names = [...this.modules];
      const onRequire = new RequireHook(names, <T>(exports: T, name: string): T => {
        this.#bind(exports, name);
        return exports;
      });
      this.#undos.push(() => onRequire.unhook());
      const onImport = new ImportHook(names, (exports: unknown, name: string) => {
        this.#bind(exports, name);
      });
      this.#undos.push(() => onImport.unhook());
      this.#bindLoaded(names);
    } catch {
      this.#recorder.fault();
    }
  }

  /**
   * Takes all patches back and ends the calls that are open as aborted by shutdown. Spans that wait for their content have it, and
   * have ended, when it returns.
   */
  disable(): void {
    for (const undo of this.#undos.splice(0).reverse()) {
      try {
        undo();
      } catch {
        this.#recorder.fault();
      }
    }
    this.#recorder.stopOpen();
    this.#recorder.wiring.calls.settle();
  }

  setTracerProvider(provider: TracerProvider): void {
    this.#tracerProvider = provider;
    this.#recorder.setTracerProvider(provider);
  }

  setMeterProvider(provider: MeterProvider): void {
    this.#meterProvider = provider;
    this.#recorder.setMeterProvider(provider);
  }

  setLoggerProvider(provider: LoggerProvider): void {
    this.#loggerProvider = provider;
    this.#recorder.setLoggerProvider(provider);
  }

  /** Takes effect for calls that start afterwards; `enabled` is changed only by `enable` and `disable`. */
  setConfig(config: LlmInstrumentationConfig): void {
    this.#config = config;
    this.#recorder = this.#createRecorder(this.#recorder.open);
    if (this.#undos.length > 0) this.#undos[0] = activate(this.#recorder);
  }

  getConfig(): LlmInstrumentationConfig {
    return { ...this.#config, enabled: this.#undos.length > 0 };
  }

  #createRecorder(open?: Recorder['open']): Recorder {
    const recorder = new Recorder({
      ...(open === undefined ? {} : { open }),
      wiring: this.#config.wiring ?? defaultWiring(),
      semconv: this.#config.semconv ?? defaultSemconv(),
      spans: this.#config.spans ?? true,
      content: contentSettings(this.#config),
    });
    if (this.#tracerProvider !== undefined) recorder.setTracerProvider(this.#tracerProvider);
    if (this.#meterProvider !== undefined) recorder.setMeterProvider(this.#meterProvider);
    if (this.#loggerProvider !== undefined) recorder.setLoggerProvider(this.#loggerProvider);
    return recorder;
  }

  #bind(exports: unknown, name: string): void {
    const rows = PROVIDERS.filter(row => row.module === name);
    if (rows.length === 0) return;
    const undo = bindBy(rows, this.#source, row => row.binding.bindModule(exports, row, this.#source));
    if (undo !== undefined) this.#undos.push(undo);
  }

  /** A CommonJS package that the app required before us: its classes are in the cache of modules. */
  #bindLoaded(names: readonly string[]): void {
    // A bundle of CommonJS has no address, and nothing of it in the cache.
    const address: string | undefined = import.meta.url;
    if (address === undefined) return;
    const cache = createRequire(address).cache;
    for (const [file, module] of Object.entries(cache)) {
      const name = names.find(candidate => file.replaceAll('\\', '/').endsWith(`/node_modules/${candidate}/index.js`));
      if (name !== undefined && module?.loaded === true) this.#bind(module.exports, name);
    }
  }
}
