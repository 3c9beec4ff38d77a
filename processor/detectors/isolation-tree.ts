import type { Random } from '../../core/random.js';
import { fromKey, MISSING_KEY, mirrorKey, toKey } from './float-key.js';

/** Bits of a node's second word that name its column; the rest is the index of its first child. */
export const COLUMN_BITS = 12;
const EULER = 0.5772156649;

/**
 * The nodes of all trees in one array, two words each: an inner node holds the key of its cut, and its column with the index of
 * the first of its two adjacent children; a leaf holds 0 and -1. Columns from `width` on are the mirror images (-x): with them
 * the branch that fewer rows took is always "column > cut", and a missing value, which is greater than nothing, follows the
 * larger branch without a test of its own.
 */
export interface Nodes {
  readonly words: Int32Array;
  /** Mean path length, over the rows that grew the tree, of those that came to the node; of a leaf its path length. */
  readonly lengths: Float32Array;
  count: number;
}

/**
 * Mean path length of an unsuccessful search in a binary search tree of n rows: what a leaf of n rows, not cut further, still
 * stands for, and what normalises the score.
 * @returns 0 for n <= 1
 * @see Liu, Ting, Zhou, "Isolation Forest", ICDM 2008, eq. 1
 */
export function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + EULER) - (2 * (n - 1)) / n;
}

/** Where to cut, as a key, and on which column. */
interface Cut {
  readonly column: number;
  readonly at: number;
}

/**
 * A uniform column among those that are not constant in the rows order[start..end), and a uniform cut strictly inside the range
 * of its known values.
 * @param columns scratch: all columns, in any order
 */
function drawCut(
  sample: Int32Array,
  psi: number,
  order: Int32Array,
  start: number,
  end: number,
  columns: Int32Array,
  random: Random,
): Cut | undefined {
  for (let left = columns.length; left > 0; left--) {
    const pick = Math.floor(random() * left);
    const column = columns[pick]!;
    columns[pick] = columns[left - 1]!;
    columns[left - 1] = column;
    const base = column * psi;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) {
      const key = sample[base + order[i]!]!;
      if (key === MISSING_KEY) continue;
      if (key < low) low = key;
      if (key > high) high = key;
    }
    // Neighbouring keys have nothing between them: as good as constant.
    if (!(high - low > 1)) continue;
    const from = fromKey(low);
    let at = toKey(from + random() * (fromKey(high) - from));
    if (!(at > low && at < high)) at = low + 1;
    return { column, at };
  }
  return undefined;
}

/**
 * Grows one tree and appends its nodes, level by level, so that the upper levels, which every row visits, lie together.
 * @param sample keys of psi rows, column by column
 */
export function growTree(nodes: Nodes, sample: Int32Array, psi: number, width: number, random: Random): void {
  const { words, lengths } = nodes;
  const limit = Math.ceil(Math.log2(psi));
  const order = Int32Array.from({ length: psi }, (_, i) => i);
  const columns = Int32Array.from({ length: width }, (_, f) => f);
  const smaller = new Int32Array(psi);
  const root = nodes.count;
  nodes.count += 1;
  // By node, counted from the root: its rows are order[starts..ends).
  const starts = new Int32Array(2 * psi);
  const ends = new Int32Array(2 * psi);
  const depths = new Uint8Array(2 * psi);
  ends[0] = psi;
  for (let node = root; node < nodes.count; node++) {
    const start = starts[node - root]!;
    const end = ends[node - root]!;
    const depth = depths[node - root]!;
    const cut = end - start > 1 && depth < limit ? drawCut(sample, psi, order, start, end, columns, random) : undefined;
    if (cut === undefined) {
      lengths[node] = depth + averagePathLength(end - start);
      words[2 * node] = 0;
      words[2 * node + 1] = -1;
      continue;
    }
    const base = cut.column * psi;
    let balance = 0;
    for (let i = start; i < end; i++) {
      const key = sample[base + order[i]!]!;
      if (key > cut.at) balance += 1;
      else if (key < cut.at && key !== MISSING_KEY) balance -= 1;
    }
    // The first child takes the side with fewer known values; values equal to the cut and missing ones go to the second.
    const mirrored = balance > 0;
    const at = mirrored ? mirrorKey(cut.at) : cut.at;
    let taken = 0;
    let place = start;
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      const key = sample[base + row]!;
      if ((mirrored ? mirrorKey(key) : key) > at) smaller[taken++] = row;
      else order[place++] = row;
    }
    for (let i = 0; i < taken; i++) order[place + i] = smaller[i]!;
    const child = nodes.count;
    nodes.count += 2;
    words[2 * node] = at;
    words[2 * node + 1] = (child << COLUMN_BITS) | (mirrored ? cut.column + width : cut.column);
    starts[child - root] = place;
    ends[child - root] = end;
    starts[child + 1 - root] = start;
    ends[child + 1 - root] = place;
    depths[child - root] = depth + 1;
    depths[child + 1 - root] = depth + 1;
  }
  for (let node = nodes.count - 1; node >= root; node--) {
    const word = words[2 * node + 1]!;
    if (word < 0) continue;
    const child = word >>> COLUMN_BITS;
    const one = ends[child - root]! - starts[child - root]!;
    const two = ends[child + 1 - root]! - starts[child + 1 - root]!;
    lengths[node] = (one * lengths[child]! + two * lengths[child + 1]!) / (one + two);
  }
}
