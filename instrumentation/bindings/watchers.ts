import { isUnwatched } from '../../core/unwatched.js';
import type { Undo } from '../patch.js';
import type { Bound, RecorderSource } from './binding.js';

/** Who watches one client or class. It is patched once, whoever watches: each call counts once. */
class Watchers {
  #sources: readonly RecorderSource[] = [];
  readonly #last: () => void;

  /** @param last told when the last one has left */
  constructor(last: () => void) {
    this.#last = last;
  }

  /** The recorder of the latest that records; none inside `unwatched`. */
  readonly current: RecorderSource = () => {
    if (isUnwatched()) return undefined;
    for (let i = this.#sources.length - 1; i >= 0; i--) {
      const recorder = (this.#sources[i] as RecorderSource)();
      if (recorder !== undefined) return recorder;
    }
    return undefined;
  };

  /** Makes one the latest. @returns the undo; one that does nothing for who was among them already */
  add(source: RecorderSource): Undo {
    const others = this.#sources.filter(each => each !== source);
    const known = others.length < this.#sources.length;
    this.#sources = [...others, source];
    if (known) return () => {};
    return () => {
      if (!this.#sources.includes(source)) return;
      this.#sources = this.#sources.filter(each => each !== source);
      if (this.#sources.length === 0) this.#last();
    };
  }
}

const watched = new WeakMap<object, Watchers>();

/**
 * Adds a watcher to a client or class. The latest one gets the calls; once it is taken back, the one before gets them again, and
 * the patches come off with the last one.
 * @param patch puts the patches on for the first one; they ask for the recorder of each call
 */
export function watch(key: object, source: RecorderSource, patch: (source: RecorderSource) => Bound): Bound {
  let watchers = watched.get(key);
  if (watchers === undefined) {
    let takeOff: Undo | undefined;
    watchers = new Watchers(() => {
      watched.delete(key);
      takeOff?.();
    });
    const bound = patch(watchers.current);
    if (!('undo' in bound)) return bound;
    takeOff = bound.undo;
    watched.set(key, watchers);
  }
  return { undo: watchers.add(source) };
}
