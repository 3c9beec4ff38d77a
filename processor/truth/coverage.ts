import type { Json } from '../../core/json.js';
import { isClassName, MAX_CLASSES, OTHER_CLASS } from './class-names.js';

/** Calls seen and calls labelled. */
export interface Share {
  seen: number;
  labelled: number;
}

/** How many calls got their label, all together and by the class that was predicted when the call ended. */
export class Coverage {
  readonly all: Share = { seen: 0, labelled: 0 };
  readonly #classes = new Map<string, Share>();

  /** @param predicted what the call carried; undefined where it carried no class */
  see(predicted: string | undefined): void {
    this.all.seen++;
    if (predicted !== undefined) this.#class(predicted).seen++;
  }

  label(predicted: string | undefined): void {
    this.all.labelled++;
    if (predicted !== undefined) this.#class(predicted).labelled++;
  }

  classes(): ReadonlyMap<string, Readonly<Share>> {
    return this.#classes;
  }

  /** The calls seen so far, none labelled: where a task starts that is first heard of now. */
  unlabelled(): Coverage {
    const out = new Coverage();
    out.all.seen = this.all.seen;
    for (const [name, { seen }] of this.#classes) out.#classes.set(name, { seen, labelled: 0 });
    return out;
  }

  /** @param keeps whether a name may leave the process; others are put together */
  save(keeps: (name: string) => boolean): Json {
    const out = new Map<string, Share>();
    for (const [name, { seen, labelled }] of this.#classes) {
      const key = keeps(name) ? name : OTHER_CLASS;
      const before = out.get(key);
      out.set(key, { seen: seen + (before?.seen ?? 0), labelled: labelled + (before?.labelled ?? 0) });
    }
    const classes = Array.from(out, ([name, { seen, labelled }]) => [name, seen, labelled]);
    return { seen: this.all.seen, labelled: this.all.labelled, classes };
  }

  static restore(state: CoverageState): Coverage {
    const out = new Coverage();
    out.all.seen = state.seen;
    out.all.labelled = state.labelled;
    for (const [name, seen, labelled] of state.classes) out.#classes.set(name, { seen, labelled });
    return out;
  }

  #class(name: string): Share {
    const key = this.#classes.has(name) || (this.#classes.size < MAX_CLASSES && isClassName(name)) ? name : OTHER_CLASS;
    let share = this.#classes.get(key);
    if (share === undefined) {
      share = { seen: 0, labelled: 0 };
      this.#classes.set(key, share);
    }
    return share;
  }
}

export interface CoverageState {
  readonly seen: number;
  readonly labelled: number;
  readonly classes: readonly (readonly [name: string, seen: number, labelled: number])[];
}
