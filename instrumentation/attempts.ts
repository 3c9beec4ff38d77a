import { fieldsOf } from '../core/fields.js';
import { type Method, ownerOf, patchMethod, type Undo } from './patch.js';

/** How often the SDK built a request from one body, while calls with that body were open. */
export interface AttemptCount {
  open: number;
  built: number;
  /** True once two open calls shared the body: whose attempt it was can no longer be told. */
  shared: boolean;
}

/**
 * The SDK hands the body of a call by reference to each of its attempts, so the body's identity joins the two without a context
 * that follows the promise (which costs every promise of the process something).
 */
const counts = new WeakMap<object, AttemptCount>();

/** @returns undefined when the body is no object, so that nothing can be counted */
export function beginAttempts(body: unknown): AttemptCount | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  let count = counts.get(body);
  if (count === undefined || count.open === 0) {
    count = { open: 0, built: 0, shared: false };
    counts.set(body, count);
  }
  count.open++;
  if (count.open > 1) count.shared = true;
  return count;
}

/** @returns the attempts of the call that ends; undefined where they could not be seen or told apart */
export function endAttempts(count: AttemptCount): number | undefined {
  count.open--;
  return count.shared || count.built === 0 ? undefined : count.built;
}

interface CountedClass {
  readonly undo: Undo;
  users: number;
}
const counted = new WeakMap<object, CountedClass>();

/**
 * Counts requests where the class of a client builds them, for as long as somebody watches one of its clients. A version without
 * that method is left alone, and the attempts of its calls stay unknown.
 * @param prototype of the client's class
 */
export function watchAttempts(prototype: object): Undo | undefined {
  const owner = ownerOf(prototype, 'buildRequest');
  if (owner === undefined) return undefined;
  const known = counted.get(owner);
  const undo = known?.undo ?? patchMethod(owner, 'buildRequest', counting);
  if (undo === undefined) return undefined;
  const entry = known ?? { undo, users: 0 };
  counted.set(owner, entry);
  entry.users++;
  let left = false;
  return () => {
    if (left) return;
    left = true;
    if (--entry.users > 0) return;
    counted.delete(owner);
    entry.undo();
  };
}

function counting(original: Method): Method {
  return function buildRequest(this: unknown, ...args: unknown[]): unknown {
    const body = fieldsOf(args[0])['body'];
    if (typeof body === 'object' && body !== null) {
      const count = counts.get(body);
      if (count !== undefined) count.built++;
    }
    return original.apply(this, args);
  };
}
