import type { ModelNames } from '../core/model-names.js';
import type { MetricStore } from '../core/store.js';
import type { DriftEvent } from './drift/drift-watch.js';
import { RESOURCE_SIGNALS, type ResourceSignal } from './drift/resource-watch.js';
import { TESTS } from './drift/tests.js';

type Shown = Pick<DriftEvent, 'signal' | 'direction' | 'scope'>;
interface Labels {
  readonly signal: string;
  readonly model: string;
  readonly direction: 'up' | 'down';
}

/** Models of scopes that are of no model alone. */
const ALL = 'all';
const EVERY: readonly Labels[] = [
  ...TESTS.map(({ signal, direction }) => ({ signal, model: ALL, direction })),
  ...RESOURCE_SIGNALS.map(signal => ({ signal, model: ALL, direction: 'up' as const })),
];

/** Writes what drifts: every signal of all models is there from the start, as 0. */
export class DriftMetrics {
  readonly #store: MetricStore;
  readonly #models: ModelNames;
  /** What is shown as active, or was: back to 0 it says that it is over. */
  readonly #shown = new Map<string, Labels>();

  constructor(store: MetricStore, models: ModelNames) {
    this.#store = store;
    this.#models = models;
    for (const labels of EVERY) {
      this.#shown.set(this.#key(labels), labels);
      store.set('driftActive', 0, labels);
      store.counter('driftDetected', labels).add(0);
    }
  }

  /** Counts a change that somebody is told of. */
  count(event: DriftEvent): void {
    if (event.pages) this.#store.counter('driftDetected', this.#labels(event)).add(1);
  }

  /** Brings the gauge up to date. */
  show(active: Iterable<Shown>, resources: readonly ResourceSignal[]): void {
    const on = new Set<string>();
    const mark = (labels: Labels): void => {
      on.add(this.#key(labels));
      this.#shown.set(this.#key(labels), labels);
    };
    for (const one of active) mark(this.#labels(one));
    for (const signal of resources) mark({ signal, model: ALL, direction: 'up' });
    for (const [key, labels] of this.#shown) this.#store.set('driftActive', on.has(key) ? 1 : 0, labels);
  }

  #labels({ signal, direction, scope }: Shown): Labels {
    return { signal, direction, model: scope.kind === 'model' ? this.#models.label(scope.name) : ALL };
  }

  #key({ signal, direction, model }: Labels): string {
    return `${signal} ${direction} ${model}`;
  }
}
