import { MonitorError } from '../../../core/errors.js';
import { openStateStore } from '../../../processor/state/open.js';
import type { Claimed } from '../../../processor/state/state-store.js';
import { until } from './servers.js';
import { claimOf, storedCall } from './stored-calls.js';

/** What a claimer is told: to claim these calls, so many at once, from the moment it hears of it. */
export interface ClaimOrder {
  readonly from: number;
  readonly to: number;
  readonly batch: number;
  /** Puts the calls in first. */
  readonly put?: boolean;
}

/** What it says of a call that the store answered for. */
export type ClaimReport = readonly [n: number, answer: Claimed];

/**
 * A process of its own that claims: `claimer.js LOCATION SERVICE NAME`. It says 'ready', and after an order reports each batch
 * when it was answered, and 'done' at the end. While the store is away it asks again with the same tokens.
 */
const [location = '', service = '', name = ''] = process.argv.slice(2);
const store = openStateStore(location, { service, ttl: 604_800_000 });

async function claim({ from, to, batch, put = false }: ClaimOrder): Promise<void> {
  for (let n = from; n < to; n += batch) {
    const numbers = Array.from({ length: Math.min(batch, to - n) }, (_, i) => n + i);
    const claims = numbers.map(n => claimOf(n, `${name}-${n}`, name));
    let answers: readonly Claimed[] = [];
    await until(async () => {
      try {
        if (put) await store.labels.put(numbers.map(n => storedCall(n)));
        answers = await store.labels.claim(claims);
        return true;
      } catch (error) {
        if (MonitorError.is(error) && error.code === 'UNAVAILABLE') return false;
        throw error;
      }
    }, 'a claim');
    process.send?.(numbers.map((n, i) => [n, answers[i]]));
  }
  process.send?.('done');
}

await store.labels.size();
process.on('message', (order: ClaimOrder) => void claim(order));
process.on('disconnect', () => process.exit());
process.send?.('ready');
