import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { hashText } from '../../core/content.js';
import { expandPattern } from '../../processor/evaluators/phrase-compiler.js';
import { sharedPath } from '../shared.js';

/** A labelled row as the sets beside the checkout have it. */
export interface LabelledRow {
  readonly id: string;
  readonly kind: string;
  readonly label: number | string;
  readonly input?: string;
  readonly output?: string;
}

export function labelledRows(set: string): readonly LabelledRow[] {
  const file = sharedPath('data', 'quality', set, 'dev.jsonl.gz');
  if (file === undefined) throw new Error(`needs ../shared/data/quality/${set} beside this checkout`);
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as LabelledRow);
}

/** Which of `folds` a text is in: the same text is always in the same, wherever it comes from. */
export function foldOf(text: string, folds: number): number {
  return Number.parseInt(hashText(text.toLowerCase().replaceAll(/\s+/g, ' ').trim()), 16) % folds;
}

/** The least threshold that at most this share of the scores reach. */
export function thresholdFor(harmless: readonly number[], share: number): number {
  const sorted = [...harmless].sort((a, b) => b - a);
  return (sorted[Math.floor(sorted.length * share)] ?? 0) + Number.EPSILON;
}

/** Share of pairs (bad, fine) in the right order, ties half. */
export function areaUnderCurve(bad: readonly number[], fine: readonly number[]): number {
  let won = 0;
  for (const b of bad) for (const f of fine) won += b > f ? 1 : b === f ? 0.5 : 0;
  return won / (bad.length * fine.length);
}

/** Sentences that a pattern stands for, at most so many, evenly chosen. */
export function sentencesOf(pattern: string, most: number): readonly string[] {
  const all = expandPattern(pattern);
  const taken = Math.min(most, all.length);
  return Array.from({ length: taken }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / taken)] as string);
}
