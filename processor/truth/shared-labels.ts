import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.js';
import type { FeedbackRecord, LabelRecord, RatingRecord } from '../../core/feedback.js';
import type { Claim, Claimed, LabelStore, StoredCall } from '../state/state-store.js';
import type { Judged } from './labelling.js';
import { Outbox } from './outbox.js';
import { SecondTries } from './second-tries.js';
import { isAway, Steadily } from './steadily.js';

/** What the shared labels ask of who owns the calls. */
export interface SharedLabelsOwner {
  /** A call as the store keeps it; undefined once it has left. */
  stored(number: number): StoredCall | undefined;
  /** What a label makes of a call of another replica; undefined where that is nothing, and counted. */
  judge(record: LabelRecord, call: StoredCall | undefined, heardAt: number): Judged | undefined;
  /** The call, task and verdict of a label, for the store. */
  claim(judged: Judged): Omit<Claim, 'token'>;
  settle(judged: Judged, claimed: Claimed): void;
  rate(record: RatingRecord, call: StoredCall | undefined): void;
  /** The store failed, and is asked again. */
  failed(): void;
  /** So many labels, or calls, are given up. */
  dropped(count: number): void;
}

export interface SharedLabelsOptions {
  readonly labels: LabelStore;
  readonly clock: Clock;
  readonly owner: SharedLabelsOwner;
}

interface Waiting {
  readonly record: FeedbackRecord;
  readonly heardAt: number;
  readonly token: string;
  /** Known from the start where the call is held here: then no text of the label waits. */
  judged: Judged | undefined;
  readonly weight: number;
  /** True once its call was asked for and not there. */
  missed: boolean;
}

/** Milliseconds that ended calls, and labels, wait for others to share a round trip with, and how many go in one. */
const PUT_DELAY = 50;
const LABEL_DELAY = 10;
const BATCH = 256;
/** Milliseconds until a call that is not there is asked for a second time. */
const SECOND_TRY = 1000;
/** Labels, and characters of them, that wait while the store is away. */
const MAX_LABELS = 100_000;
const MAX_CHARACTERS = 16_000_000;
/**
 * Carries ended calls and labels to the store that the replicas share, in batches and in order, and asks a store that is away
 * again until it is back. One label is under way at most once: what a call's labels say is settled in the order in which they came.
 */
export class SharedLabels {
  readonly #options: SharedLabelsOptions;
  readonly #outbox = new Outbox();
  readonly #prefix = randomBytes(9).toString('base64url');
  #serial = 0;
  #queue: Waiting[] = [];
  #characters = 0;
  readonly #later = new SecondTries<Waiting>();
  #running: Promise<void> | undefined;
  readonly #store: Steadily;
  #cancelTimer: (() => void) | undefined;
  #cancelLater: (() => void) | undefined;

  constructor(options: SharedLabelsOptions) {
    this.#options = options;
    this.#store = new Steadily(options.clock, () => options.owner.failed());
  }

  /** Lets go of a call that has left, and of those before it. @returns true for one that is not in the store yet */
  leave(number: number): boolean {
    const unsent = this.#outbox.has(number);
    // While the store is away numbers would pile up of calls that nobody knows any more.
    this.#outbox.done(number);
    return unsent;
  }

  /** A call has ended. */
  add(number: number): void {
    this.#outbox.push(number);
    this.#schedule(this.#outbox.size >= BATCH ? 0 : PUT_DELAY);
  }

  /** A label or a rating has come. @param judged what a label makes of a call that is held here */
  take(record: FeedbackRecord, heardAt: number, judged?: Judged): void {
    const weight = judged === undefined && record.kind === 'label' ? textOf(record) : 0;
    if (this.#queue.length + this.#later.size >= MAX_LABELS || this.#characters + weight > MAX_CHARACTERS) {
      this.#options.owner.dropped(1);
      return;
    }
    const token = `${this.#prefix}${(this.#serial++).toString(36)}`;
    this.#queue.push({ record, heardAt, token, judged, weight, missed: false });
    this.#characters += weight;
    this.#schedule(this.#queue.length >= BATCH ? 0 : LABEL_DELAY);
  }

