import { AsyncLocalStorage } from 'node:async_hooks';
import type { Prediction } from '../core/call.js';

/** What an app may say of the calls made inside `withCallContext`. */
export interface CallContextAttributes {
  /** Names the prompt template; without it the template is a hash of the system text. */
  readonly template?: string;
  /** What the app already expects the answer to be: a value, or a value with its probability. */
  readonly prediction?: Prediction | Prediction['value'];
  /** Any other attribute. It becomes a label only if the configuration allows it. */
  readonly [attribute: string]: string | number | boolean | Prediction | undefined;
}

/** The attributes of a scope, taken apart once and not on every call in it. */
export interface CallContext {
  readonly template: string | undefined;
  readonly prediction: CallContextAttributes['prediction'];
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * Made on first use: in Node 20 the first use of an AsyncLocalStorage makes every promise of the process dearer, measured at 3 to
 * 10 us a streamed chunk. An app that sets no context does not pay.
 */
let storage: AsyncLocalStorage<CallContext> | undefined;

/**
 * Runs `fn` and gives every model call that it makes, also later and in its own promises, these attributes. A scope inside a
 * scope adds to the outer one. Returns and throws what `fn` does.
 */
export function withCallContext<T>(attributes: CallContextAttributes, fn: () => T): T {
  storage ??= new AsyncLocalStorage();
  const { template, prediction, ...rest } = attributes;
  const outer = storage.getStore();
  const scope: CallContext = {
    template: template ?? outer?.template,
    prediction: prediction ?? outer?.prediction,
    attributes: { ...outer?.attributes, ...rest },
  };
  return storage.run(scope, fn);
}

/** The scope that the present code runs in. */
export function currentCallContext(): CallContext | undefined {
  return storage?.getStore();
}
