import { type Meter, type MeterProvider, metrics, type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import type { Redaction } from '../core/content.js';
import { textOf } from '../core/fields.js';
import { VERSION } from '../core/version.js';
import type { Wiring } from '../core/wiring.js';
import type { LoggerProvider } from './content/events.js';
import type { ContentSettings } from './content/settings.js';
import { ContentWriter } from './content/writer.js';
import { Instruments, type Semconv } from './instruments.js';
import type { Provider } from './readers/provider.js';
import { Site } from './site.js';

export const INSTRUMENTATION_NAME = 'otel-llm-monitor';

export interface RecorderOptions {
  readonly wiring: Wiring;
  readonly semconv: Semconv;
  readonly spans: boolean;
  /** Absent: the words of calls go nowhere. */
  readonly content?: ContentSettings;
  /** The open calls to go on from, when settings change while calls are under way. */
  readonly open?: Set<OpenCall>;
}

/** A call that has not ended. */
export interface OpenCall {
  /** Ends it as aborted, because the monitor stops. */
  stop(): void;
}

/** Where calls are written to: the wiring, a tracer, the instruments; with what is kept for each client. */
export class Recorder {
  readonly wiring: Wiring;
  readonly semconv: Semconv;
  readonly spans: boolean;
  readonly open: Set<OpenCall>;
  /** Writes the words of calls, where they are asked for. */
  readonly content: ContentWriter | undefined;
  readonly #redaction: Redaction | undefined;
  readonly #sites = new WeakMap<object, Site>();
  readonly #bySource = new Map<Provider, Site>();
  #tracerProvider: TracerProvider | undefined;
  #meterProvider: MeterProvider | undefined;
  #loggerProvider: LoggerProvider | undefined;
  #tracer: { readonly from: TracerProvider; readonly tracer: Tracer } | undefined;
  #instruments: { readonly from: MeterProvider; readonly instruments: Instruments } | undefined;

  constructor(options: RecorderOptions) {
    this.wiring = options.wiring;
    this.semconv = options.semconv;
    this.spans = options.spans;
    this.open = options.open ?? new Set();
    const { capture = 'none', redaction } = options.content ?? {};
    this.#redaction = redaction;
    this.content =
      capture === 'none' || redaction === undefined
        ? undefined
        : new ContentWriter({
            wiring: this.wiring,
            semconv: this.semconv,
            capture,
            redaction,
            loggerProvider: () => this.#loggerProvider,
          });
  }

  setTracerProvider(provider: TracerProvider): void {
    this.#tracerProvider = provider;
  }

  setMeterProvider(provider: MeterProvider): void {
    this.#meterProvider = provider;
  }

  /** For events with the words of calls; the global one if none is set. */
  setLoggerProvider(provider: LoggerProvider): void {
    this.#loggerProvider = provider;
  }

  /** A text of a request's settings as it may stand on a span; undefined where nothing was given to mask it with. */
  redacted(text: string): string | undefined {
    if (this.#redaction === undefined) return undefined;
    if (this.#redaction === 'off') return text;
    try {
      const masked: unknown = this.#redaction(text);
      if (typeof masked === 'string') return masked;
      // What is no text may be a promise: nobody else waits for it.
      Promise.resolve(masked).catch(() => undefined);
    } catch {
      // Counted below, like what is no text.
    }
    this.fault('content');
    return undefined;
  }

  /** The tracer of the provider that was set, else of the global one. */
  get tracer(): Tracer {
    const from = this.#tracerProvider ?? trace.getTracerProvider();
    if (this.#tracer?.from !== from) this.#tracer = { from, tracer: from.getTracer(INSTRUMENTATION_NAME, VERSION) };
    return this.#tracer.tracer;
  }

  /**
   * The instruments of the meter provider that was set, else of the global one. The global one is looked up each time: a meter
   * that was taken before an app registered its provider records nothing for ever.
   */
  get instruments(): Instruments {
    const from = this.#meterProvider ?? metrics.getMeterProvider();
    if (this.#instruments?.from !== from) {
      const meter: Meter = from.getMeter(INSTRUMENTATION_NAME, VERSION);
      this.#instruments = { from, instruments: new Instruments(meter, this.semconv) };
    }
    return this.#instruments.instruments;
  }

  /** What is kept for a client: its provider and server, and its series. */
  site(row: Provider, client: unknown): Site {
    const base =
      typeof client === 'object' && client !== null ? textOf((client as { baseURL?: unknown }).baseURL) : undefined;
    const known = typeof client === 'object' && client !== null ? this.#sites.get(client) : this.#bySource.get(row);
    if (known !== undefined && known.baseURL === base) return known;
    const made = new Site(row, client, base);
    if (typeof client === 'object' && client !== null) this.#sites.set(client, made);
    else this.#bySource.set(row, made);
    return made;
  }

  /** Counts a fault of ours. Never throws. */
  fault(component: 'instrumentation' | 'usage' | 'content' = 'instrumentation'): void {
    try {
      this.wiring.store.counter('selfErrors', { component }).add(1);
    } catch {
      // Nothing is left to tell it to, and the app must not hear of it.
    }
  }

  /** Notes an SDK that cannot be watched. Never throws. */
  uninstrumented(module: string, reason: string): void {
    try {
      this.wiring.store.set('selfUninstrumented', 1, { module, reason });
    } catch {
      this.fault();
    }
  }

  /** Ends every open call as aborted by shutdown. */
  stopOpen(): void {
    for (const call of [...this.open]) call.stop();
  }
}
