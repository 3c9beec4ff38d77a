import type { Clock } from '../../../core/clock.js';
import { MonitorError } from '../../../core/errors.js';
import { MemoryStateStore } from '../../../processor/state/memory.js';
import type { LabelStore, StoredCall } from '../../../processor/state/state-store.js';

/** What a request may meet: it never arrives, or its answer is lost. */
export type Fault = 'request' | 'answer';

/** A store in memory that fails when it is told to, and keeps what was put for the test to look at. */
export class FlakyStore {
  readonly labels: LabelStore;
  readonly put: StoredCall[] = [];
  readonly asked: string[] = [];
  /** The fault of the next request of a kind; undefined for none. */
  fault: (method: keyof LabelStore) => Fault | undefined = () => undefined;
  memory: MemoryStateStore;

  /** @param clock the store's own */
  constructor(clock: Pick<Clock, 'now'>) {
    this.memory = new MemoryStateStore(clock);
    const ask = async <T>(method: keyof LabelStore, run: (labels: LabelStore) => Promise<T>): Promise<T> => {
      this.asked.push(method);
      const fault = this.fault(method);
      const away = (): MonitorError => new MonitorError('UNAVAILABLE', 'the store is away');
      if (fault === 'request') throw away();
      const answer = await run(this.memory.labels);
      if (fault === 'answer') throw away();
      return answer;
    };
    this.labels = {
      put: calls => {
        this.put.push(...calls);
        return ask('put', labels => labels.put(calls));
      },
      find: (by, id) => ask('find', labels => labels.find(by, id)),
      claim: claims => ask('claim', labels => labels.claim(claims)),
      sweep: (before, limit) => ask('sweep', labels => labels.sweep(before, limit)),
      now: () => ask('now', labels => labels.now()),
      size: () => ask('size', labels => labels.size()),
    };
  }
}
