import { AsyncLocalStorage } from 'node:async_hooks';

/** Made on first use: on Node 20 the first AsyncLocalStorage makes every promise of the process dearer. */
let storage: AsyncLocalStorage<true> | undefined;

/**
 * Runs `fn`, and lets every model call that it makes, also later and in its own promises, pass unseen: no span, no metric, no
 * evaluation. For calls that judge calls, which would else be judged themselves. Returns and throws what `fn` does.
 */
export function unwatched<T>(fn: () => T): T {
  storage ??= new AsyncLocalStorage();
  return storage.run(true, fn);
}

/** Whether the present code runs inside `unwatched`. */
export function isUnwatched(): boolean {
  return storage?.getStore() === true;
}
