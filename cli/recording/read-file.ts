import { systemClock } from '../../core/clock.js';
import { describeError, MonitorError, showValue } from '../../core/errors.js';
import { type RecordLine, readRecord } from '../../processor/recording/record.js';
import { openBytes, readLines } from '../check/lines.js';
import type { CommandIo } from '../command.js';

export interface ReadOptions {
  readonly path: string;
  /** Leaves wrong lines out instead of ending at the first. */
  readonly keepGoing: boolean;
  readonly io: CommandIo;
  /** Hears of every line that was left out. */
  readonly onWrong?: () => void;
}

/** Milliseconds between two lines on how far it is. */
const PROGRESS_EVERY = 2000;
/** Wrong lines that are told one by one. */
const TOLD = 10;
/** Lines between two looks at the time. */
const LOOK_EVERY = 1000;

/**
 * The records of a file in their order, unpacked if it is packed, in bounded memory; with its progress on a terminal.
 * @throws MonitorError UNAVAILABLE for a file that cannot be read, INVALID_ARGUMENT for a wrong line, with its number and field
 */
export async function* readRecording({ path, keepGoing, io, onWrong }: ReadOptions): AsyncGenerator<RecordLine> {
  let last = systemClock.monotonic();
  let wrong = 0;
  try {
    const { bytes, size } = await openBytes(path);
    for await (const line of readLines(bytes)) {
      let record: RecordLine;
      try {
        if ('problem' in line) throw new MonitorError('INVALID_ARGUMENT', `line ${line.number} ${line.problem}`);
        record = readRecord(line.text, line.number);
      } catch (error) {
        if (!keepGoing) throw error;
        onWrong?.();
        if (++wrong <= TOLD) io.err(`${describeError(error)}${wrong === TOLD ? ' (further ones are not told)' : ''}\n`);
        continue;
      }
      yield record;
      if (io.terminal === undefined || line.number % LOOK_EVERY !== 0) continue;
      const now = systemClock.monotonic();
      if (now - last < PROGRESS_EVERY) continue;
      last = now;
      const share = size === undefined ? '' : ` (${Math.floor((100 * line.offset) / size)} %)`;
      io.err(`${line.number} lines${share}\n`);
    }
  } catch (error) {
    if (MonitorError.is(error)) throw error;
    throw new MonitorError('UNAVAILABLE', `${showValue(path)} cannot be read: ${describeError(error)}`);
  }
}
