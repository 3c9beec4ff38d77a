import { MonitorError, showValue } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import type { Random } from '../../core/random.js';
import { type Beyond, Range } from './beyond-range.js';
import { MISSING_KEY, mirrorKey, toKey } from './float-key.js';
import { averagePathLength, COLUMN_BITS, growTree, type Nodes } from './isolation-tree.js';
import { packBytes, readFloats, readHead, readInts, readNumber } from './state.js';

export interface ForestOptions {
  /** 100 if absent. */
  readonly trees?: number;
  /** Rows a tree sees, drawn without replacement (psi); 256 if absent, and never more than there are rows. */
  readonly sampleSize?: number;
  /** Looks beyond the range of the sample too (see `IsolationForest`); as published if absent. */
  readonly beyond?: Beyond;
  readonly random: Random;
}

const COLUMN_MASK = (1 << COLUMN_BITS) - 1;
const MAX_WIDTH = 1 << (COLUMN_BITS - 1);
const MAX_NODES = 1 << (31 - COLUMN_BITS);

/**
 * Isolation forest: rows that few random cuts set apart are odd. As published (psi rows without replacement a tree, height limit
 * ceil(log2 psi), uniform column and cut, a leaf of n rows counts c(n) more, score 2^(-E[h] / c(psi)) with the psi really used),
 * with three additions: a column that is constant in a node is drawn again, a missing value (NaN) follows the branch that more
 * known values took, and the path lengths of the nodes explain a score. Numbers count to 22 binary digits.
 *
 * As published, all cuts lie within the sample's range, so that a value far beyond it scores as the outermost known one does, and
 * a column that never varied is not looked at. With `beyond`, a forest that judges what it was not fitted to has the mean score,
 * in closed form, of forests in which a share of the trees starts with one more cut for each side of each column, uniform between
 * the end of the range and half a range further out: it isolates at depth 1 what lies beyond, and changes nothing for the rest.
 * The ends are the means over the trees of their samples' ends: one absurd row among many does not stretch them far.
 * @see Liu, Ting, Zhou, "Isolation Forest", ICDM 2008; for an acceptable range about the cuts "On detecting clustered anomalies
 * using SCiForest", ECML PKDD 2010
 */
export class IsolationForest {
  readonly width: number;
  readonly #nodes: Nodes;
  readonly #roots: Int32Array;
  readonly #normal: number;
  readonly #range: Range | undefined;
  readonly #keys: Int32Array;

  private constructor(nodes: Nodes, roots: Int32Array, normal: number, width: number, range: Range | undefined) {
    this.width = width;
    this.#nodes = nodes;
    this.#roots = roots;
    this.#normal = normal;
    this.#range = range;
    this.#keys = new Int32Array(2 * width);
  }

