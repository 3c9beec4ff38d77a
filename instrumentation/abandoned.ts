/** A call that can end without a word from the SDK. */
interface Losable {
  left(by: 'abandoned'): void;
}

let registry: FinalizationRegistry<Losable> | undefined;

/**
 * Ends a call as abandoned when `holder` can no longer be reached: then nobody can ask for its answer any more. The call itself
 * must not hold `holder`. For another holder, `forget` the call first.
 */
export function endWhenUnreachable(holder: object, call: Losable): void {
  registry ??= new FinalizationRegistry(lost => lost.left('abandoned'));
  registry.register(holder, call, call);
}

/** The garbage collector need no longer tell of the call. */
export function forget(call: Losable): void {
  registry?.unregister(call);
}
