import type { Json } from '../../core/json.js';
import { LruMap } from '../detectors/lru-map.js';
import { readNumber } from '../detectors/state.js';

/** Calls over which a sender's share of the traffic is now, and usually, counted. */
const NOW = 30;
const USUALLY = 600;
/** A share of so many times the usual one is a surge. */
const SURGE = 1.3;
const MAX_SENDERS = 1000;

interface Share {
  now: number;
  usual: number;
  /** Calls of all senders when it was last brought up to date. */
  at: number;
}

/**
 * Who sends how much of the traffic. A sender who asks for more at a time and more often runs a job of its own; one who asks for
 * more at a time only, and as often as ever, is asked to by the app.
 */
export class Senders {
  readonly #shares = new LruMap<Share>(MAX_SENDERS);
  #calls = 0;

  /** @param sender empty where nobody is named */
  see(sender: string): void {
    this.#calls++;
    if (sender === '') return;
    const share = this.#current(sender) ?? { now: 0, usual: 0, at: this.#calls };
    share.now += 1 / NOW;
    share.usual += 1 / USUALLY;
    if (share.usual === 1 / USUALLY) this.#shares.set(sender, share);
  }

  /** True for a sender who sends far more than usual now, and for one who is not known. */
  surges(sender: string): boolean {
    const share = this.#current(sender);
    return share === undefined || share.now > SURGE * share.usual;
  }

  #current(sender: string): Share | undefined {
    const share = this.#shares.get(sender);
    if (share === undefined) return undefined;
    const passed = this.#calls - share.at;
    share.now *= (1 - 1 / NOW) ** passed;
    share.usual *= (1 - 1 / USUALLY) ** passed;
    share.at = this.#calls;
    return share;
  }

  save(): Json {
    return this.#shares.entries().map(([sender]) => {
      const { now, usual } = this.#current(sender) as Share;
      return [sender, now, usual];
    });
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    this.#shares.clear();
    for (const entry of Array.isArray(state) ? (state as readonly Json[]) : []) {
      const [sender, now, usual] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
      const share = { now: now ?? null, usual: usual ?? null };
      this.#shares.set(String(sender), {
        now: readNumber(share, 'now', 0, NOW),
        usual: readNumber(share, 'usual', 0, USUALLY),
        at: this.#calls,
      });
    }
  }
}
