import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../../core/clock.js';
import { describeError } from '../../core/errors.js';
import { notice } from '../../core/notice.js';
import type { MetricStore } from '../../core/store.js';
import type { DriftEvent } from '../drift/drift-watch.js';
import type { ScoredCall } from '../span-processor.js';
import type { OutcomeEvent } from '../truth/ground-truth.js';
import { RECORDING_VERSION, type RecordLine, writeLine } from './record.js';

export interface RecorderOptions {
  /** The file that lines go to the end of; a name that ends in `.gz` is packed. */
  readonly path: string;
  readonly service?: string;
  readonly clock: Clock;
  readonly store: MetricStore;
  /** Characters that may wait for the disk; 8 million if absent. */
  readonly maxWaiting?: number;
}

/** Milliseconds that a line waits for others at most. */
const FLUSH_EVERY = 1000;
const MAX_WAITING = 8_000_000;
// A pipe that nobody reads must refuse, not wait.
const FLAGS = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NONBLOCK;
const squeeze = promisify(gzip);

/**
 * Writes calls, labels and drift to a file, for replay: a second late, in one piece. What a slow or full disk cannot take is left
 * out and counted in `self.dropped{reason="recording"}`, a write that fails in `self.errors{component="recording"}` too and told
 * once; nobody waits for it and nothing is thrown. A new file is readable by its owner alone.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  #lines: string[] = [];
  /** Characters that wait or are being written. */
  #waiting = 0;
  #cancel: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #told = false;
  #broken = false;
  #stopped = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { store, clock, service } = options;
    store.counter('selfErrors', { component: 'recording' }).add(0);
    store.counter('selfDropped', { reason: 'recording' }).add(0);
    this.#add({ kind: 'header', version: RECORDING_VERSION, service: service ?? null, startedAt: clock.now() });
  }

  call({ call, evaluations, extras: { cost, characters }, findings, at }: ScoredCall): void {
    this.#add({
      kind: 'call',
      at,
      call,
      ...(cost === undefined ? {} : { cost }),
      ...(characters === undefined ? {} : { characters }),
      evaluations,
      findings: findings.found,
    });
  }

  /** Names of classes, and figures: of a text task it says how right the answer was. */
  label({ callId, kind: taskKind, slices: _, ...rest }: OutcomeEvent): void {
    this.#add({ kind: 'label', call: callId, taskKind, ...rest });
  }

  drift(event: DriftEvent): void {
    this.#add({ kind: 'drift', ...event });
  }

  /** Resolves once what came before is in the file, or is given up. Never rejects. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    while (this.#writing !== undefined) await this.#writing;
    if (this.#lines.length === 0) return;
    this.#writing = this.#write(this.#lines.splice(0)).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** Writes what waits, and takes nothing more. Idempotent; never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.flush();
  }

  #add(record: RecordLine): void {
    if (this.#stopped) return;
    const { clock, store, maxWaiting = MAX_WAITING } = this.#options;
    try {
      const line = writeLine(record);
      if (this.#waiting + line.length > maxWaiting) {
        store.counter('selfDropped', { reason: 'recording' }).add(1);
        return;
      }
      this.#lines.push(line);
      this.#waiting += line.length;
      this.#cancel ??= clock.setTimeout(() => void this.flush(), FLUSH_EVERY);
    } catch {
      store.counter('selfErrors', { component: 'recording' }).add(1);
    }
  }

  async #write(lines: readonly string[]): Promise<void> {
    const { path, store } = this.#options;
    const text = lines.join('');
    try {
      // What a failed write left of a line must not grow into the next one.
      const bytes = Buffer.from(this.#broken ? `\n${text}` : text);
      const packed = path.endsWith('.gz') ? await squeeze(bytes) : bytes;
      const file = await open(path, FLAGS, 0o600);
      try {
        await append(file, packed);
      } finally {
        await file.close();
      }
      this.#broken = false;
    } catch (error) {
      this.#broken = true;
      store.counter('selfDropped', { reason: 'recording' }).add(lines.length);
      store.counter('selfErrors', { component: 'recording' }).add(1);
      if (!this.#told)
        notice(`the recording cannot be written, its lines are dropped until it can: ${describeError(error)}`);
      this.#told = true;
    } finally {
      this.#waiting -= text.length;
    }
  }
}

/** All of it, or nothing where the disk takes only a part: half a packed piece would make what comes after it unreadable. */
async function append(file: FileHandle, bytes: Buffer): Promise<void> {
  const { size } = await file.stat();
  let written = 0;
  try {
    while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten;
  } catch (error) {
    // Unless somebody else wrote behind it.
    if (written > 0 && (await file.stat()).size === size + written) await file.truncate(size).catch(() => undefined);
    throw error;
  }
}
