import { evenTime } from '../core/clock.js';
import type { Json } from '../core/json.js';
import type { Wiring } from '../core/wiring.js';
import { type DriftEvent, DriftWatch, type DriftWatchOptions } from './drift/drift-watch.js';
import { Incidents } from './drift/incidents.js';
import { type ResourceSample, ResourceWatch } from './drift/resource-watch.js';
import type { DriftFacts } from './drift/signals.js';
import { DriftMetrics } from './drift-metrics.js';
import { LabelPlaces } from './label-places.js';
import { sampleResources } from './resource-sampler.js';
import type { GroundTruth, OutcomeEvent } from './truth/ground-truth.js';

export interface DriftOptions extends DriftWatchOptions {
  /** Whether what the process itself uses is watched too; true if absent. */
  readonly resources?: boolean;
}

const ALL = { kind: 'all', name: 'all' } as const;

/**
 * The drift watch of a running service: it hears calls, labels and what the process uses, and tells metrics and listeners. What
 * it learnt of calls can be saved; the process's own use cannot, as another process uses other things.
 */
export class DriftMonitor {
  readonly watch: DriftWatch;
  readonly #wiring: Wiring;
  readonly #time: () => number;
  readonly #metrics: DriftMetrics;
  readonly #resources = new ResourceWatch();
  readonly #resourceIncidents = new Incidents();
  readonly #places: LabelPlaces;
  readonly #listeners = new Set<(event: DriftEvent) => void>();
  readonly #undo: (() => void)[] = [];
  /** Calls in all, and since the process was sampled. */
  #calls = 0;
  #sampled = 0;

  /** @throws MonitorError INVALID_ARGUMENT for a budget that is not above 0 */
  constructor(wiring: Wiring, truth: GroundTruth, options: DriftOptions = {}) {
    const { store, models, clock } = wiring;
    this.watch = new DriftWatch(options);
    this.#places = new LabelPlaces(this.watch);
    this.#wiring = wiring;
    this.#time = evenTime(clock);
    this.#metrics = new DriftMetrics(store, models);
    this.#undo.push(truth.onOutcome(event => this.#label(event)));
    this.#undo.push(store.onCollect(() => this.#metrics.show(this.watch.active(), this.#resources.active())));
    if (options.resources ?? true)
      this.#undo.push(
        sampleResources(
          clock,
          () => this.#takeCalls(),
          sample => this.observeResources(sample),
        ),
      );
  }

  /** Takes in a call that has ended, once it is evaluated. */
  observe(facts: DriftFacts, now: number): void {
    this.#calls++;
    this.#tell(this.#places.observe(facts, now));
  }

  /** Takes in what the process used. */
  observeResources(sample: ResourceSample): void {
    const at = this.#time();
    for (const { signal, begun, evidence } of this.#resources.observe(sample)) {
      const pages = this.#resourceIncidents.hear(signal, ALL, begun, this.#calls, at);
      const state = begun ? 'detected' : 'recovered';
      this.#tell([{ state, signal, direction: 'up', scope: ALL, pages, at, calls: 0, evidence }]);
    }
  }

  /**
   * Tells of every change that begins or is over. A listener that throws is counted in `self.errors` and hides nothing from others.
   * @returns the function that takes the listener out again
   */
  onDrift(listener: (event: DriftEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the watch of calls learnt, one slice of work a `next()`. */
  saving(): Generator<void, Json> {
    return this.watch.saving();
  }

  /**
   * Takes over what another one saved, one slice of work a `next()`. What is no such state is refused before anything is touched.
   * @throws MonitorError STATE_MISMATCH
   */
  *restoring(state: Json): Generator<void, void> {
    yield* new DriftWatch().restoring(state);
    yield;
    yield* this.watch.restoring(state);
    this.#places.clear();
  }

  /** Hears and samples no more. Idempotent. */
  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #label(event: OutcomeEvent): void {
    this.#tell(this.#places.label(event, this.#time()));
  }

  #takeCalls(): number {
    const calls = this.#calls - this.#sampled;
    this.#sampled = this.#calls;
    return calls;
  }

  #tell(events: readonly DriftEvent[]): void {
    for (const event of events) {
      this.#metrics.count(event);
      for (const listener of this.#listeners) {
        try {
          listener(event);
        } catch {
          this.#wiring.store.counter('selfErrors', { component: 'drift' }).add(1);
        }
      }
    }
  }
}
