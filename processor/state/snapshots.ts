import { MonitorError, showValue } from '../../core/errors.js';

/** A snapshot that was not saved again for so long, milliseconds, goes with the next one that is saved: its replica is gone. */
export const SNAPSHOT_LIFE = 7 * 86_400_000;

/** @throws MonitorError INVALID_ARGUMENT for what is no name of a snapshot */
export function checkSnapshotName(name: string): string {
  if (/^[a-z0-9_-][a-z0-9_.-]{0,119}$/.test(name)) return name;
  throw new MonitorError(
    'INVALID_ARGUMENT',
    `the name of a snapshot is ${showValue(name)}; expected 1 to 120 of a-z, 0-9, _, - and ., not beginning with a .`,
  );
}
