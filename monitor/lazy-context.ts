import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import { LIGHT_CONTEXT } from '../core/light-context.js';

/**
 * A context manager that switches Node's async hooks on only when somebody uses context: on Node 20 they cost 3 to 10 us for each
 * chunk of each stream, also in apps that have no context at all. Two uses do not count, and there the context holds for the
 * synchronous part alone: the batch processor, which suppresses tracing while it exports, and our own instrumentation, whose span
 * stands above those of HTTP clients only where somebody traces servers, too.
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
    if (this.#real === undefined && !isTracingSuppressed(context) && context.getValue(LIGHT_CONTEXT) !== true)
      this.#switchOn();
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
