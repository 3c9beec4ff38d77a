import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Json } from '../core/json.js';
import { readingLines, writingLines } from './snapshot-lines.js';

/** What a snapshot may grow to, bytes: a broken one must not fill the memory. */
const MAX_BYTES = 512 * 1024 * 1024;
const squeeze = promisify(gzip);
const unsqueeze = promisify(gunzip);

function finish<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** A part's state as `SnapshotKeeper` keeps it, made in one go: for commands, not for an app that serves. */
export async function packSnapshot(state: Json): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (const piece of finish(writingLines(state))) pieces.push(await squeeze(piece));
  return Buffer.concat(pieces);
}

/** The state in what `SnapshotKeeper` or `packSnapshot` made. Rejects for other bytes. */
export async function unpackSnapshot(bytes: Uint8Array): Promise<Json> {
  return finish(readingLines(await unsqueeze(bytes, { maxOutputLength: MAX_BYTES })));
}
