import type { Call } from './run.js';

/** The stream of the OpenAI family: every way out of it (loop, `tee`, `toReadableStream`, helpers) goes through `iterator`. */
interface SdkStream {
  iterator: (...args: unknown[]) => AsyncGenerator<unknown>;
  readonly controller?: { readonly signal?: { readonly aborted?: boolean } };
}

function isStream(value: unknown): value is SdkStream {
  return (
    typeof value === 'object' &&
    value !== null &&
    Symbol.asyncIterator in value &&
    'controller' in value &&
    typeof (value as { iterator?: unknown }).iterator === 'function'
  );
}

const HIDDEN = { writable: true, configurable: true, enumerable: false } as const;

/**
 * Watches a stream through the generator it hands out, which stays the SDK's own. Nothing is read before the caller reads it.
 * @returns false, and leaves the value untouched, if it is no stream of the known shape
 */
export function observeStream(value: unknown, call: Call): boolean {
  if (!isStream(value)) return false;
  const stream = value;
  const iterator = stream.iterator;
  // Only the first generator that is read tells of the call: the SDK lets a second one fail.
  let read: object | undefined;

  const onStep = (step: IteratorResult<unknown>): IteratorResult<unknown> => {
    // Holding `stream` here keeps it reachable while a step is awaited.
    if (step.done === true) call.streamEnded(stream.controller?.signal?.aborted === true);
    else call.chunk(step.value);
    return step;
  };
  const onError = (error: unknown): never => {
    call.failed(error);
    throw error;
  };

  stream.iterator = function (this: unknown, ...args: unknown[]) {
    const generator = iterator.apply(this as SdkStream, args);
    if (typeof generator?.next !== 'function' || typeof generator.return !== 'function') return generator;
    const { next, return: close, throw: raise } = generator;
    Object.defineProperty(generator, 'next', {
      ...HIDDEN,
      value: function (this: unknown, sent: undefined) {
        read ??= generator;
        const step = next.call(generator, sent);
        return read === generator ? step.then(onStep, onError) : step;
      },
    });
    Object.defineProperty(generator, 'return', {
      ...HIDDEN,
      value: function (this: unknown, result: unknown) {
        if (read === undefined || read === generator) call.left('caller');
        return close.call(generator, result);
      },
    });
    if (typeof raise === 'function')
      Object.defineProperty(generator, 'throw', {
        ...HIDDEN,
        value: function (this: unknown, error: unknown) {
          if (read === undefined || read === generator) call.left('caller');
          return raise.call(generator, error);
        },
      });
    return generator;
  };
  return true;
}
