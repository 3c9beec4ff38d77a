import { best } from './text-match.js';

/**
 * Edits (insertions, deletions, replacements of a code point) from the text to the closest reference. Costs the product of the
 * lengths: for short texts.
 * @see Levenshtein 1966
 */
export function levenshtein(prediction: string, references: readonly string[]): number {
  const said = Array.from(prediction);
  return Math.min(...references.map(reference => edits(said, Array.from(reference))));
}

/** 1 - edits / longer length, 0..1, the best over the references; both empty 1. */
export function levenshteinRatio(prediction: string, references: readonly string[]): number {
  const said = Array.from(prediction);
  return best(references, reference => {
    const other = Array.from(reference);
    const longer = Math.max(said.length, other.length);
    return longer === 0 ? 1 : 1 - edits(said, other) / longer;
  });
}

function edits(a: readonly string[], b: readonly string[]): number {
  const row = Int32Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, x] of a.entries()) {
    let diagonal = i;
    row[0] = i + 1;
    for (const [j, y] of b.entries()) {
      const above = row[j + 1] as number;
      row[j + 1] = Math.min(above + 1, (row[j] as number) + 1, diagonal + (x === y ? 0 : 1));
      diagonal = above;
    }
  }
  return row[b.length] as number;
}
