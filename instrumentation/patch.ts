/** Takes a patch back. Safe to call twice. */
export type Undo = () => void;

export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** On a function of ours: the one it stands for. Shared by all copies of this package, so that no two count the same call. */
const ORIGINAL = Symbol.for('otel-llm-monitor.original');

type Patched = Method & { readonly [ORIGINAL]?: Method };

/** The method without a patch of ours. */
export function unpatched(method: Method): Method {
  return (method as Patched)[ORIGINAL] ?? method;
}

export function isPatched(method: unknown): boolean {
  return typeof method === 'function' && (method as Patched)[ORIGINAL] !== undefined;
}

/**
 * True for a method that OpenTelemetry's own way of patching has wrapped: another instrumentation of the SDK sees its calls. It
 * stays true when that one is switched off while a patch of ours lies over its own.
 */
export function wrappedByOther(method: unknown): boolean {
  return typeof method === 'function' && (method as { readonly __wrapped?: unknown }).__wrapped === true;
}

/**
 * Puts `make(original)` in the place of a method, under the same name, length and flags.
 * @param owner a prototype, or an instance: then the patch is its own and hides the one of its class
 * @returns the undo, which restores the property if the patch is still the current one and otherwise makes it pass calls through;
 * undefined if there is no such method or it is patched already
 */
export function patchMethod(owner: object, name: string, make: (original: Method) => Method): Undo | undefined {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  const current = (owner as Record<string, unknown>)[name];
  if (typeof current !== 'function' || isPatched(own?.value)) return undefined;
  if (own === undefined ? !Object.isExtensible(owner) : own.configurable === false) return undefined;
  const original = unpatched(current as Method);
  const made = make(original);
  let active = true;
  const wrapper = {
    method(this: unknown, ...args: unknown[]): unknown {
      return active ? made.apply(this, args) : original.apply(this, args);
    },
  }.method;
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
  Object.defineProperty(wrapper, ORIGINAL, { value: original });
  Object.defineProperty(owner, name, {
    value: wrapper,
    writable: true,
    configurable: true,
    enumerable: own?.enumerable ?? false,
  });
  return () => {
    active = false;
    if (Object.getOwnPropertyDescriptor(owner, name)?.value !== wrapper) return;
    if (own === undefined) delete (owner as Record<string, unknown>)[name];
    else Object.defineProperty(owner, name, own);
  };
}

/** The object on the prototype chain of `from`, itself included, that is the last to have `name` of its own: where a class defines it first. */
export function ownerOf(from: object, name: string): object | undefined {
  let found: object | undefined;
  for (let at: object | null = from; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, name)) found = at;
  }
  return found;
}
