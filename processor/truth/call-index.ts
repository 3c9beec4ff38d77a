/** The names by which a label may find its call. */
export interface CallIds {
  readonly callId: string;
  readonly responseId?: string;
  readonly spanId?: string;
}

/** A call that waits for its label, or has one and may get another. */
export interface Held<C> {
  readonly ids: CallIds;
  /** When the call ended, milliseconds. */
  readonly at: number;
  readonly call: C;
}

export type Identifier = 'call_id' | 'response_id' | 'span_id';

export interface CallIndexOptions<C> {
  /** How long a call waits, milliseconds; exactly that long still counts. */
  readonly ttl: number;
  /** Calls held at most. */
  readonly capacity: number;
  /** A call stops waiting, because its time is over or because there is no room. */
  readonly onLeave?: (held: Held<C>, why: 'expired' | 'evicted') => void;
}

/**
 * Calls by any of their names, in bounded memory. A call whose time is over is remembered as long as there is room, so that its
 * late label is known to be late rather than unknown; beyond the capacity the oldest goes first. Time must not run backwards.
 */
export class CallIndex<C> {
  readonly ttl: number;
  readonly #capacity: number;
  readonly #onLeave: (held: Held<C>, why: 'expired' | 'evicted') => void;
  readonly #by: Readonly<Record<Identifier, Map<string, Held<C>>>> = {
    call_id: new Map(),
    response_id: new Map(),
    span_id: new Map(),
  };
  #queue: (Held<C> | undefined)[] = [];
  /** First place that still holds a call, and first place of a call that still waits. */
  #oldest = 0;
  #waiting = 0;

  constructor({ ttl, capacity, onLeave = () => {} }: CallIndexOptions<C>) {
    this.ttl = ttl;
    this.#capacity = capacity;
    this.#onLeave = onLeave;
  }

  /** Calls whose time is not over, labelled or not. */
  get size(): number {
    return this.#queue.length - this.#waiting;
  }

  add(ids: CallIds, at: number, call: C): Held<C> {
    this.advance(at);
    const held: Held<C> = { ids, at, call };
    this.#queue.push(held);
    if (ids.callId !== '') this.#by.call_id.set(ids.callId, held);
    if (ids.responseId !== undefined) this.#by.response_id.set(ids.responseId, held);
    if (ids.spanId !== undefined) this.#by.span_id.set(ids.spanId, held);
    if (this.#queue.length - this.#oldest > this.#capacity) this.#forget();
    return held;
  }

  find(by: Identifier, id: string): Held<C> | undefined {
    return this.#by[by].get(id);
  }

  /** True when the time of a call is over at `now`. */
  expired(held: Held<C>, now: number): boolean {
    return now - held.at > this.ttl;
  }

  /** Ends the waiting of calls whose time is over at `now`. */
  advance(now: number): void {
    for (let held = this.#queue[this.#waiting]; held !== undefined && this.expired(held, now); ) {
      this.#waiting++;
      this.#onLeave(held, 'expired');
      held = this.#queue[this.#waiting];
    }
  }

  /** All that is held, oldest first, also what no longer waits. */
  *held(): Generator<Held<C>> {
    for (let i = this.#oldest; i < this.#queue.length; i++) yield this.#queue[i] as Held<C>;
  }

  #forget(): void {
    const held = this.#queue[this.#oldest] as Held<C>;
    this.#queue[this.#oldest] = undefined;
    this.#oldest++;
    if (this.#waiting < this.#oldest) {
      this.#waiting = this.#oldest;
      this.#onLeave(held, 'evicted');
    }
    const { callId, responseId, spanId } = held.ids;
    // A later call may have taken the name over.
    this.#drop('call_id', callId, held);
    if (responseId !== undefined) this.#drop('response_id', responseId, held);
    if (spanId !== undefined) this.#drop('span_id', spanId, held);
    if (this.#oldest * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#oldest);
      this.#waiting -= this.#oldest;
      this.#oldest = 0;
    }
  }

  #drop(by: Identifier, id: string, held: Held<C>): void {
    if (this.#by[by].get(id) === held) this.#by[by].delete(id);
  }
}
