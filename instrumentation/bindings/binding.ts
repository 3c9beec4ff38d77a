import type { Undo } from '../patch.js';
import type { Provider } from '../readers/provider.js';
import type { Recorder } from '../recorder.js';

/** Gives the recorder a call goes to at the time of the call; undefined lets the call pass unseen. */
export type RecorderSource = () => Recorder | undefined;

/** The undo of what was patched, or why nothing was. */
export type Bound = { readonly undo: Undo } | { readonly reason: string };

/** How the calls of a family of SDKs are seen. */
export interface Binding {
  /** Watches all clients of a module, by the prototypes of its classes. */
  bindModule(exports: unknown, row: Provider, source: RecorderSource): Bound;
  /** Watches one client, by its own properties. */
  bindClient(client: object, row: Provider, source: RecorderSource): Bound;
}
