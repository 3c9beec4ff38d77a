import { METRICS } from '../../core/catalog.js';
import type { MetricStore } from '../../core/store.js';
import { ALL_MODELS } from './join.js';
import type { SlidingWindow } from './sliding-window.js';
import type { Task } from './task.js';
import { windowLabel } from './task-config.js';
import type { WindowMeasure } from './window-measure.js';
import { sliceMeasures, windowMeasures } from './window-measures.js';

interface Kept {
  readonly version: number;
  readonly measures: readonly WindowMeasure[];
}

interface Row {
  readonly task: string;
  readonly model: string;
  readonly window: string;
  readonly measure: WindowMeasure;
}

interface SliceRow {
  readonly task: string;
  readonly slice: string;
  readonly value: string;
  readonly window: string;
  readonly measure: WindowMeasure;
}

/** Where a series stands when not all have room: whole windows before single models before single classes. */
function rank({ model, measure }: Row): number {
  return (measure.average === 'class' ? 2 : 0) + (model === ALL_MODELS ? 0 : 1);
}

/**
 * Refreshes the gauges of the truth. A window is worked out again only when it has changed since it was last read, and nothing
 * is written when none has.
 */
export class TruthGauges {
  readonly #store: MetricStore;
  readonly #kept = new WeakMap<SlidingWindow, Kept>();
  readonly #left = { truthWindow: 0, truthSlice: 0 };
  #changed = false;

  constructor(store: MetricStore) {
    this.#store = store;
  }

  /** @param now milliseconds; what is too old by then leaves its window first */
  refresh(tasks: Iterable<Task>, now: number): void {
    this.#changed = false;
    const rows: Row[] = [];
    const sliced: SliceRow[] = [];
    this.#store.clear('truthPending');
    this.#store.clear('truthCoverage');
    for (const task of tasks) {
      this.#store.set('truthPending', task.pending, { task: task.name });
      this.#coverage(task);
      const labels = new Map(task.spans.map(span => [span, windowLabel(span)]));
      const labelOf = ({ span }: SlidingWindow): string => labels.get(span) ?? windowLabel(span);
      for (const { model, window } of task.join.windows(now)) {
        const place = { task: task.name, model, window: labelOf(window) };
        for (const measure of this.#measures(window, () => windowMeasures(task, window)))
          rows.push({ ...place, measure });
      }
      for (const { slice, value, window } of task.join.slices.windows(now)) {
        const place = { task: task.name, slice, value, window: labelOf(window) };
        for (const measure of this.#measures(window, () => sliceMeasures(task, window)))
          sliced.push({ ...place, measure });
      }
    }
    if (!this.#changed) return;
    this.#write(rows);
    this.#writeSlices(sliced);
  }

  #measures(window: SlidingWindow, work: () => readonly WindowMeasure[]): readonly WindowMeasure[] {
    const kept = this.#kept.get(window);
    if (kept?.version === window.version) return kept.measures;
    const measures = work();
    this.#kept.set(window, { version: window.version, measures });
    this.#changed = true;
    return measures;
  }

  #write(rows: Row[]): void {
    const store = this.#store;
    if (rows.length > store.seriesLimit) rows.sort((a, b) => rank(a) - rank(b));
    for (const gauge of ['truthWindow', 'truthWindowLow', 'truthWindowHigh'] as const) store.clear(gauge);
    for (const { task, model, window, measure } of this.#fitting('truthWindow', rows)) {
      const labels = { task, model, window, measure: measure.measure, average: measure.average, class: measure.class };
      store.set('truthWindow', measure.value, labels);
      store.set('truthWindowLow', measure.interval?.[0], labels);
      store.set('truthWindowHigh', measure.interval?.[1], labels);
    }
  }

  #writeSlices(rows: readonly SliceRow[]): void {
    const store = this.#store;
    for (const gauge of ['truthSlice', 'truthSliceLow', 'truthSliceHigh'] as const) store.clear(gauge);
    for (const { task, slice, value, window, measure } of this.#fitting('truthSlice', rows)) {
      const labels = { task, slice, value, window, measure: measure.measure, average: measure.average };
      store.set('truthSlice', measure.value, labels);
      store.set('truthSliceLow', measure.interval?.[0], labels);
      store.set('truthSliceHigh', measure.interval?.[1], labels);
    }
  }

  /** A gauge that several series share would say nothing true: what has no room is left out, and counted once. */
  #fitting<R>(gauge: 'truthWindow' | 'truthSlice', rows: readonly R[]): readonly R[] {
    const left = Math.max(0, rows.length - this.#store.seriesLimit);
    if (left > this.#left[gauge]) {
      this.#store.counter('selfSeriesFolded', { metric: METRICS[gauge].name }).add(left - this.#left[gauge]);
      this.#left[gauge] = left;
    }
    return left === 0 ? rows : rows.slice(0, this.#store.seriesLimit);
  }

  #coverage(task: Task): void {
    const set = (share: { readonly seen: number; readonly labelled: number }, name: string): void => {
      if (share.seen > 0)
        this.#store.set('truthCoverage', share.labelled / share.seen, { task: task.name, class: name });
    };
    set(task.coverage.all, '');
    if (!task.classifies) return;
    const shares = new Map<string, { seen: number; labelled: number }>();
    for (const [raw, { seen, labelled }] of task.coverage.classes()) {
      const name = task.classes.fold(raw);
      const share = shares.get(name) ?? { seen: 0, labelled: 0 };
      share.seen += seen;
      share.labelled += labelled;
      shares.set(name, share);
    }
    for (const [name, share] of shares) set(share, name);
  }
}
