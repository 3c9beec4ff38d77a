import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, MonitorError } from '../../core/errors.js';
import { FolderLabels } from './folder-labels.js';
import { checkSnapshotName, SNAPSHOT_LIFE } from './snapshots.js';
import type { LabelStore, Snapshot, StateStore } from './state-store.js';
import { namespaceOf } from './storage-key.js';

export interface FolderStateOptions {
  readonly path: string;
  readonly shown: string;
  readonly service: string;
}

const SUFFIX = '.snapshot';
/** A file that is being written begins so: it is no snapshot's name. */
const UNFINISHED = '.unfinished-';
/** A snapshot file begins with the time it was saved, in so many bytes: a number in binary. */
const HEAD = 8;

/**
 * State in a folder that the processes of one machine share (containers too, by a volume of it). It needs what every local file
 * system does and a network file system does not: that an append goes as a whole behind those of others. Files are for their
 * owner alone. A kill at any moment leaves it whole; a power cut may take the labels of the last seconds with it.
 */
export class FolderStateStore implements StateStore {
  readonly location: string;
  readonly labels: LabelStore;
  readonly #folder: string;
  #closed = false;

  constructor({ path, shown, service }: FolderStateOptions) {
    this.location = shown;
    const home = join(path, namespaceOf(service));
    this.#folder = join(home, 'snapshots-v1');
    this.labels = new FolderLabels(join(home, 'labels-v1'), work => this.#guard(work));
  }

  async save(name: string, bytes: Uint8Array, now: number): Promise<void> {
    checkSnapshotName(name);
    await this.#guard(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const unfinished = join(this.#folder, `${UNFINISHED}${randomUUID()}`);
      const head = Buffer.alloc(HEAD);
      head.writeDoubleBE(now);
      try {
        await written(unfinished, [head, bytes]);
        await rename(unfinished, this.#pathOf(name));
      } catch (error) {
        await unlink(unfinished).catch(() => {});
        throw error;
      }
      await this.#letGo(now);
    });
  }

  async load(name: string): Promise<Snapshot | undefined> {
    checkSnapshotName(name);
    return this.#guard(async () => {
      const content = await orNothing(readFile(this.#pathOf(name)));
      if (content === undefined || content.length < HEAD) return undefined;
      return { name, savedAt: content.readDoubleBE(), bytes: new Uint8Array(content.subarray(HEAD)) };
    });
  }

  async latest(prefix: string): Promise<Snapshot | undefined> {
    const saved = await this.#guard(() => this.#saved());
    const named = saved.filter(({ name }) => name.startsWith(prefix)).sort((a, b) => b.savedAt - a.savedAt);
    for (const { name } of named) {
      const found = await this.load(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async #saved(): Promise<readonly { readonly name: string; readonly savedAt: number }[]> {
    const out: { readonly name: string; readonly savedAt: number }[] = [];
    for (const file of (await orNothing(readdir(this.#folder))) ?? []) {
      if (!file.endsWith(SUFFIX)) continue;
      const name = file.slice(0, -SUFFIX.length);
      const savedAt = await orNothing(savedAtOf(this.#pathOf(name)));
      if (savedAt !== undefined) out.push({ name, savedAt });
    }
    return out;
  }

  /** Removes snapshots of replicas that are gone, and what a killed process left half written. */
  async #letGo(now: number): Promise<void> {
    for (const { name, savedAt } of await this.#saved())
      if (savedAt < now - SNAPSHOT_LIFE) await orNothing(unlink(this.#pathOf(name)));
    for (const file of await readdir(this.#folder)) {
      if (!file.startsWith(UNFINISHED)) continue;
      const path = join(this.#folder, file);
      const changed = (await orNothing(stat(path)))?.mtimeMs ?? now;
      if (changed < now - SNAPSHOT_LIFE) await orNothing(unlink(path));
    }
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw this.#unavailable('closed');
    try {
      return await work();
    } catch (error) {
      if (MonitorError.is(error)) throw error;
      throw this.#unavailable(describeError(error), error);
    }
  }

  #unavailable(reason: string, cause?: unknown): MonitorError {
    return new MonitorError('UNAVAILABLE', `the state in ${this.location} can't be reached: ${reason}`, { cause });
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${name}${SUFFIX}`);
  }
}

/** Writes a new file and waits until the disk has it. */
async function written(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function savedAtOf(path: string): Promise<number | undefined> {
  const file: FileHandle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return bytesRead === HEAD ? buffer.readDoubleBE() : undefined;
  } finally {
    await file.close();
  }
}

/** What is not there, or no longer, is undefined. */
async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}
