import { MonitorError, showValue } from '../../core/errors.js';
import type { Json } from '../../core/json.js';

/** A JSON object that was saved, read back: nothing of it is trusted until it was checked. */
export type SavedObject = { readonly [key: string]: Json };

function refuse(what: string): never {
  throw new MonitorError('STATE_MISMATCH', what);
}

/**
 * The saved object, once its head is what `kind` writes: the same kind, version and width.
 * @throws MonitorError STATE_MISMATCH that names the field, its value and what is accepted
 */
export function readHead(state: Json, head: Readonly<Record<string, string | number>>): SavedObject {
  if (typeof state !== 'object' || state === null || Array.isArray(state))
    refuse(`saved state is ${showValue(state)}; expected an object`);
  const saved = state as SavedObject;
  for (const [field, expected] of Object.entries(head)) {
    if (saved[field] !== expected)
      refuse(`saved state has ${field} ${showValue(saved[field])}; expected ${showValue(expected)}`);
  }
  return saved;
}

/**
 * A saved number within [low, high].
 * @throws MonitorError STATE_MISMATCH
 */
export function readNumber(saved: SavedObject, field: string, low: number, high = Number.MAX_SAFE_INTEGER): number {
  const value = saved[field];
  if (typeof value !== 'number' || !(value >= low && value <= high))
    return refuse(`saved state has ${field} ${showValue(value)}; expected a number from ${low} to ${high}`);
  return value;
}

/**
 * Numbers as base64 of their bytes (little-endian, as all platforms of Node's have them but one): exact, a third of the length
 * of their digits, and NaN survives, which JSON has no word for.
 */
export function packBytes(values: Float32Array | Float64Array | Int32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** @throws MonitorError STATE_MISMATCH unless the field holds 32 bit floats, `length` of them where it is given */
export function readFloats(saved: SavedObject, field: string, length?: number): Float32Array {
  return new Float32Array(readBytes(saved[field], field, 4, length));
}

/** @throws MonitorError STATE_MISMATCH unless the field holds 64 bit floats, `length` of them where it is given */
export function readDoubles(saved: SavedObject, field: string, length?: number): Float64Array {
  return new Float64Array(readBytes(saved[field], field, 8, length));
}

/** @throws MonitorError STATE_MISMATCH unless the field holds pairs of 32 bit integers */
export function readInts(saved: SavedObject, field: string): Int32Array {
  return new Int32Array(readBytes(saved[field], field, 8, undefined));
}

function readBytes(value: Json | undefined, field: string, size: number, length: number | undefined): ArrayBuffer {
  if (typeof value !== 'string') return refuse(`saved state has ${field} ${showValue(value)}; expected packed numbers`);
  const bytes = Buffer.from(value, 'base64');
  const expected = length === undefined ? `a multiple of ${size}` : String(length * size);
  if (bytes.length % size !== 0 || (length !== undefined && bytes.length !== length * size))
    return refuse(`saved state has ${bytes.length} bytes of ${field}; expected ${expected}`);
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}
