import type { Json } from '../../core/json.js';
import { packBytes, readDoubles, readHead, readNumber } from '../detectors/state.js';
import { LEVEL_TESTS } from './signals.js';

/** Senders told apart; those after them are one. */
const MAX_SENDERS = 64;
/** Calls after which a sender is one of several. */
const SENDER_KNOWN = 20;
const WIDTH = LEVEL_TESTS.length;

/** The evidence of one sender, one number a level test. */
interface SenderSum {
  readonly evidence: Float64Array;
  calls: number;
}

/** Evidence for how much is asked, apart by who asks. */
export class SenderSums {
  readonly #senders = new Map<string, SenderSum>();
  /** Of all senders, a number a level test, and of how many of them it is above 0: sums of rounded numbers never end at 0. */
  readonly #total = new Float64Array(WIDTH);
  readonly #above = new Float64Array(WIDTH);
  #known = 0;

  /**
   * Adds evidence to that of a sender, which stays within 0 and `threshold`. Where several are known, one whose traffic surges
   * brings half of it at most: it runs a job of its own, and what is left of that is no evidence once the job is done.
   * @param test index of a level test
   * @param surges true where the sender's traffic surges
   * @returns the evidence of all senders
   */
  add(sender: string, test: number, evidence: number, threshold: number, surges: boolean): number {
    const sum = this.#of(sender);
    if (++sum.calls === SENDER_KNOWN + 1) this.#known++;
    const before = sum.evidence[test]!;
    const most = surges && this.#known > 1 ? threshold / 2 : threshold;
    const after = Math.max(0, Math.min(most, before + evidence));
    sum.evidence[test] = after;
    this.#above[test]! += +(after > 0) - +(before > 0);
    this.#total[test] = this.#above[test] === 0 ? 0 : this.#total[test]! + after - before;
    return this.#total[test]!;
  }

  /** Forgets the evidence of a test. */
  reset(test: number): void {
    for (const { evidence } of this.#senders.values()) evidence[test] = 0;
    this.#total[test] = 0;
    this.#above[test] = 0;
  }

  #of(sender: string): SenderSum {
    const name = this.#senders.has(sender) || this.#senders.size < MAX_SENDERS ? sender : '';
    let sum = this.#senders.get(name);
    if (sum === undefined) {
      sum = { evidence: new Float64Array(WIDTH), calls: 0 };
      this.#senders.set(name, sum);
    }
    return sum;
  }

  save(): Json {
    return {
      total: packBytes(this.#total),
      senders: [...this.#senders].map(([name, { calls, evidence }]) => [name, calls, packBytes(evidence)] as const),
    };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, {});
    this.#senders.clear();
    this.#above.fill(0);
    this.#known = 0;
    this.#total.set(readDoubles(saved, 'total', WIDTH));
    for (const entry of Array.isArray(saved['senders']) ? (saved['senders'] as readonly Json[]) : []) {
      const [name, calls, packed] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
      const head = { calls: calls ?? null, evidence: packed ?? null };
      const evidence = readDoubles(head, 'evidence', WIDTH);
      const sum = { evidence, calls: readNumber(head, 'calls', 0) };
      for (let t = 0; t < WIDTH; t++) if (evidence[t]! > 0) this.#above[t]!++;
      if (sum.calls > SENDER_KNOWN) this.#known++;
      this.#senders.set(String(name), sum);
    }
  }
}
