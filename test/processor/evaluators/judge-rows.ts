import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { CallText } from '../../../core/content.js';
import type { Evaluation } from '../../../processor/evaluators/evaluator.js';
import { createEvaluators, evaluate } from '../../../processor/evaluators/registry.js';
import { sharedPath } from '../../shared.js';
import { callOf } from './answers.js';

/** A labelled row; a set has the fields that its question needs. */
export interface LabelledRow {
  readonly id: string;
  readonly kind: string;
  readonly label: number | string;
  readonly input: string;
  readonly output: string;
  readonly context: string;
  readonly logprobs: readonly number[];
}

/** The rows of a labelled set beside the checkout. */
export function rowsOf(set: string): readonly LabelledRow[] {
  const file = sharedPath('data', 'quality', set, 'dev.jsonl.gz');
  if (file === undefined) throw new Error(`no data for ${set}`);
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as LabelledRow);
}

/** What one evaluator says of a call with these words. */
export function judgeText(name: string, text: CallText): Evaluation {
  return evaluate(createEvaluators(name), callOf(), text).get(name) ?? { skipped: 'other' };
}

/** Share of pairs (positive, negative) in the right order, ties half. */
export function areaUnderCurve(positive: readonly number[], negative: readonly number[]): number {
  const sorted = [...negative].sort((a, b) => a - b);
  const below = (value: number, orEqual: boolean): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = sorted[middle] as number;
      if (at < value || (orEqual && at === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  let won = 0;
  for (const value of positive) won += (below(value, false) + below(value, true)) / 2;
  return won / (positive.length * negative.length);
}
