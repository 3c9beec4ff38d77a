import { MonitorError, showValue } from '../../core/errors.js';
import { spread } from './word-hash.js';

/** Weights of a model: a power of two, so that a hash finds its weight by a mask. */
export const SLOTS = 32_768;
const MASK = SLOTS - 1;
/** Magic number, then scale and bias as 32-bit floats, then the weights as 16-bit integers; all little-endian. */
const HEADER = 12;
const MAGIC = 0x31574d4c;
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Stamps of the slots that a text has set: they need clearing once in 255 texts. Used by one text at a time. */
let stamps: Uint8Array | undefined;
let stamp = 0;
let found = new Int32Array(1024);

/**
 * The features of a text: which of its words and pairs of neighbours occur, hashed into `SLOTS` slots, each slot once.
 * @param words hashes of the words in order, of which [from, to) count
 * @returns the slots in order of their first occurrence; only valid until the next call
 * @see Weinberger et al. 2009, Feature hashing for large scale multitask learning, ICML
 */
export function featureSlots(words: Int32Array, from = 0, to = words.length): Int32Array {
  stamps ??= new Uint8Array(SLOTS);
  if (stamp === 255) {
    stamps.fill(0);
    stamp = 0;
  }
  stamp++;
  const most = Math.min((to - from) * 2, SLOTS);
  if (found.length < most) found = new Int32Array(most);
  const [seen, slots, mark] = [stamps, found, stamp];
  let count = 0;
  let previous = 0;
  for (let i = from; i < to; i++) {
    const word = words[i] as number;
    const single = spread(word) & MASK;
    if (seen[single] !== mark) {
      seen[single] = mark;
      slots[count++] = single;
    }
    if (i > from) {
      const pair = spread(Math.imul(previous, 0x9e3779b1) ^ word) & MASK;
      if (seen[pair] !== mark) {
        seen[pair] = mark;
        slots[count++] = pair;
      }
    }
    previous = word;
  }
  return found.subarray(0, count);
}

/** A logistic model over hashed words; its weights are whole numbers times one scale. */
export class LinearModel {
  readonly #weights: Int16Array;
  readonly #scale: number;
  readonly #bias: number;

  constructor(weights: Int16Array, scale: number, bias: number) {
    this.#weights = weights;
    this.#scale = scale;
    this.#bias = bias;
  }

  /**
   * Rounds weights to 16 bits.
   * @param weights `SLOTS` finite numbers
   */
  static from(weights: Float64Array, bias: number): LinearModel {
    let most = 0;
    for (const weight of weights) most = Math.max(most, Math.abs(weight));
    const scale = Math.fround(most === 0 ? 1 : most / 32_767);
    const rounded = Int16Array.from(weights, weight => Math.max(-32_767, Math.min(32_767, Math.round(weight / scale))));
    return new LinearModel(rounded, scale, Math.fround(bias));
  }

  /**
   * Reads what `toBytes` wrote. The bytes are kept, not copied.
   * @throws MonitorError STATE_MISMATCH for bytes of another kind or length
   */
  static parse(bytes: Uint8Array): LinearModel {
    const size = HEADER + SLOTS * 2;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length !== size || view.getUint32(0, true) !== MAGIC)
      throw new MonitorError(
        'STATE_MISMATCH',
        `weights of a linear model have ${showValue(bytes.length)} bytes; expected ${size} with their mark in front`,
      );
    // A view where the machine has the byte order of the file, as nearly every one has: reading value by value takes milliseconds.
    const start = bytes.byteOffset + HEADER;
    const weights =
      LITTLE_ENDIAN && start % 2 === 0
        ? new Int16Array(bytes.buffer, start, SLOTS)
        : Int16Array.from({ length: SLOTS }, (_, slot) => view.getInt16(HEADER + slot * 2, true));
    return new LinearModel(weights, view.getFloat32(4, true), view.getFloat32(8, true));
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(HEADER + SLOTS * 2);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, MAGIC, true);
    view.setFloat32(4, this.#scale, true);
    view.setFloat32(8, this.#bias, true);
    for (let slot = 0; slot < SLOTS; slot++) view.setInt16(HEADER + slot * 2, this.#weights[slot] as number, true);
    return bytes;
  }

  /**
   * Log-odds of a text; those of no words at all are the bias. The length of the text does not count, only what is in it.
   * @param words hashes of the words in order, of which [from, to) count
   */
  logOdds(words: Int32Array, from = 0, to = words.length): number {
    const slots = featureSlots(words, from, to);
    let sum = 0;
    const weights = this.#weights;
    for (let i = 0; i < slots.length; i++) sum += weights[slots[i] as number] as number;
    return this.#bias + (slots.length === 0 ? 0 : (sum * this.#scale) / Math.sqrt(slots.length));
  }
}

/** 0..1 of log-odds. */
export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
