import { diag } from '@opentelemetry/api';
import type { CollectionResult } from '@opentelemetry/sdk-metrics';
import { describeError } from '../core/errors.js';
import type { Wiring } from '../core/wiring.js';
import { LabelMemory } from './attribute-labels.js';
import type { Family } from './family.js';
import { mergeFamilies } from './merge.js';
import { constantLabels, type OtelOptions, otelFamilies, targetInfo } from './otel.js';
import { OwnMetrics } from './own.js';
import { MISNAMED, processRegistry } from './process-metrics.js';
import { type PromRegistry, promFamilies } from './prom.js';
import { Source, within } from './source.js';
import type { Stopwatch } from './stopwatch.js';

export interface ScraperOptions extends OtelOptions {
  readonly targetInfo: boolean;
  readonly constantLabels: RegExp | undefined;
  readonly processMetrics: boolean;
  readonly registries: readonly PromRegistry[];
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * One scrape: everything that is to be shown, as one list of families. First what we measured, then what the app records with
 * OpenTelemetry, then process metrics, then the user's registries. Only a failure of OpenTelemetry's own collection fails
 * a scrape; any other source that fails or hangs is left out and counted.
 */
export class Scraper {
  readonly #wiring: Wiring;
  readonly #options: ScraperOptions;
  readonly #own = new OwnMetrics();
  readonly #memory = new LabelMemory();
  readonly #collect: (timeout: number) => Promise<CollectionResult>;
  readonly #registries: readonly (readonly [Source<readonly object[]>, ReadonlySet<string>])[];
  readonly #told = new Set<string>();

  constructor(wiring: Wiring, options: ScraperOptions, collect: (timeout: number) => Promise<CollectionResult>) {
    this.#wiring = wiring;
    this.#options = options;
    this.#collect = collect;
    const { clock } = wiring;
    this.#registries = [
      ...(options.processMetrics
        ? [
            [
              new Source('process metrics', async () => (await processRegistry()).getMetricsAsJSON(), clock),
              MISNAMED,
            ] as const,
          ]
        : []),
      ...options.registries.map(
        (registry, i) => [new Source(`registry ${i + 1}`, () => registry.getMetricsAsJSON(), clock), NOTHING] as const,
      ),
    ];
  }

  /** @throws what OpenTelemetry's collection threw, or MonitorError UNAVAILABLE when it took longer than `timeout` (ms) */
  async families(timeout: number, watch: Stopwatch): Promise<Family[]> {
    watch.start();
    const sdk = this.#collected(timeout);
    const others = this.#registries.map(([source, skip]) => this.#readRegistry(source, skip, timeout, watch));
    watch.stop();
    const [collected, ...registries] = await Promise.all([sdk, ...others]);
    watch.start();
    this.#tellErrors(collected.errors);
    const { resource, scopeMetrics } = collected.resourceMetrics;
    const constant = constantLabels(resource, this.#options.constantLabels);
    const pause = (): Promise<void> => watch.pause();
    const otel = await otelFamilies(scopeMetrics, constant, this.#options, this.#memory, this.#drop, pause);
    const target = this.#options.targetInfo ? [targetInfo(resource)] : [];
    // Read last, so that what this scrape found wrong is already in it.
    const own = this.#own.families(this.#wiring.store.collect(), constant);
    const merged = mergeFamilies([target, own, otel, ...registries], this.#drop);
    watch.stop();
    return merged;
  }

  async #collected(timeout: number): Promise<CollectionResult> {
    const { clock } = this.#wiring;
    // Instruments and producers have `timeout` each and are then left out; the whole has a little more before it counts as failed.
    const result = await within(this.#collect(timeout), timeout * 1.25 + 50, clock, "OpenTelemetry's collection");
    const { resource } = result.resourceMetrics;
    if (resource.asyncAttributesPending === true && resource.waitForAsyncAttributes !== undefined)
      await within(resource.waitForAsyncAttributes(), timeout, clock, 'resource detection').catch(() => undefined);
    return result;
  }

  async #readRegistry(
    source: Source<readonly object[]>,
    skip: ReadonlySet<string>,
    timeout: number,
    watch: Stopwatch,
  ): Promise<Family[]> {
    try {
      const metrics = await source.read(timeout);
      watch.start();
      return await promFamilies(metrics, skip, () => watch.pause());
    } catch (error) {
      this.#wiring.store.counter('selfErrors', { component: 'registry' }).add(1);
      diag.warn(`a Prometheus registry could not be read and is missing from this scrape: ${describeError(error)}`);
      return [];
    } finally {
      watch.stop();
    }
  }

  #tellErrors(errors: readonly unknown[]): void {
    if (errors.length === 0) return;
    this.#wiring.store.counter('selfErrors', { component: 'otel' }).add(errors.length);
    diag.error(`${errors.length} instruments or producers failed to report: ${errors.map(describeError).join('; ')}`);
  }

  readonly #drop = (name: string, reason: string): void => {
    const text = `${name} ${reason}`;
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#wiring.store.counter('selfErrors', { component: 'exporter' }).add(1);
    diag.warn(`not shown on the endpoint: ${text}`);
  };
}
