import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';

/**
 * A context manager that switches Node's async hooks on only when somebody uses context: on Node 20 they cost 3 to 10 us for each
 * chunk of each stream, also in apps that have no context at all. The batch processor's own use (it suppresses tracing while it
 * exports) does not count: there the context holds for the synchronous part, which is all that is needed without other users.
 */
export class LazyContextManager implements ContextManager {
  #real: AsyncLocalStorageContextManager | undefined;
  #current: Context = ROOT_CONTEXT;

  active(): Context {
    return this.#real?.active() ?? this.#current;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    if (this.#real === undefined && !isTracingSuppressed(context)) this.#switchOn();
    if (this.#real !== undefined) return this.#real.with(context, fn, thisArg, ...args);
    const before = this.#current;
    this.#current = context;
    try {
      return fn.call(thisArg as ThisParameterType<F>, ...args);
    } finally {
      this.#current = before;
    }
  }

  bind<T>(context: Context, target: T): T {
    if (context === ROOT_CONTEXT && this.#real === undefined) return target;
    this.#switchOn();
    return (this.#real as AsyncLocalStorageContextManager).bind(context, target);
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#real?.disable();
    this.#real = undefined;
    return this;
  }

  #switchOn(): void {
    this.#real ??= new AsyncLocalStorageContextManager().enable();
  }
}
