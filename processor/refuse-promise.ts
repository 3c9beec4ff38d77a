import { MonitorError } from '../core/errors.js';

/**
 * Refuses the promise that a user's function gave where a value is wanted: nobody would wait for it. Whatever it is rejected
 * with is heard here, as a rejection that nobody hears ends the app.
 * @param what the function, for the message
 * @throws MonitorError INVALID_ARGUMENT for anything with a function `then`
 */
export function refusePromise(what: string, given: unknown): void {
  if ((typeof given !== 'object' && typeof given !== 'function') || given === null) return;
  if (typeof (given as { readonly then?: unknown }).then !== 'function') return;
  Promise.resolve(given).catch(() => {});
  throw new MonitorError('INVALID_ARGUMENT', `${what} gave a promise; expected its result at once`);
}