  /**
   * Fits a forest to a batch of rows.
   * @param rows at least one; all of the same width, 1 to 2048
   * @throws MonitorError INVALID_ARGUMENT
   */
  static fit(rows: readonly ArrayLike<number>[], options: ForestOptions): IsolationForest {
    const width = rows[0]?.length ?? 0;
    const flat = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries()) {
      if (row.length !== width)
        throw new MonitorError('INVALID_ARGUMENT', `row ${i} has ${row.length} numbers; expected ${width}`);
      flat.set(row, i * width);
    }
    const growth = IsolationForest.grow(flat, width, options);
    let step = growth.next();
    while (step.done !== true) step = growth.next();
    return step.value;
  }

  /**
   * The same in slices: one `next()` grows one tree (about 0.1 ms at 256 rows).
   * @param rows one after the other; not to be changed until the last slice
   * @throws MonitorError INVALID_ARGUMENT, at the first slice
   */
  static *grow(rows: Float32Array, width: number, options: ForestOptions): Generator<void, IsolationForest> {
    const { trees = 100, sampleSize = 256, beyond, random } = options;
    const count = rows.length / width;
    if (!(width >= 1 && width <= MAX_WIDTH) || !Number.isInteger(count) || count < 1)
      throw new MonitorError(
        'INVALID_ARGUMENT',
        `there are ${showValue(count)} rows of ${width} numbers; expected at least one, of 1 to ${MAX_WIDTH}`,
      );
    const psi = Math.min(sampleSize, count);
    const most = trees * (2 * psi - 1);
    if (!Number.isInteger(trees) || trees < 1 || !Number.isInteger(sampleSize) || sampleSize < 2 || most > MAX_NODES)
      throw new MonitorError(
        'INVALID_ARGUMENT',
        `${trees} trees of ${sampleSize} rows; expected whole numbers that make at most ${MAX_NODES} nodes`,
      );
    const nodes: Nodes = { words: new Int32Array(2 * most), lengths: new Float32Array(most), count: 0 };
    const roots = new Int32Array(trees);
    const range = beyond === undefined ? undefined : new Range(beyond, width);
    const order = Int32Array.from({ length: count }, (_, i) => i);
    const sample = new Int32Array(psi * width);
    // Made once and column by column: a tree copies its sample out of one column after the other, each small enough to be at hand.
    const keys = new Int32Array(rows.length);
    for (let f = 0; f < width; f++) for (let r = 0; r < count; r++) keys[f * count + r] = toKey(rows[r * width + f]!);
    const picked = new Int32Array(psi);
    for (let t = 0; t < trees; t++) {
      for (let i = 0; i < psi; i++) {
        const j = i + Math.floor(random() * (count - i));
        const row = order[j]!;
        order[j] = order[i]!;
        order[i] = row;
        picked[i] = row;
      }
      for (let f = 0; f < width; f++) for (let i = 0; i < psi; i++) sample[f * psi + i] = keys[f * count + picked[i]!]!;
      roots[t] = nodes.count;
      growTree(nodes, sample, psi, width, random);
      if (range !== undefined) range.add(sample, psi, trees);
      yield;
    }
    const kept = {
      words: nodes.words.slice(0, 2 * nodes.count),
      lengths: nodes.lengths.slice(0, nodes.count),
      count: nodes.count,
    };
    return new IsolationForest(kept, roots, averagePathLength(psi), width, range);
  }

  /**
   * How odd a row is.
   * @returns 0..1; near 1 = set apart at once, 0.5 = as an average row, less = in the midst; 0.5 where the forest saw one row
   */
  score(row: ArrayLike<number>): number {
    return this.#normal === 0 ? 0.5 : 2 ** (-this.depth(row) / this.#normal);
  }

  /** Mean path length of a row over all trees. */
  depth(row: ArrayLike<number>): number {
    const depth = this.#treeDepth(row);
    // What a cut beyond the range sets apart has a path of one step.
    return this.#range === undefined ? depth : depth - this.#range.chance(row) * (depth - 1);
  }

  #treeDepth(row: ArrayLike<number>): number {
    const x = this.#read(row);
    const { words, lengths } = this.#nodes;
    const roots = this.#roots;
    const even = roots.length & ~1;
    let sum = 0;
    // Two trees at a time: while one waits for its node from memory, the other goes on. `>> 31` is -1 where x > cut, else 0.
    for (let t = 0; t < even; t += 2) {
      let a = roots[t]! << 1;
      let b = roots[t + 1]! << 1;
      let v = words[a + 1]!;
      let w = words[b + 1]!;
      while ((v | w) >= 0) {
        a = ((v >> COLUMN_BITS) << 1) + 2 + (((words[a]! - x[v & COLUMN_MASK]!) >> 31) << 1);
        b = ((w >> COLUMN_BITS) << 1) + 2 + (((words[b]! - x[w & COLUMN_MASK]!) >> 31) << 1);
        v = words[a + 1]!;
        w = words[b + 1]!;
      }
      sum += lengths[descend(words, x, a)]! + lengths[descend(words, x, b)]!;
    }
    if (even < roots.length) sum += lengths[descend(words, x, roots[even]! << 1)]!;
    return sum / roots.length;
  }

  /**
   * Which columns made a row's path short: each cut on the way is credited with the expected path length before it less that
   * after it. The credits add up to `expectedDepth` less the row's own depth, exactly: positive where a column sets the row apart,
   * negative where it makes the row ordinary.
   * @see the decomposition of a tree's prediction along its path: A. Saabas 2014, "Interpreting random forests"
   */
  explain(row: ArrayLike<number>): Float64Array {
    const x = this.#read(row);
    const { words, lengths } = this.#nodes;
    const credit = new Float64Array(2 * this.width);
    for (const root of this.#roots) {
      let node = root;
      let word = words[2 * node + 1]!;
      while (word >= 0) {
        const column = word & COLUMN_MASK;
        const next = (word >> COLUMN_BITS) + 1 + ((words[2 * node]! - x[column]!) >> 31);
        credit[column]! += lengths[node]! - lengths[next]!;
        node = next;
        word = words[2 * node + 1]!;
      }
    }
    const { width } = this;
    const out = new Float64Array(width);
    for (let f = 0; f < width; f++) out[f] = (credit[f]! + credit[f + width]!) / this.#roots.length;
    this.#range?.credit(row, out, this.#treeDepth(row));
    return out;
  }

  /** Mean path length of the rows the forest was grown from. */
  get expectedDepth(): number {
    let sum = 0;
    for (const root of this.#roots) sum += this.#nodes.lengths[root]!;
    return sum / this.#roots.length;
  }

  save(): Json {
    return {
      width: this.width,
      normal: this.#normal,
      roots: [...this.#roots],
      words: packBytes(this.#nodes.words),
      lengths: packBytes(this.#nodes.lengths),
      range: this.#range?.save() ?? null,
    };
  }

  /** @throws MonitorError STATE_MISMATCH, also for nodes that would lead astray or round in a circle */
  static restore(state: Json, width: number): IsolationForest {
    const saved = readHead(state, { width });
    const words = readInts(saved, 'words');
    const count = words.length / 2;
    const lengths = readFloats(saved, 'lengths', count);
    const roots = Array.isArray(saved['roots']) ? (saved['roots'] as readonly Json[]) : [];
    if (roots.length === 0 || !roots.every(root => Number.isInteger(root) && Number(root) >= 0 && Number(root) < count))
      throw new MonitorError('STATE_MISMATCH', `saved state has ${roots.length} roots; expected one or more nodes`);
    for (let node = 0; node < count; node++) {
      const word = words[2 * node + 1]!;
      const child = word >> COLUMN_BITS;
      if (word !== -1 && !(word >= 0 && child > node && child + 1 < count && (word & COLUMN_MASK) < 2 * width))
        throw new MonitorError(
          'STATE_MISMATCH',
          `saved state has a broken node ${node}; expected a leaf, or a column and two later nodes`,
        );
    }
    const normal = readNumber(saved, 'normal', 0);
    const range = saved['range'] === null ? undefined : Range.restore(saved['range'] ?? null, width);
    return new IsolationForest({ words, lengths, count }, Int32Array.from(roots as number[]), normal, width, range);
  }

  #read(row: ArrayLike<number>): Int32Array {
    const { width } = this;
    if (row.length !== width)
      throw new MonitorError('INVALID_ARGUMENT', `row has ${row.length} numbers; expected ${width}`);
    const keys = this.#keys;
    for (let f = 0; f < width; f++) {
      const key = toKey(row[f]!);
      keys[f] = key;
      keys[f + width] = key === MISSING_KEY ? key : mirrorKey(key);
    }
    return keys;
  }
}

/** The index of the leaf below a word's position. */
function descend(words: Int32Array, x: Int32Array, at: number): number {
  let word = words[at + 1]!;
  while (word >= 0) {
    at = ((word >> COLUMN_BITS) << 1) + 2 + (((words[at]! - x[word & COLUMN_MASK]!) >> 31) << 1);
    word = words[at + 1]!;
  }
  return at >> 1;
}
