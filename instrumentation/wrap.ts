import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { fieldsOf, textOf } from '../core/fields.js';
import type { Wiring } from '../core/wiring.js';
import { defaultWiring } from '../core/wiring.js';
import { activeRecorder } from './active.js';
import type { Bound, RecorderSource } from './bindings/binding.js';
import { type ContentConfig, contentSettings } from './content/settings.js';
import type { Semconv } from './instruments.js';
import type { Undo } from './patch.js';
import { PROVIDERS, type ProviderRow } from './readers/table.js';
import { Recorder } from './recorder.js';
import { defaultSemconv } from './semconv.js';

/** Where the calls of a hand-wrapped client or module go. Without any of these: to the instrumentation that is on. */
export interface WrapOptions extends ContentConfig {
  readonly wiring?: Wiring;
  readonly semconv?: Semconv;
  readonly spans?: boolean;
  /** The global ones if absent. */
  readonly tracerProvider?: TracerProvider;
  readonly meterProvider?: MeterProvider;
}

interface MadeSource {
  readonly options: WrapOptions;
  readonly source: RecorderSource;
}
/** By wiring: who wraps with the same options again adds no watcher. */
const made = new WeakMap<Wiring, MadeSource[]>();

function sourceOf(given: WrapOptions | undefined): RecorderSource {
  if (given === undefined || Object.keys(given).length === 0) return activeRecorder;
  const { wiring = defaultWiring(), semconv = defaultSemconv(), spans = true, tracerProvider, meterProvider } = given;
  const { captureContent, redact } = given;
  const known = made.get(wiring) ?? [];
  const same = known.find(
    ({ options }) =>
      options.semconv === semconv &&
      options.spans === spans &&
      options.captureContent === captureContent &&
      options.redact === redact &&
      options.tracerProvider === tracerProvider &&
      options.meterProvider === meterProvider,
  );
  if (same !== undefined) return same.source;
  const recorder = new Recorder({ wiring, semconv, spans, content: contentSettings(given) });
  if (tracerProvider !== undefined) recorder.setTracerProvider(tracerProvider);
  if (meterProvider !== undefined) recorder.setMeterProvider(meterProvider);
  const source = (): Recorder => recorder;
  made.set(wiring, [...known, { options: { ...given, semconv, spans }, source }]);
  return source;
}

/** The rows that may fit: the one whose class is named, or, where a bundler shortened the names, all of them. */
function rowsFor(fits: (row: ProviderRow) => boolean): readonly ProviderRow[] {
  const named = PROVIDERS.filter(fits);
  return named.length > 0 ? named : PROVIDERS;
}

function isClientOf(row: ProviderRow, client: object): boolean {
  for (let at: object | null = client; at !== null; at = Object.getPrototypeOf(at)) {
    const name = textOf(at.constructor?.name);
    if (name !== undefined && row.clients.includes(name)) return true;
  }
  return false;
}

/** Binds by the first row that fits, and notes the module as not watched when none does. Never throws. */
export function bindBy(
  rows: readonly ProviderRow[],
  source: RecorderSource,
  bind: (row: ProviderRow) => Bound,
): Undo | undefined {
  let reason = 'unknown_shape';
  for (const row of rows) {
    try {
      const bound = bind(row);
      if ('undo' in bound) return bound.undo;
      reason = bound.reason;
    } catch {
      source()?.fault();
    }
  }
  source()?.uninstrumented(rows.length === 1 ? (rows[0] as ProviderRow).module : 'unknown', reason);
  return undefined;
}

/**
 * Watches the calls of one client.
 * @returns the undo. If the client's shape is not known it is untouched, and `self.uninstrumented` says so
 */
export function watchClient(client: unknown, options?: WrapOptions): Undo {
  const source = sourceOf(options);
  if (typeof client !== 'object' || client === null) {
    source()?.uninstrumented('unknown', 'unknown_shape');
    return () => {};
  }
  const rows = rowsFor(row => isClientOf(row, client));
  return bindBy(rows, source, row => row.binding.bindClient(client, row, source)) ?? (() => {});
}

/**
 * Watches the calls of one client; the way for bundled apps, whose modules no loader hook sees. A second call with the same
 * options changes nothing; with others, the calls go to the latest from then on. A client whose class is watched as well goes by
 * its own options. Each call counts once.
 * @returns the same client. If its shape is not known it is untouched, and `self.uninstrumented` says so
 */
export function wrap<T>(client: T, options?: WrapOptions): T {
  watchClient(client, options);
  return client;
}

/**
 * Watches all clients of a module that was imported by hand: `instrument(await import('openai'))`. Of several, the latest that was
 * not taken back gets the calls.
 * @returns the undo. If the module's shape is not known it is untouched, and `self.uninstrumented` says so
 */
export function instrument(module: unknown, options?: WrapOptions): Undo {
  const source = sourceOf(options);
  const exports = typeof module === 'function' ? (module as unknown as Record<string, unknown>) : fieldsOf(module);
  const rows = rowsFor(row => typeof exports[row.client] === 'function');
  return bindBy(rows, source, row => row.binding.bindModule(module, row, source)) ?? (() => {});
}
