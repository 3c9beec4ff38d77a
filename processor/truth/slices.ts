import type { LlmCall } from '../../core/call.js';
import { MonitorError, showValue } from '../../core/errors.js';
import type { CallLabels } from '../../core/store.js';
import { isClassWord } from './class-names.js';
import { NO_SLICES, type Pair, type SliceValues, SlidingWindow, type WindowSpan } from './sliding-window.js';

/** The slice by prompt template: by the names that the app gave, never by the hash of a text. */
export const TEMPLATE_SLICE = 'template';
/** Where a value is not allowed, not given, or one too many. */
export const OTHER_SLICE = 'other';
/** Attributes that measures may also be taken by. */
const MAX_SLICES = 4;
/** Values of an attribute that have windows of their own, the first ones that get a label. */
export const MAX_SLICE_VALUES = 20;
/** What a template is that nobody named. */
const HASH = /^[0-9a-f]{8}$/;

/**
 * @param allowed attributes of a call that may become labels, each with its values
 * @throws MonitorError CONFIG_INVALID for a slice that is none of them and not `template`, for one twice, and for more than four
 */
export function checkSlices(slices: readonly string[], allowed: CallLabels): readonly string[] {
  const known = [TEMPLATE_SLICE, ...Object.keys(allowed)];
  if (!Array.isArray(slices) || slices.length > MAX_SLICES || new Set(slices).size !== slices.length)
    fail(slices, `up to ${MAX_SLICES} different ones of ${known.join(', ')}`);
  for (const slice of slices)
    if (!known.includes(slice))
      fail(
        slice,
        `one of ${known.join(', ')}; an attribute must be allowed as a label first (labels, LLM_MONITOR_LABELS)`,
      );
  return slices;
}

function fail(value: unknown, accepted: string): never {
  throw new MonitorError('CONFIG_INVALID', `truth.slices is ${showValue(value)}; expected ${accepted}`);
}

/** The values that a call has for the slices; what is not allowed is `other`. */
export function sliceValues(call: LlmCall, slices: readonly string[], allowed: CallLabels): SliceValues {
  if (slices.length === 0) return NO_SLICES;
  const out: Record<string, string> = {};
  for (const slice of slices) {
    const value = slice === TEMPLATE_SLICE ? call.template : call.context[slice];
    const good = slice === TEMPLATE_SLICE ? isNamed(value) : allowed[slice]?.includes(value ?? '') === true;
    out[slice] = good && value !== undefined ? value : OTHER_SLICE;
  }
  return out;
}

function isNamed(template: string | undefined): boolean {
  return template !== undefined && isClassWord(template) && !HASH.test(template);
}

/** Windows of their own for each value of each slice, in bounded number. */
export class SliceWindows {
  readonly #spans: readonly WindowSpan[];
  readonly #slices: ReadonlyMap<string, Map<string, readonly SlidingWindow[]>>;

  constructor(slices: readonly string[], spans: readonly WindowSpan[]) {
    this.#spans = spans;
    this.#slices = new Map(slices.map(slice => [slice, new Map()]));
  }

  /** The windows that a pair belongs to. */
  *containing({ slices }: Pair): Generator<SlidingWindow> {
    for (const [slice, values] of this.#slices) yield* this.#windowsOf(values, slices[slice] ?? OTHER_SLICE);
  }

  *windows(now: number): Generator<{ readonly slice: string; readonly value: string; readonly window: SlidingWindow }> {
    for (const [slice, values] of this.#slices) {
      for (const [value, windows] of values) {
        for (const window of windows) {
          window.advance(now);
          yield { slice, value, window };
        }
      }
    }
  }

  #windowsOf(values: Map<string, readonly SlidingWindow[]>, value: string): readonly SlidingWindow[] {
    const full = values.size - (values.has(OTHER_SLICE) ? 1 : 0) >= MAX_SLICE_VALUES;
    const name = full && !values.has(value) ? OTHER_SLICE : value;
    let windows = values.get(name);
    if (windows === undefined) {
      windows = this.#spans.map(span => new SlidingWindow(span));
      values.set(name, windows);
    }
    return windows;
  }
}
