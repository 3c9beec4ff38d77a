import type { DriftEvent } from '../../processor/drift/drift-watch.js';
import type { Interval } from '../../processor/truth/interval.js';
import type { TaskKind } from '../../processor/truth/task-config.js';
import type { WindowMeasure } from '../../processor/truth/window-measure.js';
import type { OddCall } from './call-tally.js';
import type { ReliabilityFacts } from './reliability.js';

/** A share with its 95 % interval. */
export interface ShareFacts {
  readonly hits: number;
  readonly of: number;
  /** 0..1. */
  readonly value: number;
  readonly interval: Interval;
}

export interface ModelFacts {
  readonly name: string;
  readonly calls: number;
  readonly errors: ShareFacts;
  readonly aborted: number;
  /** Seconds an answer took; absent without one whose time is known. */
  readonly latency?: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly p95Interval: Interval;
  };
  /** Seconds to the first chunk; absent without streams. */
  readonly firstChunk?: { readonly p50: number; readonly p95: number };
  /** US dollars of the calls that have a price; absent where none has. */
  readonly cost?: {
    readonly usd: number;
    readonly per1000: number;
    readonly priced: number;
    /** Of `per1000`; absent below 20 calls. */
    readonly interval?: Interval;
  };
  readonly tokens?: { readonly input: number; readonly output: number; readonly counted: number };
}

export interface EvaluatorFacts {
  readonly name: string;
  /** The end of the score that is bad; absent for an evaluator that is not built in. */
  readonly bad?: 'high' | 'low' | 'neither';
  /** Absent where no call was scored. */
  readonly flagged?: ShareFacts;
  readonly mean?: number;
  /** Scores in ten bins of equal width. */
  readonly bins: readonly number[];
  readonly reasons: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
}

export interface SliceFacts {
  readonly attribute: string;
  readonly value: string;
  readonly labels: number;
  /** Share of right answers, or the mean absolute error of numbers. */
  readonly figure: number;
  readonly interval: Interval;
}

export interface TaskFacts {
  readonly name: string;
  readonly kind: TaskKind;
  /** Labelled calls. */
  readonly labels: number;
  /** Labels the measures are of, the newest ones. */
  readonly measured: number;
  readonly replaced: number;
  readonly lost: number;
  readonly measures: readonly WindowMeasure[];
  /** Rows are what was true, columns what was predicted; absent where nothing is a class. */
  readonly confusion?: { readonly classes: readonly string[]; readonly rows: readonly (readonly number[])[] };
  /** Absent where no label has a score, or the positive class is not known. */
  readonly reliability?: ReliabilityFacts;
  /** Of the evaluator `confidence`; absent where no labelled call has it. */
  readonly confidence?: ReliabilityFacts;
  /** At least 20 labels each, the worst first. */
  readonly slices: readonly SliceFacts[];
}

/** One point of the curves; what is not known is absent. */
export interface PointFacts {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly calls: number;
  readonly errorShare?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly firstChunk?: number;
  readonly cost?: number;
  readonly tokensIn?: number;
  readonly tokensOut?: number;
  readonly oddShare?: number;
  /** Share of right answers, or mean absolute error, by task. */
  readonly right: Readonly<
    Record<string, { readonly value: number; readonly interval?: Interval; readonly labels: number }>
  >;
  /** Share of flagged answers by evaluator. */
  readonly flagged: Readonly<Record<string, number>>;
}

/** All figures of a report: what `--json` prints, and what the page shows. */
export interface ReportFacts {
  readonly version: 1;
  readonly title: string;
  readonly service?: string;
  /** Of the starts of calls, milliseconds since the epoch; absent without a call. */
  readonly period?: { readonly from: number; readonly to: number };
  readonly linesLeftOut: number;
  readonly all?: ModelFacts;
  /** By calls, most first. */
  readonly models: readonly ModelFacts[];
  readonly errors: Readonly<Record<string, number>>;
  readonly tasks: readonly TaskFacts[];
  /** Labels whose call is not in the recording: in the measures, in no slice. */
  readonly labelsWithoutCall: number;
  readonly evaluators: readonly EvaluatorFacts[];
  /** Calls that an evaluator of safety flagged, of those that one scored; absent where none did. */
  readonly harmful?: ShareFacts;
  readonly anomalies: {
    /** Absent while no detector was ready. */
    readonly flagged?: ShareFacts;
    readonly features: Readonly<Record<string, number>>;
    readonly top: readonly OddCall[];
  };
  readonly drift: readonly DriftEvent[];
  /** Events of drift beyond those that are listed. */
  readonly driftLeftOut: number;
  readonly curve: { readonly seconds: number; readonly points: readonly PointFacts[] };
}
