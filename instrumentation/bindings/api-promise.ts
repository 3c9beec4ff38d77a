import { fieldsOf } from '../../core/fields.js';
import { watchAttempts } from '../attempts.js';
import { isPatched, type Method, patchMethod, type Undo, wrappedByOther } from '../patch.js';
import { observe } from '../promise.js';
import type { Endpoint, Provider } from '../readers/provider.js';
import { Call } from '../run.js';
import type { Binding, Bound, RecorderSource } from './binding.js';
import { watch } from './watchers.js';

/** True while an SDK's method runs under a patch of ours: a client and its class may both be patched, the call is one. */
let inside = false;

function watched(original: Method, endpoint: Endpoint, row: Provider, source: RecorderSource): Method {
  // Another instrumentation may lie below ours or above it. The conventions' spans and metrics are its own then: each counts once.
  const below = wrappedByOther(original);
  return function (this: unknown, ...args: unknown[]): unknown {
    if (inside) return original.apply(this, args);
    const recorder = source();
    if (recorder === undefined) return original.apply(this, args);
    let call: Call;
    try {
      const self = fieldsOf(this);
      const alone = !below && !wrappedByOther(self[endpoint.method]);
      call = new Call(recorder, row, endpoint, self['_client'], args[0], fieldsOf(args[1])['signal'], alone);
    } catch {
      recorder.fault();
      return original.apply(this, args);
    }
    let result: unknown;
    inside = true;
    try {
      result = call.within(original, this, args);
    } catch (error) {
      call.failed(error);
      throw error;
    } finally {
      inside = false;
    }
    try {
      if (observe(result, call)) return result;
    } catch {
      recorder.fault();
    }
    call.discard();
    recorder.uninstrumented(row.module, 'unknown_promise');
    return result;
  };
}

function follow(from: unknown, path: readonly string[]): unknown {
  let at = from;
  for (const name of path) {
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

function prototypeOf(value: unknown): object | undefined {
  const prototype: unknown = typeof value === 'function' ? value.prototype : undefined;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}

function hasMethod(owner: unknown, method: string): owner is object {
  return (
    typeof owner === 'object' && owner !== null && typeof (owner as Record<string, unknown>)[method] === 'function'
  );
}

/** The client's class among the exports: by name, as the default, or as the module itself, which CommonJS versions are. */
function clientClass(exports: unknown, row: Provider): unknown {
  const named = follow(exports, [row.client]);
  const byDefault = follow(exports, ['default']);
  return [named, byDefault, follow(byDefault, [row.client]), exports].find(candidate =>
    row.endpoints.some(endpoint => hasMethod(prototypeOf(follow(candidate, endpoint.statics)), endpoint.method)),
  );
}

function bindAll(
  owners: readonly (readonly [Endpoint, unknown])[],
  clientPrototype: object | undefined,
  row: Provider,
  source: RecorderSource,
): Bound {
  const undos: Undo[] = [];
  let found = false;
  for (const [endpoint, owner] of owners) {
    if (!hasMethod(owner, endpoint.method)) continue;
    found = true;
    const undo = patchMethod(owner, endpoint.method, original => watched(original, endpoint, row, source));
    if (undo !== undefined) undos.push(undo);
    else if (!isPatched((owner as Record<string, unknown>)[endpoint.method])) return { reason: 'not_writable' };
  }
  if (!found) return { reason: 'unknown_shape' };
  const attempts = clientPrototype === undefined ? undefined : watchAttempts(clientPrototype);
  if (attempts !== undefined) undos.push(attempts);
  return {
    undo: () => {
      for (const undo of undos.splice(0)) undo();
    },
  };
}

/**
 * SDKs whose methods return a promise that parses lazily, with `parse`, `asResponse` and `_thenUnwrap`: openai and its kin.
 * The methods are patched on the prototypes of the resource classes, because the exports of CommonJS builds cannot be replaced
 * and the helpers (`parse`, `stream`, `runTools`) call them there.
 */
export const apiPromiseBinding: Binding = {
  bindModule(exports, row, source) {
    const client = clientClass(exports, row);
    const prototype = prototypeOf(client);
    if (prototype === undefined) return { reason: 'unknown_shape' };
    const owners = row.endpoints.map(endpoint => [endpoint, prototypeOf(follow(client, endpoint.statics))] as const);
    return watch(prototype, source, current => bindAll(owners, prototype, row, current));
  },

  bindClient(client, row, source) {
    return watch(client, source, current => patchClient(client, row, current));
  },
};

function patchClient(client: object, row: Provider, source: RecorderSource): Bound {
  const owners = row.endpoints.map(endpoint => [endpoint, follow(client, endpoint.resource)] as const);
  const bound = bindAll(owners, Object.getPrototypeOf(client) ?? undefined, row, source);
  if (!('undo' in bound)) return bound;
  const copies = patchMethod(client, 'withOptions', original => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const copy = original.apply(this, args);
      try {
        // A copy is watched by whoever watches the client, now and later.
        if (typeof copy === 'object' && copy !== null) apiPromiseBinding.bindClient(copy, row, source);
      } catch {
        source()?.fault();
      }
      return copy;
    };
  });
  if (copies === undefined) return bound;
  return {
    undo: () => {
      bound.undo();
      copies();
    },
  };
}
