import type { DriftEvent, DriftWatch } from './drift/drift-watch.js';
import type { Place } from './drift/places.js';
import type { DriftFacts } from './drift/signals.js';

/** What a label said, as far as drift is concerned. */
export interface PlacedLabel {
  readonly callId: string;
  readonly model: string;
  /** 0..1; undefined for a number task. */
  readonly correct?: number | undefined;
  readonly replaced: boolean;
}

/** Calls whose label may still come. */
const MAX_PLACES = 20_000;

/** Feeds calls and late labels to a drift watch: where a call belongs is kept until its label comes. */
export class LabelPlaces {
  readonly #watch: DriftWatch;
  readonly #places = new Map<string, Place>();

  constructor(watch: DriftWatch) {
    this.#watch = watch;
  }

  observe(facts: DriftFacts, now: number): readonly DriftEvent[] {
    const events = this.#watch.observe(facts, now);
    const { id } = facts.call;
    if (id === '') return events;
    this.#places.set(id, this.#watch.placeOf(facts.call));
    if (this.#places.size > MAX_PLACES) this.#places.delete(this.#places.keys().next().value as string);
    return events;
  }

  /** A label that took the place of an earlier one adds nothing: what the first one said cannot be taken back. */
  label({ callId, model, correct, replaced }: PlacedLabel, now: number): readonly DriftEvent[] {
    if (correct === undefined || replaced) return [];
    // Of a call that another replica saw, or that is too long ago, only the model is known.
    const place = this.#places.get(callId) ?? this.#watch.placeOf({ model: { requested: model } });
    return this.#watch.observeLabel(place, correct, now);
  }

  /** Forgets where calls belong: what the watch has taken up knows other places. */
  clear(): void {
    this.#places.clear();
  }
}
