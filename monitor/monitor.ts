import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { createWiring } from '../core/wiring.js';
import { LlmSpanProcessor } from '../processor/index.js';

/** A running monitor. */
export interface Monitor {
  /** Where the endpoint is, without a path: `${url}/metrics`; the real port once `ready` has resolved. */
  readonly url: string;
  /** Resolves when the endpoint listens, or when it has given up on finding a port. Never rejects. */
  readonly ready: Promise<void>;
  readonly tracerProvider: NodeTracerProvider;
  readonly meterProvider: MeterProvider;
  readonly processor: LlmSpanProcessor;
  /** Resolves once every call that ended before it is scored and visible in `/metrics`. */
  flush(): Promise<void>;
  /**
   * Takes the patches off, scores what waits, closes the endpoint. A state store that does not answer holds it for ten seconds at
   * most: five for labels, five for the last snapshot. Idempotent.
   */
  shutdown(): Promise<void>;
}

/** What `startMonitor` gives when `OTEL_SDK_DISABLED` says so: nothing is patched, served or scored. */
export function disabledMonitor(): Monitor {
  return {
    url: '',
    ready: Promise.resolve(),
    tracerProvider: new NodeTracerProvider(),
    meterProvider: new MeterProvider(),
    processor: new LlmSpanProcessor({ wiring: createWiring(), detection: false }),
    flush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
