import type { CounterHandle } from '../../core/sink.js';
import type { MetricStore } from '../../core/store.js';
import { MISMATCH_CLASS, OTHER_CLASS } from './class-names.js';
import { type ClassOutcome, outcomeOf } from './confusion.js';
import type { Verdict } from './sliding-window.js';
import type { Task } from './task.js';

const OUTCOMES = ['tp', 'fp', 'fn', 'tn'] as const;
/** The one class of a text task: right answers are its tp, wrong ones its fn, so that accuracy is tp / (tp + fn) for every kind. */
const CORRECT = 'correct';

type OutcomeHandles = Readonly<Record<ClassOutcome, readonly [counted: CounterHandle, corrected: CounterHandle]>>;

interface ModelHandles {
  readonly classes: OutcomeHandles[];
  /** First labels so far. */
  labels: number;
}

/**
 * The counters of one task. Every label is one outcome of each class, one against the rest; outcomes less corrected is the
 * matrix by the latest labels. A class that gets its name late starts with the labels so far as its true negatives.
 */
export class TruthCounters {
  readonly #store: MetricStore;
  readonly #task: Task;
  readonly #models = new Map<string, ModelHandles>();
  readonly #cells = new Map<number, readonly [counted: CounterHandle, corrected: CounterHandle]>();

  constructor(store: MetricStore, task: Task) {
    this.#store = store;
    this.#task = task;
  }

  matched(model: string, verdict: Verdict): void {
    if (this.#task.kind === 'number') return;
    const handles = this.#handles(model);
    if (this.#task.kind === 'text') {
      handles.classes[0]?.[textOutcome(verdict)][0].add(1);
      return;
    }
    for (const [index, outcomes] of handles.classes.entries())
      outcomes[outcomeOf(index, verdict.actual, verdict.predicted)][0].add(1);
    handles.labels++;
    this.#cell(verdict)[0].add(1);
  }

  replaced(model: string, before: Verdict, after: Verdict): void {
    if (this.#task.kind === 'number') return;
    const { classes } = this.#handles(model);
    if (this.#task.kind === 'text') {
      move(classes[0], textOutcome(before), textOutcome(after));
      return;
    }
    if (before.actual === after.actual && before.predicted === after.predicted) return;
    for (const index of new Set([before.actual, before.predicted, after.actual, after.predicted])) {
      const was = outcomeOf(index, before.actual, before.predicted);
      move(classes[index], was, outcomeOf(index, after.actual, after.predicted));
    }
    this.#cell(before)[1].add(1);
    this.#cell(after)[0].add(1);
  }

  #handles(model: string): ModelHandles {
    let handles = this.#models.get(model);
    if (handles === undefined) {
      handles = { classes: [], labels: 0 };
      this.#models.set(model, handles);
    }
    const names = this.#task.kind === 'text' ? [CORRECT] : this.#task.classes.names;
    for (let index = handles.classes.length; index < names.length; index++) {
      const outcomes = this.#outcomes(model, names[index] as string);
      outcomes.tn[0].add(handles.labels);
      handles.classes.push(outcomes);
    }
    return handles;
  }

  #outcomes(model: string, name: string): OutcomeHandles {
    const handles = OUTCOMES.map(outcome => {
      const labels = { task: this.#task.name, model, class: name, outcome };
      // Both from the start: a difference of two series needs both.
      return [
        outcome,
        [this.#store.counter('truthOutcomes', labels), this.#store.counter('truthOutcomesCorrected', labels)],
      ] as const;
    });
    return Object.fromEntries(handles) as Record<ClassOutcome, readonly [CounterHandle, CounterHandle]>;
  }

  #cell({ actual, predicted }: Verdict): readonly [counted: CounterHandle, corrected: CounterHandle] {
    const { names } = this.#task.classes;
    const key = actual * 1000 + predicted;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      const labels = { task: this.#task.name, actual: names[actual] ?? '', predicted: names[predicted] ?? '' };
      // Where the matrix has no room left, a mistake must not become a right answer: `other` in each label would be one.
      const folded = { ...labels, actual: OTHER_CLASS, predicted: actual === predicted ? OTHER_CLASS : MISMATCH_CLASS };
      cell = [
        this.#store.counter('truthConfusion', labels, undefined, folded),
        this.#store.counter('truthConfusionCorrected', labels, undefined, folded),
      ];
      this.#cells.set(key, cell);
    }
    return cell;
  }
}

function textOutcome(verdict: Verdict): 'tp' | 'fn' {
  return verdict.predicted === 0 ? 'tp' : 'fn';
}

function move(handles: OutcomeHandles | undefined, from: ClassOutcome, to: ClassOutcome): void {
  if (handles === undefined || from === to) return;
  handles[from][1].add(1);
  handles[to][0].add(1);
}
