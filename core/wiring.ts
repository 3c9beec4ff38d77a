import { CallChannel } from './calls.js';
import { type Clock, systemClock } from './clock.js';
import { ModelNames } from './model-names.js';
import { type CallLabels, MetricStore } from './store.js';

/**
 * What the parts in one process share: where our metrics live, the channel of calls, the model names that are label values, the
 * clock. Each part takes one as an option and the process-wide one by default, so that parts set up apart still meet.
 */
export interface Wiring {
  readonly store: MetricStore;
  readonly calls: CallChannel;
  readonly models: ModelNames;
  /** Names under which providers answered. A pool of its own: one that answers with a new name each time uses up no other. */
  readonly answeredModels: ModelNames;
  readonly clock: Clock;
}

export function createWiring(
  options: {
    readonly clock?: Clock;
    readonly seriesLimit?: number;
    readonly modelLimit?: number;
    readonly callLabels?: CallLabels;
  } = {},
): Wiring {
  const clock = options.clock ?? systemClock;
  const store = new MetricStore({
    clock,
    ...(options.seriesLimit === undefined ? {} : { seriesLimit: options.seriesLimit }),
    ...(options.callLabels === undefined ? {} : { callLabels: options.callLabels }),
  });
  const calls = new CallChannel(() => store.counter('selfErrors', { component: 'processor' }).add(1));
  const models = new ModelNames(options.modelLimit);
  return { store, calls, models, answeredModels: new ModelNames(options.modelLimit), clock };
}

let shared: Wiring | undefined;

/** The wiring of this process, made on first use. */
export function defaultWiring(): Wiring {
  shared ??= createWiring();
  return shared;
}

/**
 * Puts a wiring in the place of the process-wide one: for who composes the parts.
 * @returns the function that puts the former one back
 */
export function setDefaultWiring(wiring: Wiring): () => void {
  const before = shared;
  shared = wiring;
  return () => {
    if (shared === wiring) shared = before;
  };
}
