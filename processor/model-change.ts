import type { LlmCall } from '../core/call.js';
import { ModelNames } from '../core/model-names.js';
import type { MetricStore } from '../core/store.js';

/** Pairs of provider and requested model that are remembered; a further one is not watched. */
const MAX_WATCHED = 1000;

/**
 * Notices that the provider answers with another model than it did before under the same requested name, and counts it in
 * `model.changes`. Only what the provider admits can be seen here; a silent swap shows in quality and truth.
 */
export class ModelChange {
  readonly #store: MetricStore;
  // Two pools: a provider that answers with ever new names must not use up the place of the models that were asked for.
  readonly #requested = new ModelNames();
  readonly #answered = new ModelNames();
  readonly #last = new Map<string, Map<string, string>>();
  #watched = 0;

  constructor(store: MetricStore) {
    this.#store = store;
  }

  /** @returns the model that answered before, when another one answers now */
  observe(call: LlmCall): string | undefined {
    const { requested, answered } = call.model;
    if (answered === undefined || call.outcome.kind !== 'ok') return undefined;
    let models = this.#last.get(call.provider);
    if (models === undefined) {
      models = new Map();
      this.#last.set(call.provider, models);
    }
    const before = models.get(requested);
    if (before === answered) return undefined;
    if (before === undefined && ++this.#watched > MAX_WATCHED) return undefined;
    models.set(requested, answered);
    const labels = {
      provider: call.provider,
      requested_model: this.#requested.admit(requested),
      from: this.#answered.admit(before ?? answered),
      to: this.#answered.admit(answered),
    };
    // The first answer makes a series of 0 changes from the model to itself: the metric is there before it is needed.
    this.#store.counter('modelChanges', labels).add(before === undefined ? 0 : 1);
    return before;
  }
}
