import { DEFAULT_TASK, type LabelRecord } from '../../core/feedback.js';
import type { MetricStore } from '../../core/store.js';
import type { Coverage } from './coverage.js';
import type { WindowSpan } from './sliding-window.js';
import { guessTask, Task } from './task.js';
import { checkTask, type TaskConfig, windowSpans } from './task-config.js';
import type { TrackedCall } from './tracked-call.js';
import { TruthCounters } from './truth-counters.js';

/** A task of this process, and where it counts. */
export interface TaskEntry {
  readonly task: Task;
  readonly counters: TruthCounters;
}

export const LABEL_RESULTS = ['matched', 'replaced', 'orphan', 'expired', 'rejected'] as const;

/** Tasks that labels may name beyond the configured ones: a task is a label value. */
const MAX_HEARD = 20;
const OTHER_TASK = 'other';

/** The tasks of this process: the configured ones, and those that labels bring. */
export class TaskRegistry {
  readonly #store: MetricStore;
  readonly #spans: readonly WindowSpan[];
  readonly #slices: readonly string[];
  readonly #entries = new Map<string, TaskEntry>();
  readonly #tasks: Task[] = [];
  /** Names that labels brought, whether or not their kind is known by now. */
  readonly #heard = new Set<string>([DEFAULT_TASK]);
  #undecided: boolean;

  /** @throws MonitorError CONFIG_INVALID that names the setting */
  constructor(
    store: MetricStore,
    configs: Readonly<Record<string, TaskConfig>>,
    spans: readonly WindowSpan[],
    coverage: Coverage,
    slices: readonly string[] = [],
  ) {
    this.#store = store;
    this.#spans = spans;
    this.#slices = slices;
    for (const [name, config] of Object.entries(configs)) this.open(name, checkTask(name, config), coverage, false);
    this.#undecided = this.#entries.size === 0;
  }

  [Symbol.iterator](): ArrayIterator<Task> {
    return this.#tasks.values();
  }

  /** True while labels may come that need an answer's text and no task says so. */
  get undecided(): boolean {
    return this.#undecided;
  }

  get(name: string): TaskEntry | undefined {
    return this.#entries.get(name);
  }

  /** @param coverage the calls so far */
  open(name: string, config: TaskConfig, coverage: Coverage, guessed = true): TaskEntry {
    const spans = config.window === undefined ? this.#spans : windowSpans(`truth.tasks.${name}.window`, config.window);
    const task = new Task(name, config, spans, { guessed, coverage: coverage.unlabelled(), slices: this.#slices });
    const entry = { task, counters: new TruthCounters(this.#store, task) };
    this.#entries.set(name, entry);
    this.#tasks.push(task);
    this.#store.counter('truthExpired', { task: name }).add(0);
    for (const result of LABEL_RESULTS) this.#store.counter('truthLabels', { task: name, result }).add(0);
    return entry;
  }

  /** True where a label may bring this task. */
  admits(name: string): boolean {
    if (!this.#heard.has(name) && this.#heard.size < MAX_HEARD) this.#heard.add(name);
    return this.#heard.has(name);
  }

  /** The label value for a task's name. */
  label(name: string): string {
    return this.#entries.has(name) || this.admits(name) ? name : OTHER_TASK;
  }

  /** Opens the task of a first label; undefined where nothing says yet what kind it is. */
  guess(record: LabelRecord, call: TrackedCall, coverage: Coverage): TaskEntry | undefined {
    if (!this.admits(record.task)) return undefined;
    const config = guessTask(record.label, record.prediction ?? call.prediction?.value, call.text !== undefined);
    this.#undecided = config === undefined;
    return config === undefined ? undefined : this.open(record.task, config, coverage);
  }
}
