import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface LabelledRow {
  readonly label: number;
  readonly kind: string;
  readonly input: string;
}

/** The rows of a labelled set; none where it is not there. */
export function labelledRows(file: string | undefined): readonly LabelledRow[] {
  if (file === undefined) return [];
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as LabelledRow);
}

/** How flags do on the rows of some kinds. `share` is that of flagged rows among all. */
export function rates(rows: readonly LabelledRow[], kinds: readonly string[], flagged: (text: string) => boolean) {
  const chosen = rows.filter(({ kind }) => kinds.includes(kind));
  const hits = chosen.map(({ label, input }) => ({ label, flagged: flagged(input) })).filter(row => row.flagged);
  const right = hits.filter(({ label }) => label === 1).length;
  const all = chosen.filter(({ label }) => label === 1).length;
  return { f1: (2 * right) / (hits.length + all), precision: right / hits.length, share: hits.length / chosen.length };
}