  /** Resolves once all that came before is settled, or after `patience` milliseconds. */
  async flush(patience: number): Promise<void> {
    if (this.#idle && this.#running === undefined) return;
    const { clock } = this.#options;
    this.#store.wake();
    let cancel = (): void => {};
    const limit = new Promise<void>(resolve => {
      cancel = clock.setTimeout(resolve, patience);
    });
    const done = async (): Promise<void> => {
      await this.#running;
      // At most: what is there, and twice what is not, one after the other where they speak of the same call.
      for (let runs = 0; !this.#idle && runs < 3; runs++) {
        this.#tryAgain();
        await this.#run();
      }
    };
    await Promise.race([done(), limit]);
    cancel();
  }

  /** Gives up what waits. Idempotent. */
  stop(): void {
    if (this.#store.stopped) return;
    this.#store.stop();
    this.#cancelTimer?.();
    this.#cancelLater?.();
    const left = this.#outbox.size + this.#queue.length + this.#later.size;
    if (left > 0) this.#options.owner.dropped(left);
  }

  get #idle(): boolean {
    return this.#outbox.size === 0 && this.#queue.length === 0 && this.#later.size === 0;
  }

  #tryAgain(): void {
    this.#cancelLater?.();
    this.#cancelLater = undefined;
    this.#queue.push(...this.#later.takeOut());
  }

