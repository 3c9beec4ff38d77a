import { DriftWatch } from '../../processor/drift/drift-watch.js';
import type { DriftSignal } from '../../processor/drift/signals.js';
import { Replay } from '../../processor/recording/replay.js';
import { recordOf, type StreamRow } from './stream-file.js';

/** What a scorer of pages calls each signal. */
const TYPES: { readonly [S in DriftSignal]: string } = {
  latency: 'latency',
  time_to_first_chunk: 'latency',
  errors: 'errors',
  timeouts: 'timeout',
  refusals: 'refusal',
  repetition: 'repetition',
  pii: 'pii',
  cost: 'cost',
  input_tokens: 'cost',
  output_tokens: 'other',
  behaviour: 'swap',
  accuracy: 'accuracy',
  event_loop_delay: 'other',
  cpu: 'other',
  memory: 'other',
};

/** A page: raised when call `i`, or a label that came before the next one, was taken in. */
export interface Alert {
  readonly alert: true;
  readonly i: number;
  readonly type: string;
  /** For who reads along. */
  readonly signal: DriftSignal;
  readonly scope: string;
}

/** Runs a stream through the drift watch that live calls go through. */
export class StreamAlerts {
  readonly #replay = new Replay({ drift: new DriftWatch() });
  #last = 0;

  /** @returns the pages that a row raises, mostly none */
  take(row: StreamRow): readonly Alert[] {
    if (row.kind === 'call') this.#last = row.i;
    return this.#replay
      .take(recordOf(row))
      .drift.filter(({ state, pages }) => state === 'detected' && pages)
      .map(({ signal, scope }) => ({ alert: true, i: this.#last, type: TYPES[signal], signal, scope: scope.name }));
  }
}
