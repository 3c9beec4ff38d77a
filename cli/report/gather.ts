import { present } from '../../core/call.js';
import type { DriftEvent } from '../../processor/drift/drift-watch.js';
import { createEvaluators } from '../../processor/evaluators/registry.js';
import { type Interval, meanInterval, shareInterval, wilson } from '../../processor/truth/interval.js';
import { CallTally, type ModelSum } from './call-tally.js';
import type {
  EvaluatorFacts,
  ModelFacts,
  PointFacts,
  ReportFacts,
  ShareFacts,
  SliceFacts,
  TaskFacts,
} from './facts.js';
import { LabelTally } from './label-tally.js';
import type { LogHistogram } from './log-histogram.js';
import type { MeanSum } from './mean-sum.js';
import type { ReportRecord } from './record.js';
import type { TaskTally } from './task-tally.js';
import { type Slot, Timeline } from './timeline.js';

const MAX_DRIFT = 500;
/** A slice with fewer labels says nothing. */
const MIN_SLICE = 20;
const MAX_SLICES = 20;

/** Takes in a recording, one record at a time, in bounded memory. */
export class Gatherer {
  readonly #timeline = new Timeline();
  readonly #calls = new CallTally(this.#timeline);
  readonly #labels: LabelTally;
  readonly #drift: DriftEvent[] = [];
  #driftLeftOut = 0;
  #service: string | undefined;

  /** @param positive the positive class of binary tasks, where it is neither `true` nor 1 */
  constructor(positive?: string) {
    this.#labels = new LabelTally(this.#timeline, positive);
  }

