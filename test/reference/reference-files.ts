import { readFileSync } from 'node:fs';
import { sharedPath } from '../shared.js';

export type ReferenceLabel = string | number | boolean;

/** A case of `classification.json`; what is expected is for each test to name. */
export interface ReferenceCase<Expected> {
  readonly name: string;
  readonly labels: readonly ReferenceLabel[];
  readonly positive: ReferenceLabel | null;
  readonly y_true: readonly ReferenceLabel[];
  readonly y_pred: readonly ReferenceLabel[];
  readonly y_score: readonly number[] | readonly (readonly number[])[] | null;
  readonly expected: Expected;
}

/** A call and what it predicted, or a label; times in milliseconds. */
export type ReferenceEvent =
  | readonly [at: number, kind: 'call', id: string, prediction: string, score: number | null]
  | readonly [at: number, kind: 'label', id: string, label: string];

/** A stream of `windows.json`; what is expected at each checkpoint is for each test to name. */
export interface ReferenceStream<Checkpoint> {
  readonly name: string;
  readonly labels: readonly string[];
  readonly positive: string | null;
  readonly ttl: number;
  readonly count_windows: readonly number[];
  readonly time_windows: readonly number[];
  readonly events: readonly ReferenceEvent[];
  readonly expected: readonly (Checkpoint & { readonly at: number })[];
}

function read(file: string, field: string): readonly unknown[] {
  const path = sharedPath('data', 'reference', file);
  return path === undefined ? [] : JSON.parse(readFileSync(path, 'utf8'))[field];
}

/** None where there is no reference beside the checkout. */
export function referenceCases<Expected>(): readonly ReferenceCase<Expected>[] {
  return read('classification.json', 'cases') as readonly ReferenceCase<Expected>[];
}

/** None where there is no reference beside the checkout. */
export function referenceStreams<Checkpoint>(): readonly ReferenceStream<Checkpoint>[] {
  return read('windows.json', 'streams') as readonly ReferenceStream<Checkpoint>[];
}
