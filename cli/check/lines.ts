import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

/** One line of a file of lines. */
export type Line = {
  /** From 1. */
  readonly number: number;
  /** Of its first byte. */
  readonly offset: number;
  /** Its bytes, without what ends it. */
  readonly length: number;
  /** False only for a last line that nothing ends. */
  readonly ended: boolean;
} & ({ readonly text: string } | { readonly problem: string });

/** A longer line is passed over, never held. */
export const MAX_LINE = 4 * 1024 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BOM = [0xef, 0xbb, 0xbf];
const GZIP = [0x1f, 0x8b];

/**
 * The lines of a stream of bytes, in bounded memory, blank ones left out. Ends of lines are LF or CRLF; a byte-order mark at the
 * start is dropped. A line that is too long or not UTF-8 has a `problem` in place of its text.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, most = MAX_LINE): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let parts: Uint8Array[] = [];
  let length = 0;
  let offset = 0;
  let number = 0;

  const finish = (ended: boolean): Line | undefined => {
    number++;
    const at = { number, offset, length, ended };
    offset += length + (ended ? 1 : 0);
    let bytes = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
    parts = [];
    length = 0;
    if (at.length > most) return { ...at, problem: `is longer than ${most} bytes` };
    if (number === 1 && BOM.every((byte, i) => bytes[i] === byte)) bytes = bytes.subarray(BOM.length);
    if (bytes.at(-1) === RETURN) bytes = bytes.subarray(0, -1);
    try {
      const text = decoder.decode(bytes);
      return text.trim() === '' ? undefined : { ...at, text };
    } catch {
      return { ...at, problem: 'is not UTF-8' };
    }
  };

  const hold = (part: Uint8Array): void => {
    length += part.length;
    if (length > most) parts = [];
    else if (part.length > 0) parts.push(part);
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      hold(chunk.subarray(from, to));
      from = to + 1;
      const line = finish(true);
      if (line !== undefined) yield line;
    }
    hold(chunk.subarray(from));
  }
  if (length > 0) {
    const line = finish(false);
    if (line !== undefined) yield line;
  }
}

/** The bytes of a file, unpacked if it is a gzip file, whatever its name. Rejects with the system's error. */
export async function openBytes(
  path: string,
): Promise<{ readonly bytes: AsyncIterable<Uint8Array>; readonly size?: number }> {
  const { size, packed } = await inspect(path);
  const stream = createReadStream(path);
  if (!packed) return { bytes: stream, ...(size === undefined ? {} : { size }) };
  const unpacked = createGunzip();
  stream.on('error', error => unpacked.destroy(error));
  unpacked.on('close', () => stream.destroy());
  return { bytes: stream.pipe(unpacked) };
}

async function inspect(path: string): Promise<{ readonly size: number | undefined; readonly packed: boolean }> {
  const file = await open(path, 'r');
  try {
    const stats = await file.stat();
    // Looking into a pipe would take its first bytes.
    if (!stats.isFile()) return { size: undefined, packed: false };
    const magic = new Uint8Array(GZIP.length);
    await file.read(magic, 0, magic.length, 0);
    return { size: stats.size, packed: GZIP.every((byte, i) => magic[i] === byte) };
  } finally {
    await file.close();
  }
}
