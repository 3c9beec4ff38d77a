import {
  type ContextManager,
  context,
  type MeterProvider,
  metrics,
  propagation,
  type TextMapPropagator,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { notice } from '../core/notice.js';
import { LazyContextManager } from './lazy-context.js';

/** Undoes a registration, or does nothing where another one has taken its place. */
type Undo = () => void;
type Setter<T> = (provider: T) => boolean;

/**
 * Registers something of ours in a global place of OpenTelemetry's API, and gives the place up when the app registers its own:
 * the API refuses a second registration, so a monitor that starts first would otherwise keep the app's own out.
 * @param set the API's setter; it is replaced until the app calls it or we leave
 */
function occupy<K extends string, T>(
  api: { [P in K]: Setter<T> } & { disable(): void },
  set: K,
  ours: T,
  what: string,
): Undo {
  const original = api[set];
  if (!original.call(api, ours)) {
    notice(
      `another ${what} is registered; it keeps the app's own telemetry, and the monitor uses its own for what it makes`,
    );
    return () => {};
  }
  let held = true;
  const leave = (): void => {
    if (!held) return;
    held = false;
    if (api[set] === giveWay) Reflect.deleteProperty(api, set);
    api.disable();
  };
  const giveWay: Setter<T> = provider => {
    leave();
    return original.call(api, provider);
  };
  Object.defineProperty(api, set, { configurable: true, writable: true, value: giveWay });
  return leave;
}

/** Makes a meter provider the global one until the app registers another. */
export function registerMetrics(provider: MeterProvider): Undo {
  return occupy<'setGlobalMeterProvider', MeterProvider>(metrics, 'setGlobalMeterProvider', provider, 'MeterProvider');
}

/** Makes a tracer provider the global one, with a context manager and W3C propagation, until the app registers its own. */
export function registerTracing(provider: TracerProvider): Undo {
  const propagator = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
  const undos = [
    occupy<'setGlobalTracerProvider', TracerProvider>(trace, 'setGlobalTracerProvider', provider, 'TracerProvider'),
    occupy<'setGlobalContextManager', ContextManager>(
      context,
      'setGlobalContextManager',
      new LazyContextManager(),
      'context manager',
    ),
    occupy<'setGlobalPropagator', TextMapPropagator>(propagation, 'setGlobalPropagator', propagator, 'propagator'),
  ];
  return () => {
    for (const undo of undos) undo();
  };
}
