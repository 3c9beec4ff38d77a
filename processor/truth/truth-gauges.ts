import { METRICS } from '../../core/catalog.js';
import type { MetricStore } from '../../core/store.js';
import { ALL_MODELS } from './join.js';
import type { SlidingWindow } from './sliding-window.js';
import type { Task } from './task.js';
import { windowLabel } from './task-config.js';
import { type WindowMeasure, windowMeasures } from './window-measures.js';

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
  #left = 0;

  constructor(store: MetricStore) {
    this.#store = store;
  }

  /** @param now milliseconds; what is too old by then leaves its window first */
  refresh(tasks: Iterable<Task>, now: number): void {
    let changed = false;
    const rows: Row[] = [];
    this.#store.clear('truthPending');
    this.#store.clear('truthCoverage');
    for (const task of tasks) {
      this.#store.set('truthPending', task.pending, { task: task.name });
      this.#coverage(task);
      const labels = new Map(task.spans.map(span => [span, windowLabel(span)]));
      for (const { model, window } of task.join.windows(now)) {
        let kept = this.#kept.get(window);
        if (kept === undefined || kept.version !== window.version) {
          kept = { version: window.version, measures: windowMeasures(task, window) };
          this.#kept.set(window, kept);
          changed = true;
        }
        const label = labels.get(window.span) ?? windowLabel(window.span);
        for (const measure of kept.measures) rows.push({ task: task.name, model, window: label, measure });
      }
    }
    if (changed) this.#write(rows);
  }

  #write(rows: Row[]): void {
    const store = this.#store;
    const room = store.seriesLimit;
    if (rows.length > room) rows.sort((a, b) => rank(a) - rank(b));
    for (const gauge of ['truthWindow', 'truthWindowLow', 'truthWindowHigh'] as const) store.clear(gauge);
    for (const { task, model, window, measure } of rows.slice(0, room)) {
      const labels = { task, model, window, measure: measure.measure, average: measure.average, class: measure.class };
      store.set('truthWindow', measure.value, labels);
      store.set('truthWindowLow', measure.interval?.[0], labels);
      store.set('truthWindowHigh', measure.interval?.[1], labels);
    }
    // A gauge that several series share would say nothing true: what has no room is left out, and counted once.
    const left = Math.max(0, rows.length - room);
    if (left > this.#left) {
      store.counter('selfSeriesFolded', { metric: METRICS.truthWindow.name }).add(left - this.#left);
      this.#left = left;
    }
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
