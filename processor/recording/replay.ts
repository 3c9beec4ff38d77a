import type { Detection, Findings } from '../detection.js';
import type { DriftEvent, DriftWatch } from '../drift/drift-watch.js';
import { LabelPlaces } from '../label-places.js';
import type { CallRecord, RecordLine } from './record.js';

export interface ReplayParts {
  readonly detection?: Detection;
  readonly drift?: DriftWatch;
}

/** What came of a record. */
export interface Replayed {
  /** Of calls, where there is a detection. */
  readonly findings: Findings | undefined;
  readonly drift: readonly DriftEvent[];
}

const NOTHING: Replayed = { findings: undefined, drift: [] };

/**
 * Pushes records through detection and drift watch in their order, as live calls go: scored first, then learnt, labels joined to
 * where their call was seen. A refit runs to its end before the next record; a live one may still be under way when calls follow
 * each other without a pause, and then the calls until it ends are scored by the forest before it. Deterministic.
 */
export class Replay {
  readonly #parts: ReplayParts;
  readonly #places: LabelPlaces | undefined;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    this.#places = parts.drift && new LabelPlaces(parts.drift);
  }

  take(record: RecordLine): Replayed {
    switch (record.kind) {
      case 'call':
        return this.#call(record);
      case 'label': {
        const { call, model = 'other', correct, replaced, at } = record;
        return {
          findings: undefined,
          drift: this.#places?.label({ callId: call, model, correct, replaced }, at) ?? [],
        };
      }
      default:
        return NOTHING;
    }
  }

  #call({ call, evaluations, cost, characters, at }: CallRecord): Replayed {
    const { detection } = this.#parts;
    const extras = { cost, characters };
    const findings = detection?.observe(call, evaluations, extras, at);
    const drift = this.#places?.observe({ call, evaluations, extras }, at) ?? [];
    if (detection?.stale === true) for (const _ of detection.refit());
    return { findings, drift };
  }
}
