import { NumberColumn } from './column.js';
import { NameBytes } from './name-bytes.js';
import { hashOf, NameTable } from './name-table.js';

/** The names by which a label may find its call. */
export interface CallIds {
  readonly callId: string;
  readonly responseId?: string;
  readonly spanId?: string;
}

export type Identifier = 'call_id' | 'response_id' | 'span_id';

export interface CallIndexOptions {
  /** How long a call waits, milliseconds; exactly that long still counts. */
  readonly ttl: number;
  /** Calls held at most. */
  readonly capacity: number;
  /** A call stops waiting, because its time is over or because there is no room. Told in the order of the calls' numbers. */
  readonly onLeave?: (number: number, why: 'expired' | 'evicted') => void;
  /** Not even its names are known any more. */
  readonly onForget?: (number: number) => void;
}

const KINDS: Readonly<Record<Identifier, number>> = { call_id: 0, response_id: 1, span_id: 2 };
/** A reference is the number of a call, of which these many bits are kept, and the kind of the name. */
const NUMBERS = 2 ** 30;

/**
 * Calls by any of their names, in bounded memory: about 120 bytes a call of three names, without an object of its own. Calls are
 * numbered as they come. A call whose time is over is remembered as long as there is room, so that its late label is known to be
 * late rather than unknown; beyond the capacity the oldest goes first. Time must not run backwards.
 */
export class CallIndex {
  readonly ttl: number;
  readonly #capacity: number;
  readonly #onLeave: (number: number, why: 'expired' | 'evicted') => void;
  readonly #onForget: (number: number) => void;
  readonly #names = new NameBytes();
  readonly #ended = new NumberColumn(Number.NaN);
  readonly #table = new NameTable((reference, name) =>
    this.#names.reads(this.#numberOf(reference), (reference - 1) % 4, name),
  );
  /** The first call that is held, the first that still waits, and the one to come. */
  #oldest = 0;
  #waiting = 0;
  #next = 0;

  constructor({ ttl, capacity, onLeave = () => {}, onForget = () => {} }: CallIndexOptions) {
    this.ttl = ttl;
    this.#capacity = capacity;
    this.#onLeave = onLeave;
    this.#onForget = onForget;
  }

  /** Calls whose time is not over, labelled or not. */
  get size(): number {
    return this.#next - this.#waiting;
  }

  /** @returns the number of the call */
  add(ids: CallIds, at: number): number {
    this.advance(at);
    const number = this.#next++;
    const names = [ids.callId, ids.responseId, ids.spanId];
    this.#names.add(number, names);
    this.#ended.set(number, at);
    for (let kind = 0; kind < names.length; kind++) {
      const name = names[kind] ?? '';
      if (name !== '') this.#table.set(hashOf(name, kind), name, referenceOf(number, kind));
    }
    if (this.#next - this.#oldest > this.#capacity) this.#forget();
    return number;
  }

  /** The number of the latest call of that name. */
  find(by: Identifier, id: string): number | undefined {
    const reference = id === '' ? 0 : this.#table.find(hashOf(id, KINDS[by]), id);
    return reference === 0 ? undefined : this.#numberOf(reference);
  }

  ids(number: number): CallIds {
    const [callId = '', responseId, spanId] = [0, 1, 2].map(kind => this.#names.read(number, kind));
    return {
      callId,
      ...(responseId === undefined ? {} : { responseId }),
      ...(spanId === undefined ? {} : { spanId }),
    };
  }

  /** When a call ended, milliseconds. */
  endedAt(number: number): number {
    return this.#ended.get(number);
  }

  /** True while a call has not left. */
  waits(number: number): boolean {
    return number >= this.#waiting;
  }

  /** True when the time of a call is over at `now`. */
  expired(number: number, now: number): boolean {
    return now - this.#ended.get(number) > this.ttl;
  }

  /** Ends the waiting of calls whose time is over at `now`. */
  advance(now: number): void {
    while (this.#waiting < this.#next && this.expired(this.#waiting, now)) this.#onLeave(this.#waiting++, 'expired');
  }

  /** The calls that wait, oldest first. */
  *numbers(): Generator<number> {
    for (let number = this.#waiting; number < this.#next; number++) yield number;
  }

  /** All that is held, oldest first, also what no longer waits. */
  *held(): Generator<number> {
    for (let number = this.#oldest; number < this.#next; number++) yield number;
  }

  #forget(): void {
    const number = this.#oldest++;
    if (this.#waiting < this.#oldest) {
      this.#waiting = this.#oldest;
      this.#onLeave(number, 'evicted');
    }
    for (let kind = 0; kind < 3; kind++) {
      const name = this.#names.read(number, kind);
      // A later call may have taken the name over: then it has another reference.
      if (name !== undefined) this.#table.remove(hashOf(name, kind), referenceOf(number, kind));
    }
    this.#names.release(number);
    this.#ended.release(number);
    this.#onForget(number);
  }

  /** References hold the low bits of a number: what is held is never further apart. */
  #numberOf(reference: number): number {
    const low = Math.floor((reference - 1) / 4);
    return this.#oldest + ((low - (this.#oldest % NUMBERS) + NUMBERS) % NUMBERS);
  }
}

function referenceOf(number: number, kind: number): number {
  return (number % NUMBERS) * 4 + kind + 1;
}