  /** @throws BadLine for a label that its task cannot take; it leaves no trace */
  add(record: ReportRecord): void {
    switch (record.kind) {
      case 'header':
        this.#service = record.service ?? this.#service;
        return;
      case 'call':
        this.#calls.add(record);
        this.#labels.call(record);
        return;
      case 'label':
        this.#labels.label(record);
        return;
      case 'drift': {
        const { kind: _, ...event } = record;
        if (this.#drift.length < MAX_DRIFT) this.#drift.push(event);
        else this.#driftLeftOut++;
      }
    }
  }

  finish(title: string, linesLeftOut: number): ReportFacts {
    const { all, first, last } = this.#calls;
    const models = this.#calls.models.entries().map(([name, sum]) => modelFacts(name, sum));
    return {
      version: 1,
      title,
      ...(this.#service === undefined ? {} : { service: this.#service }),
      ...(all.calls === 0 ? {} : { period: { from: first, to: last }, all: modelFacts('all', all) }),
      linesLeftOut,
      models: models.sort((a, b) => b.calls - a.calls),
      errors: counts(this.#calls.errors.entries()),
      tasks: [...this.#labels.tasks].map(([name, task]) => this.#task(name, task)),
      labelsWithoutCall: this.#labels.unjoined,
      evaluators: this.#evaluators(),
      ...present({ harmful: share(this.#calls.harmful.hits, this.#calls.harmful.of) }),
      anomalies: {
        ...present({ flagged: share(this.#calls.oddCalls, this.#calls.watched) }),
        features: counts(this.#calls.features.entries()),
        top: this.#calls.odd,
      },
      drift: this.#drift,
      driftLeftOut: this.#driftLeftOut,
      curve: {
        seconds: this.#timeline.width / 1000,
        points: this.#timeline.list().map(({ start, slot }) => this.#point(start, slot)),
      },
    };
  }

  #task(name: string, tally: TaskTally): TaskFacts {
    const { task, window, kind, labels, replaced, lost } = tally;
    const width = task.classes.size;
    return {
      name,
      kind,
      labels,
      measured: window.size,
      replaced,
      lost,
      measures: tally.measures(),
      ...(task.classifies
        ? { confusion: { classes: [...task.classes.names], rows: window.matrix.toRows(width) } }
        : {}),
      ...present({
        reliability: tally.reliability().facts(),
        confidence: this.#labels.confidence.get(name)?.facts(),
      }),
      slices: worstSlices(tally, this.#labels.slices.get(name)),
    };
  }

  #evaluators(): EvaluatorFacts[] {
    return this.#calls.evaluators.entries().map(([name, { scored, flagged, sum, bins, reasons, skipped }]) => ({
      name,
      ...present({ bad: badEnd(name), flagged: share(flagged, scored), mean: scored === 0 ? undefined : sum / scored }),
      bins,
      reasons: counts(reasons.entries()),
      skipped: counts(skipped.entries()),
    }));
  }

  #point(at: number, slot: Slot): PointFacts {
    const { calls, errors, latency, firstChunk, priced, cost, counted, tokensIn, tokensOut, odd } = slot;
    return {
      at,
      calls,
      ...present({
        errorShare: calls === 0 ? undefined : errors / calls,
        p50: latency.quantile(0.5),
        p95: latency.quantile(0.95),
        firstChunk: firstChunk.quantile(0.5),
        cost: priced === 0 ? undefined : cost,
        tokensIn: counted === 0 ? undefined : tokensIn,
        tokensOut: counted === 0 ? undefined : tokensOut,
        oddShare: odd.of === 0 ? undefined : odd.hits / odd.of,
      }),
      right: Object.fromEntries(
        [...slot.right].flatMap(([name, sum]) => {
          const figure = figureOf(this.#labels.tasks.get(name) as TaskTally, sum);
          return figure === undefined ? [] : [[name, { ...figure, labels: sum.count }]];
        }),
      ),
      flagged: Object.fromEntries([...slot.flagged].map(([name, { hits, of }]) => [name, hits / of])),
    };
  }
}

function share(hits: number, of: number): ShareFacts | undefined {
  const interval = wilson(hits, of);
  return interval === undefined ? undefined : { hits, of, value: hits / of, interval };
}

function counts(entries: (readonly [string, { readonly count: number }])[]): Record<string, number> {
  return Object.fromEntries(entries.map(([name, { count }]) => [name, count] as const).sort(([, a], [, b]) => b - a));
}

function figureOf(
  tally: TaskTally,
  sum: MeanSum,
): { readonly value: number; readonly interval?: Interval } | undefined {
  const estimate = sum.estimate();
  if (estimate === undefined) return undefined;
  const interval =
    tally.kind === 'number'
      ? meanInterval(estimate)
      : shareInterval({ ...estimate, cases: tally.kind === 'text' ? Number.POSITIVE_INFINITY : estimate.cases });
  return { value: estimate.value, ...present({ interval }) };
}

/** The worst first, by the end of the interval that speaks for them: a few unlucky labels make no worst slice. */
function worstSlices(tally: TaskTally, slices: ReadonlyMap<string, MeanSum> | undefined): SliceFacts[] {
  const out: SliceFacts[] = [];
  for (const [key, sum] of slices ?? []) {
    if (sum.count < MIN_SLICE) continue;
    const figure = figureOf(tally, sum);
    if (figure?.interval === undefined) continue;
    const [attribute = '', value = ''] = key.split('\0');
    out.push({ attribute, value, labels: sum.count, figure: figure.value, interval: figure.interval });
  }
  const low = tally.kind !== 'number';
  return out.sort((a, b) => (low ? a.interval[1] - b.interval[1] : b.interval[0] - a.interval[0])).slice(0, MAX_SLICES);
}

function quantiles(histogram: LogHistogram) {
  const { count } = histogram;
  // The ranks between which the true quantile lies are those of a share of 95 %.
  const [low, high] = wilson(0.95 * count, count) ?? [0, 1];
  const [p50, p95, p99, from, to] = [0.5, 0.95, 0.99, low, high].map(at => histogram.quantile(at) ?? 0) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return count === 0 ? undefined : { p50, p95, p99, p95Interval: [from, to] as const };
}

function modelFacts(name: string, sum: ModelSum): ModelFacts {
  const { calls, errors, aborted, cost, counted, tokensIn, tokensOut } = sum;
  const mean = cost.estimate();
  const range = mean === undefined ? undefined : meanInterval(mean);
  return {
    name,
    calls,
    errors: share(errors, calls) as ShareFacts,
    aborted,
    ...present({
      latency: quantiles(sum.latency),
      firstChunk: quantiles(sum.firstChunk),
      cost:
        mean === undefined
          ? undefined
          : {
              usd: mean.value * cost.count,
              per1000: 1000 * mean.value,
              priced: cost.count,
              ...(range === undefined ? {} : { interval: [1000 * range[0], 1000 * range[1]] as const }),
            },
      tokens: counted === 0 ? undefined : { input: tokensIn, output: tokensOut, counted },
    }),
  };
}

/** Which end of the score is bad, of an evaluator that needs nothing to be made. */
function badEnd(name: string): EvaluatorFacts['bad'] {
  try {
    return createEvaluators([name])[0]?.bad;
  } catch {
    return undefined;
  }
}
