import type { Pair, Verdict } from '../../processor/truth/sliding-window.js';
import { BoundedNames } from './bounded-names.js';
import { MeanSum } from './mean-sum.js';
import { BadLine, type CallRecord, type LabelRecord } from './record.js';
import { Reliability } from './reliability.js';
import { TaskTally } from './task-tally.js';
import type { Timeline } from './timeline.js';

/** Calls that labels may still find: at least so many of the latest ones, at most twice as many. */
const GENERATION = 100_000;
const MAX_TASKS = 20;
const MAX_ATTRIBUTES = 20;
const MAX_VALUES = 50;
const TEMPLATE = 'template';

interface Joined {
  /** `attribute\0value`. */
  slices: readonly string[];
  confidence: number | undefined;
  pairs: Map<string, { readonly pair: Pair; readonly at: number | undefined }> | undefined;
}

/** Labels, by task, by what their calls have in common, and against what the model seemed to be sure of. */
export class LabelTally {
  readonly tasks = new Map<string, TaskTally>();
  readonly slices = new Map<string, Map<string, MeanSum>>();
  /** The `confidence` evaluator against correctness, by task. */
  readonly confidence = new Map<string, Reliability>();
  /** Labels whose call is not in the recording, or too long ago. */
  unjoined = 0;
  readonly #timeline: Timeline;
  readonly #positive: string | undefined;
  // Two generations, not one queue: to find the oldest entry of a map, all that left before it are passed over.
  #young = new Map<string, Joined>();
  #old = new Map<string, Joined>();
  readonly #attributes = new BoundedNames(
    MAX_ATTRIBUTES,
    attribute => new BoundedNames(MAX_VALUES, value => `${attribute}\0${value}`),
  );

  constructor(timeline: Timeline, positive: string | undefined) {
    this.#timeline = timeline;
    this.#positive = positive;
  }

  call({ call, evaluations }: CallRecord): void {
    const confidence = evaluations.get('confidence');
    const joined = this.#join(call.id);
    const before = joined.pairs;
    joined.slices = [
      this.#slice('model', call.model.requested),
      ...(call.template === undefined ? [] : [this.#slice(TEMPLATE, call.template)]),
      ...Object.entries(call.context).map(([name, value]) => this.#slice(name, value)),
    ];
    joined.confidence = confidence !== undefined && 'score' in confidence ? confidence.score : undefined;
    // A label that was faster than its call.
    for (const [task, { pair }] of before ?? []) {
      this.#spread(task, joined, pair.verdict, 1);
      this.unjoined--;
    }
  }

  /** @throws BadLine for a label that its task cannot take */
  label(record: LabelRecord): void {
    const task = this.#taskOf(record);
    const name = task.task.name;
    const verdict = task.verdict(record);
    const joined = record.call === undefined ? this.#alone(record.model) : this.#join(record.call);
    const known = joined?.pairs?.get(name);
    if (known === undefined) {
      if (record.replaced) {
        task.lost++;
        return;
      }
      const pair = task.enter(verdict, record.at ?? 0);
      this.#count(name, joined, record.at, verdict, 1);
      if (joined === undefined || joined.slices.length === 0) this.unjoined++;
      if (joined !== undefined) {
        joined.pairs ??= new Map();
        joined.pairs.set(name, { pair, at: record.at });
      }
      return;
    }
    this.#count(name, joined, known.at, known.pair.verdict, -1);
    task.replace(known.pair, verdict);
    this.#count(name, joined, known.at, verdict, 1);
  }

  #count(task: string, joined: Joined | undefined, at: number | undefined, verdict: Verdict, times: 1 | -1): void {
    const figure = (this.tasks.get(task) as TaskTally).figureOf(verdict);
    if (at !== undefined) this.#timeline.at(at).rightOf(task).add(figure, verdict.weight, times);
    if (joined !== undefined) this.#spread(task, joined, verdict, times);
  }

  /** Into the slices of its call, and beside how sure its model was. */
  #spread(task: string, joined: Joined, verdict: Verdict, times: 1 | -1): void {
    const tally = this.tasks.get(task) as TaskTally;
    const figure = tally.figureOf(verdict);
    let slices = this.slices.get(task);
    if (slices === undefined) {
      slices = new Map();
      this.slices.set(task, slices);
    }
    for (const key of joined.slices) {
      let sum = slices.get(key);
      if (sum === undefined) {
        sum = new MeanSum();
        slices.set(key, sum);
      }
      sum.add(figure, verdict.weight, times);
    }
    if (joined.confidence === undefined || tally.kind === 'number') return;
    let reliability = this.confidence.get(task);
    if (reliability === undefined) {
      reliability = new Reliability();
      this.confidence.set(task, reliability);
    }
    reliability.add(joined.confidence, figure, verdict.weight, times);
  }

  #taskOf(record: LabelRecord): TaskTally {
    // A rating of a task of classes says how good an answer was, not which class was right.
    const rated = record.actual === undefined && record.correct !== undefined;
    const kind = rated ? 'text' : record.taskKind;
    const name = rated && record.taskKind !== 'text' ? `${record.task} (ratings)` : record.task;
    const known = this.tasks.get(name);
    if (known !== undefined) {
      if (known.kind !== kind) throw new BadLine(`taskKind is ${kind}; labels of this task were ${known.kind} before`);
      return known;
    }
    if (this.tasks.size >= MAX_TASKS) throw new BadLine(`task is one too many; expected at most ${MAX_TASKS}`);
    const numbers = [record.actual, record.predicted].every(one => one === '0' || one === '1');
    const task = new TaskTally(name, kind, this.#positive ?? (numbers ? '1' : undefined));
    this.tasks.set(name, task);
    return task;
  }

  /** For a label without a call, of which the model is all that is known. The line of a call says that and more itself. */
  #alone(model: string | undefined): Joined | undefined {
    if (model === undefined) return undefined;
    return { slices: [this.#slice('model', model)], confidence: undefined, pairs: undefined };
  }

  #join(id: string): Joined {
    const known = this.#young.get(id) ?? this.#old.get(id);
    if (known !== undefined) return known;
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    const joined: Joined = { slices: [], confidence: undefined, pairs: undefined };
    this.#young.set(id, joined);
    return joined;
  }

  /** One copy of the name of a slice. */
  #slice(attribute: string, value: string): string {
    return this.#attributes.of(attribute).of(value);
  }
}
