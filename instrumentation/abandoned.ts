/** A call that can end without a word from the SDK. */
interface Losable {
  left(by: 'abandoned'): void;
}

let registry: FinalizationRegistry<Losable> | undefined;

/**
 * Ends a call as abandoned when `holder` can no longer be reached: then nobody can ask for its answer any more. A later holder
 * takes the place of an earlier one. The call itself must not hold `holder`.
 */
export function endWhenUnreachable(holder: object, call: Losable): void {
  registry ??= new FinalizationRegistry(lost => lost.left('abandoned'));
  registry.unregister(call);
  registry.register(holder, call, call);
}

/** The call has ended: the garbage collector need not tell. */
export function forget(call: Losable): void {
  registry?.unregister(call);
}
