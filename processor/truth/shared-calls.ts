import type { LabelRecord, RatingRecord } from '../../core/feedback.js';
import { OTHER_MODEL } from '../../core/model-names.js';
import type { Wiring } from '../../core/wiring.js';
import type { Claim, Claimed, LabelStore, StoredCall, SweptCall } from '../state/state-store.js';
import type { Judged, Labelling, LabelResult } from './labelling.js';
import { SharedLabels, type SharedLabelsOwner } from './shared-labels.js';
import { StoreTime } from './store-time.js';
import { callFromData, callToData, textsKeptBy, verdictFromData, verdictToData } from './stored-call.js';
import { Sweeping } from './sweeping.js';
import type { TaskRegistry } from './task-registry.js';
import { belongs } from './tracked-call.js';
import type { TrackedCalls } from './tracked-calls.js';

export interface SharedCallsParts {
  readonly labels: LabelStore;
  readonly wiring: Wiring;
  readonly tasks: TaskRegistry;
  readonly calls: TrackedCalls;
  readonly labelling: Labelling;
  now(): number;
  count(record: LabelRecord, result: LabelResult): void;
  rate(record: RatingRecord, model: string): void;
}

/** A call stays in the store for this share of its time longer, so that every replica knows a late label to be late. */
const GRACE = 1 / 8;

/** The side of the truth that is shared: calls become data and verdicts go by the names of classes, and back. */
export class SharedCalls implements SharedLabelsOwner {
  readonly #parts: SharedCallsParts;
  readonly #line: SharedLabels;
  readonly #sweeping: Sweeping;
  /** Calls that the store held when it was last asked. */
  size = 0;

  constructor(parts: SharedCallsParts) {
    this.#parts = parts;
    const { wiring, calls } = parts;
    const labels = new StoreTime(parts.labels, parts.now);
    const stay = calls.index.ttl * (1 + GRACE);
    this.#line = new SharedLabels({ labels, clock: wiring.clock, owner: this });
    this.#sweeping = new Sweeping({
      labels,
      clock: wiring.clock,
      overBefore: () => parts.now() - stay,
      onSwept: calls => this.#swept(calls),
      onSize: held => this.#sized(held),
      onFailure: () => this.failed(),
    });
    wiring.store.counter('selfErrors', { component: 'state' }).add(0);
    wiring.store.counter('selfDropped', { reason: 'state_unavailable' }).add(0);
  }

  add(number: number): void {
    this.#line.add(number);
  }

  take(record: LabelRecord | RatingRecord, heardAt: number, judged?: Judged): void {
    this.#line.take(record, heardAt, judged);
  }

  leave(number: number): boolean {
    return this.#line.leave(number);
  }

  flush(patience: number): Promise<void> {
    return this.#line.flush(patience);
  }

  stop(): void {
    this.#line.stop();
    this.#sweeping.stop();
  }

  stored(number: number): StoredCall | undefined {
    const { calls, tasks } = this.#parts;
    if (!calls.index.waits(number)) return undefined;
    const data = callToData(calls.get(number), textsKeptBy([...tasks], tasks.undecided));
    return { ids: calls.index.ids(number), at: calls.index.endedAt(number), data };
  }

  judge(record: LabelRecord, stored: StoredCall | undefined, heardAt: number): Judged | undefined {
    const { labelling, calls, count, wiring } = this.#parts;
    if (stored === undefined) count(record, 'orphan');
    else if (heardAt - stored.at > calls.index.ttl) count(record, 'expired');
    else {
      const call = callFromData(stored.data);
      // The name of a model is a label value here as there, as long as there is room for it.
      const subject = call && { call: { ...call, model: this.#model(call.model) }, at: stored.at, ids: stored.ids };
      if (subject === undefined) wiring.store.counter('selfErrors', { component: 'state' }).add(1);
      const judged = subject && labelling.judge(record, subject, heardAt);
      if (judged !== undefined) return judged;
      count(record, 'rejected');
    }
    return undefined;
  }

  claim({ entry: { task }, subject: { ids, number }, verdict }: Judged): Omit<Claim, 'token'> {
    const { index } = this.#parts.calls;
    const { callId } = ids ?? (number === undefined ? { callId: '' } : index.ids(number));
    return { callId, task: task.name, verdict: verdictToData(task, verdict) };
  }

  settle(judged: Judged, claimed: Claimed): void {
    const { labelling, now, count, wiring } = this.#parts;
    const { record, entry } = judged;
    if (claimed.kind === 'unknown') {
      count(record, 'orphan');
      return;
    }
    const before = claimed.kind === 'replaced' ? verdictFromData(entry.task, claimed.verdict) : undefined;
    if (claimed.kind === 'replaced' && before === undefined) {
      // What another version, or a task of another kind, made of it cannot be taken back: the label must not count twice.
      wiring.store.counter('selfErrors', { component: 'state' }).add(1);
      count(record, 'rejected');
      return;
    }
    count(record, labelling.count(judged, now(), before));
  }

  rate(record: RatingRecord, stored: StoredCall | undefined): void {
    const model = stored === undefined ? undefined : callFromData(stored.data)?.model;
    this.#parts.rate(record, model === undefined ? OTHER_MODEL : this.#model(model));
  }

  #swept(swept: readonly SweptCall[]): void {
    const { tasks, wiring } = this.#parts;
    for (const { data, labelled } of swept) {
      const call = callFromData(data);
      if (call === undefined) continue;
      for (const task of tasks)
        if (belongs(task, call) && !labelled.includes(task.name))
          wiring.store.counter('truthExpired', { task: task.name }).add(1);
    }
  }

  #sized(held: number): void {
    this.size = held;
    for (const task of this.#parts.tasks) task.pending = held;
  }

  failed(): void {
    this.#parts.wiring.store.counter('selfErrors', { component: 'state' }).add(1);
  }

  dropped(count: number): void {
    this.#parts.wiring.store.counter('selfDropped', { reason: 'state_unavailable' }).add(count);
  }

  #model(name: string): string {
    return name === OTHER_MODEL ? name : this.#parts.wiring.models.admit(name);
  }
}
