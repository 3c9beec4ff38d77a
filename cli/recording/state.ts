import { describeError, MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { type Detection, type DriftWatch, openStateStore, type StateStore } from '../../processor/index.js';
import { packSnapshot, unpackSnapshot } from '../../processor/snapshot-bytes.js';

/** How long labels would wait in this store, milliseconds: commands put no calls in. */
const TTL = 7 * 86_400_000;
/** The instance whose snapshots a training writes: any new one of the service starts from the latest. */
const TRAINED = 'trained';

export interface Learnt {
  readonly detection: Detection;
  readonly drift: DriftWatch;
}

/** What a service is called of which nobody says its name, as a monitor calls itself in Node. */
export const UNNAMED = 'unknown_service:node';

async function withStore<T>(location: string, service: string, run: (state: StateStore) => Promise<T>): Promise<T> {
  const state = openStateStore(location, { service, ttl: TTL });
  try {
    return await run(state);
  } finally {
    await state.close().catch(() => undefined);
  }
}

/**
 * Starts from what the monitors of a service saved last.
 * @throws MonitorError UNAVAILABLE where nothing is saved or the store is away, STATE_MISMATCH for a state of another version
 */
export function takeUp(location: string, service: string, { detection, drift }: Learnt): Promise<void> {
  return withStore(location, service, async state => {
    const parts: readonly [string, (state: Json) => void][] = [
      ['detection', saved => detection.restore(saved)],
      ['drift', saved => drift.restore(saved)],
    ];
    let any = false;
    for (const [name, restore] of parts) {
      const snapshot = await state.latest(`${name}-`);
      if (snapshot === undefined) continue;
      any = true;
      let saved: Json;
      try {
        saved = await unpackSnapshot(snapshot.bytes);
      } catch (error) {
        throw new MonitorError('STATE_MISMATCH', `the saved state of ${name} is broken: ${describeError(error)}`);
      }
      restore(saved);
    }
    if (!any) throw new MonitorError('UNAVAILABLE', `nothing is saved for the service ${service} at ${state.location}`);
  });
}

/** Saves what was learnt, for monitors of the service that start from now on. @returns where, without secrets */
export function leaveBehind(location: string, service: string, learnt: Learnt, now: number): Promise<string> {
  return withStore(location, service, async state => {
    await state.save(`detection-${TRAINED}`, await packSnapshot(learnt.detection.save()), now);
    await state.save(`drift-${TRAINED}`, await packSnapshot(learnt.drift.save()), now);
    return state.location;
  });
}
