import { setTimeout as sleep } from 'node:timers/promises';
import { MonitorError } from '../../core/errors.js';

const EVERY = 100;

/**
 * Waits until an address answers with a success.
 * @param patience milliseconds
 * @throws MonitorError UNAVAILABLE that says what the address answered last; the reason of `signal` once it is aborted
 */
export async function waitUntilReady(name: string, url: string, patience: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + patience;
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(1000)]) }).then(
      async response => {
        await response.arrayBuffer();
        return response.ok ? undefined : `status ${response.status}`;
      },
      () => 'no answer',
    );
    if (answer === undefined) return;
    signal.throwIfAborted();
    if (performance.now() >= end)
      throw new MonitorError('UNAVAILABLE', `${name} gave ${answer} at ${url} for ${patience / 1000} s`);
    await sleep(EVERY);
  }
}
