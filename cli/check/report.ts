import { MonitorError, showValue } from '../../core/errors.js';
import type { TaskKind } from '../../processor/truth/task-config.js';
import type { Progress } from './collect.js';
import { decide, type Gate, type Measured, measureRows, type Policy, type Verdict } from './decide.js';
import { classOf, type Measure } from './measure-names.js';
import type { CheckOptions } from './options.js';
import type { Slice } from './row-scorer.js';
import type { Scored } from './statistics.js';

/** What the gates and the shown measures are over some rows. */
export interface Findings {
  readonly rows: number;
  readonly verdicts: readonly Verdict[];
  readonly shown: readonly Measured[];
}

/** Everything that a check says; the texts are made from it. */
export interface Report extends Findings {
  readonly dataset: string;
  readonly kind?: TaskKind;
  readonly policy: Policy;
  readonly leftOut: number;
  /** Absent where the rows held the answers. */
  readonly asked?: { readonly answers: number; readonly resumed: number; readonly retries: number };
  readonly slice?: string;
  /** True where each slice must hold too. */
  readonly everySlice: boolean;
  readonly slices: readonly (Findings & { readonly value: string })[];
  readonly ok: boolean;
}

export interface Collected {
  readonly scored: Scored;
  readonly slices: readonly Slice[];
  readonly progress: Progress;
  readonly retries: number;
}

/** Measures a set of rows and decides its gates. */
function find(
  scored: Scored,
  rows: Int32Array,
  gates: readonly Gate[],
  shown: readonly Measure[],
  policy: Policy,
): Findings {
  // A gate from below and one from above may be of one measure.
  const known = new Map<string, Measured>();
  const measured = (measure: Measure): Measured => {
    const found = known.get(measure.name) ?? measureRows(measure, scored, rows);
    known.set(measure.name, found);
    return found;
  };
  return {
    rows: rows.length,
    verdicts: gates.map(gate => decide(gate, measured(gate.measure), policy, rows.length)),
    shown: shown.map(measured),
  };
}

/** Classes that an error message lists. */
const LISTED = 20;

/** A class that no row has is more likely a slip of the pen than a class that is doing well. */
function checkClasses(measures: readonly Measure[], { classes }: Scored): void {
  for (const measure of measures) {
    const name = classOf(measure);
    if (name === undefined || classes?.find(name) !== undefined) continue;
    const names = classes?.shown ?? [];
    throw new MonitorError(
      'INVALID_ARGUMENT',
      `measure ${showValue(measure.name)} is of a class that no row has; the labels name ${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? ', ...' : ''}`,
    );
  }
}

/**
 * Works everything out.
 * @throws MonitorError INVALID_ARGUMENT for a class that no row has
 */
export function report(options: CheckOptions, { scored, slices, progress, retries }: Collected): Report {
  const { gates, shown, policy, everySlice, slice } = options;
  checkClasses([...gates.map(gate => gate.measure), ...shown], scored);
  const all = find(
    scored,
    Int32Array.from({ length: scored.size }, (_, row) => row),
    gates,
    shown,
    policy,
  );
  const inSlices = (measure: Measure): boolean => measure.family !== 'left_out';
  const sliced = slices.map(({ value, rows }) => ({
    value,
    ...find(
      scored,
      rows,
      gates.filter(gate => inSlices(gate.measure)),
      shown.filter(inSlices),
      policy,
    ),
  }));
  const holds = ({ verdicts }: Findings): boolean => verdicts.every(({ ok }) => ok);
  return {
    ...all,
    dataset: options.dataset,
    ...(scored.kind === undefined ? {} : { kind: scored.kind }),
    policy,
    leftOut: scored.leftOut,
    ...(options.source.kind === 'rows'
      ? {}
      : { asked: { answers: progress.asked, resumed: progress.resumed, retries } }),
    ...(slice === undefined ? {} : { slice }),
    everySlice,
    slices: sliced,
    ok: holds(all) && (!everySlice || sliced.every(holds)),
  };
}