  #tryLater(waiting: Waiting): void {
    waiting.missed = true;
    this.#characters += waiting.weight;
    this.#later.add(waiting);
    this.#cancelLater ??= this.#options.clock.setTimeout(() => {
      this.#tryAgain();
      this.#schedule(0);
    }, SECOND_TRY);
  }

  #schedule(delay: number): void {
    if (this.#running !== undefined || this.#store.stopped) return;
    if (delay > 0 && this.#cancelTimer !== undefined) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (delay === 0) void this.#run();
    else this.#cancelTimer = this.#options.clock.setTimeout(() => void this.#run(), delay);
  }

  #run(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
      if (this.#queue.length > 0) this.#schedule(LABEL_DELAY);
      else if (this.#outbox.size > 0) this.#schedule(PUT_DELAY);
    });
    return this.#running;
  }

  async #work(): Promise<void> {
    do {
      await this.#put();
      const batch = this.#queue.slice(0, BATCH);
      if (batch.length === 0) continue;
      await this.#join(batch);
      if (this.#store.stopped) return;
      this.#queue = this.#queue.slice(batch.length);
      for (const { weight } of batch) this.#characters -= weight;
    } while (!this.#store.stopped && this.#queue.length > 0);
  }

  /** Puts the calls in that have ended so far: a label may be about any of them. */
  async #put(): Promise<void> {
    const { labels, owner } = this.#options;
    for (let left = this.#outbox.size; left > 0 && !this.#store.stopped; left -= BATCH) {
      const numbers = this.#outbox.first(Math.min(left, BATCH));
      const last = numbers.at(-1);
      if (last === undefined) return;
      const put = await this.#askEach(numbers, async some => {
        // Anew each time: of calls that have left meanwhile nothing is known any more.
        const calls = some.flatMap(number => owner.stored(number) ?? []);
        if (calls.length > 0) await labels.put(calls);
        return some;
      });
      if (this.#store.stopped) return;
      const refused = put.filter(number => number === undefined).length;
      if (refused > 0) owner.dropped(refused);
      this.#outbox.done(last);
    }
  }

  async #join(batch: readonly Waiting[]): Promise<void> {
    const { owner } = this.#options;
    const unknown = batch.filter(({ judged }) => judged === undefined);
    const { found, refused } = await this.#find(unknown);
    if (this.#store.stopped) return;
    if (refused.size > 0) owner.dropped(refused.size);
    for (const [i, waiting] of unknown.entries()) {
      if (refused.has(i)) continue;
      const { record, heardAt } = waiting;
      if (this.#later.waitsFor(record) || (found[i] === undefined && !waiting.missed)) this.#tryLater(waiting);
      else if (record.kind === 'rating') owner.rate(record, found[i]);
      else waiting.judged = owner.judge(record, found[i], heardAt);
    }
    const judged = batch.flatMap(({ judged, token }) => (judged === undefined ? [] : [{ judged, token }]));
    if (judged.length === 0) return;
    const claims = judged.map(one => ({ ...owner.claim(one.judged), token: one.token }));
    const claimed = await this.#claim(claims, judged);
    if (this.#store.stopped) return;
    for (const [i, answer] of claimed.entries()) {
      if (answer === undefined) owner.dropped(1);
      else owner.settle((judged[i] as { judged: Judged }).judged, answer);
    }
  }

  /**
   * Asks about many at once. What is refused for good is asked in halves, so that what is at fault is given up alone.
   * @returns the answers in order, undefined for what was refused; not all once stopped
   */
  async #askEach<I, O>(
    items: readonly I[],
    question: (items: readonly I[]) => Promise<readonly O[]>,
    maxRefusals?: number,
  ): Promise<readonly (O | undefined)[]> {
    const answers = await this.#store.ask(() => question(items), maxRefusals);
    if (answers !== undefined || this.#store.stopped) return answers ?? [];
    if (items.length <= 1) return items.map(() => undefined);
    const half = Math.ceil(items.length / 2);
    const first = await this.#askEach(items.slice(0, half), question, 1);
    return [...first, ...(await this.#askEach(items.slice(half), question, 1))];
  }

  /** Looks calls up. @returns them by the number of who waits, and the numbers of those that the store refused to look for */
  async #find(
    unknown: readonly Waiting[],
  ): Promise<{ readonly found: readonly (StoredCall | undefined)[]; readonly refused: ReadonlyMap<number, Waiting> }> {
    const found: (StoredCall | undefined)[] = [];
    const left = new Map(unknown.entries());
    await this.#store.ask(async () => {
      const asked = Array.from(
        left,
        async ([
          i,
          {
            record: { by, id },
          },
        ]) => {
          found[i] = await this.#options.labels.find(by, id);
          left.delete(i);
        },
      );
      const failed = (await Promise.allSettled(asked)).flatMap(one => (one.status === 'rejected' ? [one.reason] : []));
      // As long as one of them may be answered yet, none is given up.
      if (failed.length > 0) throw failed.find(isAway) ?? failed[0];
    });
    return { found, refused: left };
  }

  async #claim(
    claims: readonly Claim[],
    judged: readonly { readonly judged: Judged }[],
  ): Promise<readonly (Claimed | undefined)[]> {
    const { labels, owner } = this.#options;
    const claimed = await this.#askEach(claims, some => labels.claim(some));
    // A store that lost what it had gets the calls again that are held here.
    const lost = claims.flatMap((claim, i) => {
      const { number } = (judged[i] as { readonly judged: Judged }).judged.subject;
      const call = claimed[i]?.kind === 'unknown' && number !== undefined ? owner.stored(number) : undefined;
      return call === undefined ? [] : [{ claim, call, i }];
    });
    if (lost.length === 0) return claimed;
    const again = await this.#store.ask(async () => {
      await labels.put(lost.map(({ call }) => call));
      return labels.claim(lost.map(({ claim }) => claim));
    });
    const out = [...claimed];
    for (const [j, { i }] of lost.entries()) out[i] = again?.[j] ?? { kind: 'unknown' };
    return out;
  }
}

/** Characters of a label that waits. */
function textOf({ label, prediction }: LabelRecord): number {
  const alternatives = typeof label === 'object' ? label : [label];
  return [...alternatives, prediction].reduce<number>(
    (sum, one) => sum + (typeof one === 'string' ? one.length : 0),
    0,
  );
}
