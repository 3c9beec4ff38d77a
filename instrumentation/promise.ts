import { endWhenUnreachable, forget } from './abandoned.js';
import type { Call } from './run.js';
import { observeStream } from './stream.js';

type Unwrap = (transform: (value: unknown, ...rest: unknown[]) => unknown) => object;

/** What an observed promise carries: its call, and the SDK's own methods. */
interface Observation {
  readonly call: Call;
  readonly parse: () => Promise<unknown>;
  readonly asResponse: (() => Promise<unknown>) | undefined;
  readonly unwrap: Unwrap | undefined;
  /** One promise for all who ask: the body can be read only once, and a failure must be reported as often as without us. */
  parsed: Promise<unknown> | undefined;
  /** The promise this one was derived from, kept reachable: while either can still be awaited, the call is not abandoned. */
  readonly parent: object | undefined;
}

const SEEN = Symbol('otel-llm-monitor.call');
interface Observed {
  readonly [SEEN]: Observation;
}

/** The SDK's promise parses on the first `then`, `catch` or `finally`, all by way of `parse`. */
function parse(this: Observed): Promise<unknown> {
  const seen = this[SEEN];
  if (seen.parsed === undefined) {
    seen.call.asked();
    // `this` stays reachable from both callbacks: an awaited promise that nothing else holds is not abandoned.
    seen.parsed = seen.parse.call(this).then(
      value => {
        seeValue(this[SEEN].call, value);
        return value;
      },
      error => {
        this[SEEN].call.failed(error);
        throw error;
      },
    );
  }
  return seen.parsed;
}

function asResponse(this: Observed): Promise<unknown> {
  const seen = this[SEEN];
  const response = (seen.asResponse as () => Promise<unknown>).call(this);
  return response.then(
    value => {
      this[SEEN].call.raw();
      return value;
    },
    error => {
      this[SEEN].call.failed(error);
      throw error;
    },
  );
}

function thenUnwrap(this: Observed, transform: (value: unknown, ...rest: unknown[]) => unknown): object {
  const { call, unwrap } = this[SEEN];
  const child = (unwrap as Unwrap).call(this, (value, ...rest) => {
    seeValue(call, value);
    return transform(value, ...rest);
  });
  observe(child, call, this);
  return child;
}

const HIDDEN = { writable: true, configurable: true, enumerable: false } as const;
const PARSE = { ...HIDDEN, value: parse };
const AS_RESPONSE = { ...HIDDEN, value: asResponse };
const UNWRAP = { ...HIDDEN, value: thenUnwrap };
/** openai from 7.5 on sets the method on each promise; it stays as visible as it was. */
const OWN_UNWRAP = { ...UNWRAP, enumerable: true };

function seeValue(call: Call, value: unknown): void {
  if (call.ended) return;
  if (observeStream(value, call)) {
    forget(call);
    endWhenUnreachable(value as object, call);
    return;
  }
  call.answer(value);
}

/**
 * Puts methods of ours on one promise of an SDK, which stays the same object. It is never subscribed to: the answer is seen when
 * the caller asks for it, and a failure is passed on by throwing it again.
 * @returns false, and leaves the promise untouched, if it is none of the known shape
 */
export function observe(promise: unknown, call: Call, parent?: object): boolean {
  if (typeof promise !== 'object' || promise === null) return false;
  const shape = promise as { parse?: unknown; asResponse?: unknown; _thenUnwrap?: unknown };
  if (typeof shape.parse !== 'function' || !Object.isExtensible(promise)) return false;
  const seen: Observation = {
    call,
    parse: shape.parse as Observation['parse'],
    asResponse: typeof shape.asResponse === 'function' ? (shape.asResponse as Observation['parse']) : undefined,
    unwrap: typeof shape._thenUnwrap === 'function' ? (shape._thenUnwrap as Unwrap) : undefined,
    parsed: undefined,
    parent,
  };
  Object.defineProperty(promise, SEEN, { value: seen });
  Object.defineProperty(promise, 'parse', PARSE);
  if (seen.asResponse !== undefined) Object.defineProperty(promise, 'asResponse', AS_RESPONSE);
  if (seen.unwrap !== undefined)
    Object.defineProperty(promise, '_thenUnwrap', Object.hasOwn(promise, '_thenUnwrap') ? OWN_UNWRAP : UNWRAP);
  // A derived promise holds the first one, so the first one is unreachable only together with all of them.
  if (parent === undefined) endWhenUnreachable(promise, call);
  return true;
}
