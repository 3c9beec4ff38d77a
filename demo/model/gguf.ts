import { MonitorError } from '../../core/errors.js';

export type GgufValue = string | number | boolean | readonly GgufValue[];

/** A model file in memory: its metadata and its tensors, widened to 32-bit floats. */
export interface Gguf {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, Float32Array>;
}

const VERSION = 3;
const DEFAULT_ALIGNMENT = 32;
const TENSOR_F32 = 0;
const TENSOR_F16 = 1;

/** IEEE 754 half precision, given as its 16 bits. */
function halfToNumber(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Walks the header: little-endian numbers, strings with a length before them, typed values. */
class Cursor {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint32(): number {
    this.at += 4;
    return this.#bytes.readUInt32LE(this.at - 4);
  }

  uint64(): number {
    this.at += 8;
    return Number(this.#bytes.readBigUInt64LE(this.at - 8));
  }

  string(): string {
    const length = this.uint64();
    this.at += length;
    return this.#bytes.toString('utf8', this.at - length, this.at);
  }

  value(type: number): GgufValue {
    const bytes = this.#bytes;
    const from = this.at;
    switch (type) {
      case 0:
        this.at += 1;
        return bytes.readUInt8(from);
      case 1:
        this.at += 1;
        return bytes.readInt8(from);
      case 2:
        this.at += 2;
        return bytes.readUInt16LE(from);
      case 3:
        this.at += 2;
        return bytes.readInt16LE(from);
      case 4:
        return this.uint32();
      case 5:
        this.at += 4;
        return bytes.readInt32LE(from);
      case 6:
        this.at += 4;
        return bytes.readFloatLE(from);
      case 7:
        this.at += 1;
        return bytes.readUInt8(from) !== 0;
      case 8:
        return this.string();
      case 9: {
        const element = this.uint32();
        const length = this.uint64();
        return Array.from({ length }, () => this.value(element));
      }
      case 10:
        return this.uint64();
      case 11:
        this.at += 8;
        return Number(bytes.readBigInt64LE(from));
      case 12:
        this.at += 8;
        return bytes.readDoubleLE(from);
      default:
        throw new MonitorError('INVALID_ARGUMENT', `GGUF metadata type is ${type}; expected 0 to 12`);
    }
  }
}

function readTensor(bytes: Buffer, type: number, from: number, size: number): Float32Array {
  const out = new Float32Array(size);
  if (type === TENSOR_F32) for (let i = 0; i < size; i++) out[i] = bytes.readFloatLE(from + 4 * i);
  else if (type === TENSOR_F16) for (let i = 0; i < size; i++) out[i] = halfToNumber(bytes.readUInt16LE(from + 2 * i));
  else throw new MonitorError('INVALID_ARGUMENT', `GGUF tensor type is ${type}; expected 0 (F32) or 1 (F16)`);
  return out;
}

/**
 * Reads a GGUF v3 file whose tensors are F32 or F16, which is all that the demo's models need.
 * @throws MonitorError INVALID_ARGUMENT on another format, version or tensor type; RangeError on a file cut short
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export function readGguf(bytes: Buffer): Gguf {
  if (bytes.toString('latin1', 0, 4) !== 'GGUF')
    throw new MonitorError('INVALID_ARGUMENT', 'the model file does not begin with "GGUF"');
  const cursor = new Cursor(bytes);
  cursor.at = 4;
  const version = cursor.uint32();
  if (version !== VERSION)
    throw new MonitorError('INVALID_ARGUMENT', `GGUF version is ${version}; expected ${VERSION}`);
  const tensorCount = cursor.uint64();
  const entryCount = cursor.uint64();
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < entryCount; i++) {
    const key = cursor.string();
    metadata.set(key, cursor.value(cursor.uint32()));
  }
  const infos = Array.from({ length: tensorCount }, () => {
    const name = cursor.string();
    const dimensions = Array.from({ length: cursor.uint32() }, () => cursor.uint64());
    return { name, size: dimensions.reduce((a, b) => a * b, 1), type: cursor.uint32(), offset: cursor.uint64() };
  });
  const given = metadata.get('general.alignment');
  const alignment = typeof given === 'number' ? given : DEFAULT_ALIGNMENT;
  const base = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = new Map(
    infos.map(({ name, size, type, offset }) => [name, readTensor(bytes, type, base + offset, size)]),
  );
  return { metadata, tensors };
}

/** A number of the metadata. @throws MonitorError INVALID_ARGUMENT where it is missing or no number */
export function metadataNumber(gguf: Gguf, key: string): number {
  const value = gguf.metadata.get(key);
  if (typeof value === 'number') return value;
  throw new MonitorError('INVALID_ARGUMENT', `the model file has no number ${key}`);
}

/** A list of strings of the metadata. @throws MonitorError INVALID_ARGUMENT where it is missing or holds anything else */
export function metadataStrings(gguf: Gguf, key: string): readonly string[] {
  const value = gguf.metadata.get(key);
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value;
  throw new MonitorError('INVALID_ARGUMENT', `the model file has no list of strings ${key}`);
}

/** A tensor by name. @throws MonitorError INVALID_ARGUMENT where it is missing */
export function tensor(gguf: Gguf, name: string): Float32Array {
  const found = gguf.tensors.get(name);
  if (found !== undefined) return found;
  throw new MonitorError('INVALID_ARGUMENT', `the model file has no tensor ${name}`);
}
