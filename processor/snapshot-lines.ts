import { MonitorError } from '../core/errors.js';
import type { Json } from '../core/json.js';

/** Characters of a line, about: what is written, or read, without a pause. */
const LINE = 32_768;
/** Characters of a piece, about. */
const PIECE = 1_000_000;
const HEAD = '{"snapshot":1}';

type Path = readonly (string | number)[];
type Container = Record<string | number, Json>;

/** About how many characters a value is as JSON; counting stops past `limit`. */
function weigh(value: Json, limit: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let sum = 2;
  if (Array.isArray(value)) {
    for (const child of value as readonly Json[]) {
      sum += 1 + weigh(child, limit - sum);
      if (sum > limit) return sum;
    }
    return sum;
  }
  for (const [key, child] of Object.entries(value)) {
    sum += key.length + 4 + weigh(child, limit - sum);
    if (sum > limit) return sum;
  }
  return sum;
}

function* linesOf(value: Json, path: Path): Generator<string> {
  if (typeof value !== 'object' || value === null || weigh(value, LINE) <= LINE) {
    yield JSON.stringify([path, value]);
    return;
  }
  const isList = Array.isArray(value);
  yield JSON.stringify([path, isList ? [] : {}]);
  let some: [string | number, Json][] = [];
  let weight = 0;
  const flush = (): string => {
    const line = JSON.stringify([path, some, 1]);
    some = [];
    weight = 0;
    return line;
  };
  for (const [key, child] of isList ? (value as readonly Json[]).entries() : Object.entries(value)) {
    const own = weigh(child, LINE);
    if (own > LINE && typeof child === 'object') {
      if (some.length > 0) yield flush();
      yield* linesOf(child, [...path, key]);
      continue;
    }
    some.push([key, child]);
    weight += own + 8;
    if (weight > LINE) yield flush();
  }
  if (some.length > 0) yield flush();
}

/**
 * Writes a value as lines of JSON, none of which takes long to write or to read; one line a `next()`.
 * @returns the bytes in pieces of about a megabyte: to put many of them together would take long again
 */
export function* writingLines(value: Json): Generator<void, readonly Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  let text = `${HEAD}\n`;
  for (const line of linesOf(value, [])) {
    text += `${line}\n`;
    if (text.length >= PIECE) {
      pieces.push(Buffer.from(text));
      text = '';
    }
    yield;
  }
  pieces.push(Buffer.from(text));
  return pieces;
}

/**
 * Reads what `writingLines` wrote, one line a `next()`.
 * @throws MonitorError STATE_MISMATCH for anything else
 */
export function* readingLines(bytes: Uint8Array): Generator<void, Json> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const root: Container = {};
  let first = true;
  for (let at = 0; at < buffer.length; ) {
    const end = buffer.indexOf(10, at);
    const line = buffer.toString('utf8', at, end < 0 ? buffer.length : end);
    at = end < 0 ? buffer.length : end + 1;
    if (first) {
      if (line !== HEAD) throw mismatch();
      first = false;
      continue;
    }
    try {
      place(root, JSON.parse(line) as [Path, Json, 1?]);
    } catch (cause) {
      throw MonitorError.is(cause) ? cause : mismatch();
    }
    yield;
  }
  const { value } = root;
  if (value === undefined) throw mismatch();
  return value;
}

function place(root: Container, [path, value, further]: [Path, Json, 1?]): void {
  const whole = ['value', ...path];
  const last = whole.at(-1) as string | number;
  let at = root;
  for (const key of whole.slice(0, -1)) at = inside(at, key);
  if (further === undefined) put(at, last, value);
  else for (const [key, child] of value as [string | number, Json][]) put(inside(at, last), key, child);
}

function inside(at: Container, key: string | number): Container {
  const child = Object.hasOwn(at, key) ? at[key] : undefined;
  if (typeof child !== 'object' || child === null) throw mismatch();
  return child as Container;
}

function put(at: Container, key: string | number, value: Json): void {
  if (Array.isArray(at) && (typeof key !== 'number' || key > at.length)) throw mismatch();
  // Not `at[key] =`: that of `__proto__` would change what an object is.
  Object.defineProperty(at, key, { value, writable: true, enumerable: true, configurable: true });
}

function mismatch(): MonitorError {
  return new MonitorError('STATE_MISMATCH', 'the snapshot is not one of this version, or was cut off');
}
