import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { diag } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { describeError } from '../core/errors.js';
import { notice } from '../core/notice.js';
import { defaultWiring, type Wiring } from '../core/wiring.js';
import { DEFAULT_LIMITS, Endpoint } from './endpoint.js';
import { createGuard } from './guard.js';
import { type MonitorExporterOptions, resolveOptions } from './options.js';
import { guardedProducer } from './producer.js';
import { renderSlices } from './render.js';
import { refuse } from './reply.js';
import { createRouter } from './router.js';
import { type MetricsRoute, serveMetrics } from './routes/metrics.js';
import { routeTable } from './routes/table.js';
import { Scraper } from './scrape.js';
import { Stopwatch } from './stopwatch.js';

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * The Prometheus endpoint as a `MetricReader`: what the app records with OpenTelemetry, our own metrics and process metrics in one
 * answer, as text 0.0.4 or OpenMetrics 1.0. It takes the place of a `PrometheusExporter` with the same options, has a writer and a
 * server of its own, listens on loopback unless told otherwise, and never crashes the app: a taken port gives way to the next free one.
 */
export class MonitorExporter extends PrometheusExporter {
  /** Resolves when the endpoint listens; rejects with UNAVAILABLE when it cannot. Nobody has to handle it. */
  readonly listening: Promise<void>;
  readonly #settle: { resolve: () => void; reject: (error: unknown) => void };
  readonly #wiring: Wiring;
  readonly #options: ReturnType<typeof resolveOptions>;
  readonly #ready: (() => string | undefined) | undefined;
  readonly #metrics: MetricsRoute;
  readonly #handler: (request: IncomingMessage, response: ServerResponse) => void;
  readonly #embeddedGuard: ReturnType<typeof createGuard>;
  readonly #told = new Set<string>();
  #bound = false;
  #endpoint: Endpoint | undefined;
  #started: Promise<void> | undefined;
  #shutdown: Promise<void> | undefined;

  /**
   * @param callback called once the server has started (or could not: with the error), or soon when it is not to be started
   * @throws MonitorError INVALID_ARGUMENT or CONFIG_INVALID that names the option or variable
   */
  constructor(options: MonitorExporterOptions = {}, callback: (error?: Error) => void = () => {}) {
    const wiring = options.wiring ?? defaultWiring();
    const resolved = resolveOptions(options, process.env);
    const producers = options.metricProducers ?? [];
    super({
      preventServerStart: true,
      metricProducers: producers.map(producer => guardedProducer(producer, resolved.collectTimeout, wiring.clock)),
    });
    this.#wiring = wiring;
    this.#options = resolved;
    this.#ready = options.ready;
    const { promise, resolve, reject } = deferred();
    this.listening = promise;
    this.#settle = { resolve, reject };
    const scraper = new Scraper(wiring, resolved, timeoutMillis => this.collect({ timeoutMillis }));
    const { path, collectTimeout, token } = resolved;
    this.#metrics = { path, scraper, store: wiring.store, collectTimeout };
    const { feedback } = options;
    const { store, clock } = wiring;
    const routes = routeTable({
      metrics: this.#metrics,
      ready: () => this.#notReady(),
      feedback: feedback === undefined ? undefined : { sink: feedback, store, clock },
    });
    const guard = createGuard(token, () => this.#endpoint?.address?.address);
    this.#handler = createRouter(routes, guard, error => this.#fault('a request', error));
    this.#embeddedGuard = createGuard(token, () => undefined);
    if (options.preventServerStart === true) queueMicrotask(callback);
    else
      this.startServer()
        .then(() => callback(), callback)
        .catch((error: unknown) => this.#fault('the start callback', error));
  }

  /** Where the endpoint is, without a slash at the end: the real address once it listens, before that the one asked for. */
  get url(): string {
    const { host, port } = this.#options;
    const address = this.#endpoint?.address;
    const name = address === undefined ? host : address.address;
    const reachable = WILDCARDS.has(name) ? '127.0.0.1' : name;
    return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${address?.port ?? port}`;
  }

  /**
   * Starts the server; while it runs, again gives the same promise.
   * @throws MonitorError UNAVAILABLE when the address cannot be had
   */
  override startServer(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /** Stops the server: answers under way may end, idle connections are closed at once. */
  override async stopServer(): Promise<void> {
    const endpoint = this.#endpoint;
    // A server that is still looking for a port would come up after this.
    await this.#started?.catch(() => undefined);
    await endpoint?.stop();
    if (this.#endpoint === endpoint) {
      this.#endpoint = undefined;
      this.#started = undefined;
    }
  }

  /** Idempotent: a second call gives the promise of the first. */
  override shutdown(options?: { readonly timeoutMillis?: number }): Promise<void> {
    this.#shutdown ??= super.shutdown(options);
    return this.#shutdown;
  }

  /** Answers a scrape in a server of the app's own; needs the token if there is one. */
  override getMetricsRequestHandler(request: IncomingMessage, response: ServerResponse): void {
    const refusal = this.#embeddedGuard(request, 'scrape');
    if (refusal !== undefined) {
      refuse(response, refusal);
      return;
    }
    serveMetrics(this.#metrics, request, response).catch((error: unknown) => this.#fault('a scrape', error));
  }

  /** What a scrape that asks for the plain text format would read now. @throws what OpenTelemetry's collection threw */
  async exposition(): Promise<string> {
    const families = await this.#metrics.scraper.families(this.#metrics.collectTimeout, new Stopwatch());
    return [...renderSlices(families, 'text')].join('');
  }

  protected override onInitialized(): void {
    this.#bound = true;
  }

  async #start(): Promise<void> {
    const { host, port, portAttempts } = this.#options;
    const endpoint = new Endpoint({
      host,
      port,
      portAttempts,
      limits: DEFAULT_LIMITS,
      handler: this.#handler,
      onOtherPort: (wanted, used) => {
        this.#tell(
          `port ${wanted} is taken on ${host}, by another program or another process of this app; the metrics of this process are at port ${used}. Set OTEL_EXPORTER_PROMETHEUS_PORT to choose one`,
        );
      },
      onFault: error => this.#fault('the server', error),
    });
    this.#endpoint = endpoint;
    try {
      await endpoint.start();
      this.#settle.resolve();
    } catch (error) {
      this.#endpoint = undefined;
      this.#started = undefined;
      this.#tell(`this process has no metrics endpoint: ${describeError(error)}`);
      this.#settle.reject(error);
      throw error;
    }
  }

  #notReady(): string | undefined {
    if (!this.#bound) return 'this exporter is not yet a reader of a MeterProvider';
    if (this.#shutdown !== undefined) return 'the exporter is shut down';
    try {
      return this.#ready?.();
    } catch (error) {
      this.#fault('the readiness check', error);
      return 'the readiness check failed';
    }
  }

  #count(component: string): void {
    this.#wiring.store.counter('selfErrors', { component }).add(1);
  }

  /** For what a person must know to find the metrics: `diag` says nothing until an app sets its logger. */
  #tell(line: string): void {
    this.#count('endpoint');
    if (this.#told.has(line)) return;
    this.#told.add(line);
    notice(line);
  }

  #fault(what: string, error: unknown): void {
    this.#count('endpoint');
    diag.error(`${what} of the metrics endpoint failed: ${describeError(error)}`);
  }
}

/** A promise to settle from outside; its rejection is handled even when nobody waits for it. */
function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
