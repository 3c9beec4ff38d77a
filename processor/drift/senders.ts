import type { Json } from '../../core/json.js';
import { readHead, readNumber } from '../detectors/state.js';
import { RecentMap } from './recent-map.js';

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
  readonly #shares = new RecentMap<Share>(MAX_SENDERS);
  #calls = 0;

  /** @param sender empty where nobody is named */
  see(sender: string): void {
    this.#calls++;
    if (sender === '') return;
    const share = this.#shares.take(sender, () => ({ now: 0, usual: 0, at: this.#calls })).value;
    this.#age(share);
    share.now += 1 / NOW;
    share.usual += 1 / USUALLY;
  }

  /** True for a sender who sends far more than usual now, and for one who is not known. */
  surges(sender: string): boolean {
    const share = this.#shares.peek(sender);
    if (share === undefined) return true;
    this.#age(share);
    return share.now > SURGE * share.usual;
  }

  #age(share: Share): void {
    const passed = this.#calls - share.at;
    if (passed === 0) return;
    share.now *= (1 - 1 / NOW) ** passed;
    share.usual *= (1 - 1 / USUALLY) ** passed;
    share.at = this.#calls;
  }

  save(): Json {
    return { calls: this.#calls, shares: this.#shares.save(({ now, usual, at }) => [now, usual, at]) };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, {});
    this.#calls = readNumber(saved, 'calls', 0);
    this.#shares.restore(saved['shares'], packed => {
      const [now, usual, at] = Array.isArray(packed) ? (packed as readonly Json[]) : [];
      const share = { now: now ?? null, usual: usual ?? null, at: at ?? null };
      return {
        now: readNumber(share, 'now', 0, NOW),
        usual: readNumber(share, 'usual', 0, USUALLY),
        at: readNumber(share, 'at', 0, this.#calls),
      };
    });
  }
}
