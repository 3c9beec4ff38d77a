import { type BigIntStats, statSync } from 'node:fs';
import { MonitorError, showValue } from '../../core/errors.js';

/** Undefined where nothing can be looked at: who reads or writes it says why. */
function statsOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

/**
 * Makes sure that what is to be written is not the file that is read, by whatever name or link.
 * @throws MonitorError INVALID_ARGUMENT
 */
export function keepInput(input: string, out: string | undefined): void {
  if (out === undefined) return;
  const [read, written] = [statsOf(input), statsOf(out)];
  if (read?.isFile() === true && read.dev === written?.dev && read.ino === written.ino)
    throw new MonitorError(
      'INVALID_ARGUMENT',
      `--out is ${showValue(out)}, the recording itself; expected another file`,
    );
}
