import { cleanCall } from '../../core/call.js';
import { MonitorError } from '../../core/errors.js';
import type { TruthValue } from '../../core/feedback.js';
import type { FinishReason } from '../../core/labels.js';
import type { Evaluator } from '../../processor/evaluators/evaluator.js';
import { createEvaluators, evaluate } from '../../processor/evaluators/registry.js';
import { Coverage } from '../../processor/truth/coverage.js';
import { NO_VERDICT, type Verdict } from '../../processor/truth/sliding-window.js';
import { guessTask, Task } from '../../processor/truth/task.js';
import { checkTask, type TaskConfig, type TaskKind } from '../../processor/truth/task-config.js';
import { Classes } from './classes.js';
import { Column } from './columns.js';
import { evaluatorsOf, kindsOf, type Measure, needsLabel } from './measure-names.js';
import { type Answer, inputTexts, type Row, RowProblem, sliceValue } from './row.js';
import type { Scored } from './statistics.js';

export interface ScorerOptions {
  readonly measures: readonly Measure[];
  /** Guessed from the first row if absent. */
  readonly kind?: TaskKind;
  readonly classes?: readonly string[];
  readonly positive?: string;
  /** A field of the rows. */
  readonly slice?: string;
  readonly model?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Rows with one value of the sliced field. */
export interface Slice {
  readonly value: string;
  readonly rows: Int32Array;
}

export const MAX_SLICES = 20;
/** Where the values past the first 20 go, and those that are no name. */
export const OTHER_SLICE = '(other)';
/** Rows are kept as numbers; so many of them need about half a gigabyte. */
const MAX_ROWS = 5_000_000;

/** What providers say an answer ended with, where their word is not ours. */
const FINISH: Readonly<Record<string, FinishReason>> = {
  tool_calls: 'tool_call',
  function_call: 'tool_call',
  max_tokens: 'length',
  end_turn: 'stop',
  stop_sequence: 'stop',
};

const VERDICT_FIELDS = ['actual', 'predicted', 'score', 'tokenF1', 'rougeL', 'chrf', 'error'] as const;
const FIELDS_OF: Readonly<Record<TaskKind, readonly (typeof VERDICT_FIELDS)[number][]>> = {
  binary: ['actual', 'predicted', 'score'],
  multiclass: ['actual', 'predicted', 'score'],
  text: ['actual', 'predicted', 'tokenF1', 'rougeL', 'chrf'],
  number: ['error'],
};

/** Turns rows and answers into numbers, one at a time; no text is kept. */
export class RowScorer {
  readonly #options: ScorerOptions;
  readonly #evaluators: readonly Evaluator[];
  readonly #labelled: boolean;
  readonly #verdicts = new Map<string, Column>();
  readonly #scores = new Map<string, Column>();
  readonly #flagged = new Map<string, Column>();
  readonly #slices: string[] = [];
  readonly #sliceOf = new Column();
  #task: Task | undefined;
  #classes: Classes | undefined;
  #size = 0;

  /** @throws MonitorError for measures that do not go together */
  constructor(options: ScorerOptions) {
    this.#options = options;
    const names = evaluatorsOf(options.measures);
    this.#evaluators = names.length === 0 ? [] : createEvaluators(names);
    this.#labelled = options.measures.some(needsLabel);
    for (const name of names) {
      this.#scores.set(name, new Column());
      this.#flagged.set(name, new Column());
    }
    const kinds = kindsOf(options.measures);
    const { kind } = options;
    if (kinds.length === 0 || (kind !== undefined && !kinds.includes(kind))) {
      const asked = options.measures.filter(needsLabel).map(({ name }) => name);
      const why =
        kinds.length === 0
          ? 'belong to no one kind of task; run a check for each'
          : `need --kind ${kinds.join(' or ')}; it is ${kind}`;
      throw new MonitorError('INVALID_ARGUMENT', `the measures ${asked.join(', ')} ${why}`);
    }
  }

  /** Rows taken. */
  get size(): number {
    return this.#size;
  }

  /** What has to be there before an answer is asked for. @throws RowProblem */
  require(row: Row): void {
    if (this.#labelled && row.label === undefined) throw new RowProblem('label is missing');
  }

  /** @throws RowProblem for a row that cannot be compared; it leaves no trace */
  add(row: Row, answer: Answer): void {
    if (this.#size >= MAX_ROWS)
      throw new MonitorError('INVALID_ARGUMENT', `the dataset has too many rows; expected at most ${MAX_ROWS}`);
    this.require(row);
    const verdict = this.#labelled ? this.#compare(row, answer) : undefined;
    if (verdict === undefined && answer.output === undefined && answer.prediction === undefined)
      throw new RowProblem('has neither output nor prediction');
    if (verdict !== undefined)
      for (const field of FIELDS_OF[(this.#task as Task).kind]) column(this.#verdicts, field).push(verdict[field]);
    this.#evaluate(row, answer);
    const { slice } = this.#options;
    if (slice !== undefined) this.#sliceOf.push(this.#sliceIndex(sliceValue(row, slice) ?? OTHER_SLICE));
    this.#size++;
  }

  /** The numbers so far. @param leftOut rows that were not taken */
  finish(leftOut: number): { readonly scored: Scored; readonly slices: readonly Slice[] } {
    const values = (name: (typeof VERDICT_FIELDS)[number]): Float64Array =>
      this.#verdicts.get(name)?.values() ?? new Float64Array();
    const all = (columns: ReadonlyMap<string, Column>): Map<string, Float64Array> =>
      new Map(Array.from(columns, ([name, of]) => [name, of.values()]));
    const classes = this.#classes?.settle(this.#positive());
    const scored: Scored = {
      size: this.#size,
      leftOut,
      ...(this.#task === undefined ? {} : { kind: this.#task.kind }),
      ...(classes === undefined ? {} : { classes }),
      actual: classes === undefined ? values('actual') : values('actual').map(classes.settled),
      predicted: classes === undefined ? values('predicted') : values('predicted').map(classes.settled),
      score: values('score'),
      tokenF1: values('tokenF1'),
      rougeL: values('rougeL'),
      chrf: values('chrf'),
      error: values('error'),
      scores: all(this.#scores),
      flagged: all(this.#flagged),
    };
    return { scored, slices: this.#sliced() };
  }

  /** The name of the positive class, by the rule of the live tasks. */
  #positive(): string | undefined {
    if (this.#task?.kind !== 'binary') return undefined;
    const { positive, classes = [] } = this.#task.config;
    return positive ?? (classes.includes('true') ? 'true' : classes.at(-1));
  }

  #compare(row: Row, answer: Answer): Verdict {
    const { label } = row;
    if (label === undefined) throw new RowProblem('label is missing');
    const { output, prediction, score } = answer;
    if (output === undefined && prediction === undefined) throw new RowProblem('has neither output nor prediction');
    // A first row that cannot be compared must not settle what kind of task it is.
    const task = this.#task ?? this.#newTask(label, prediction, output !== undefined);
    const said = prediction ?? readOutput(task, output ?? '');
    const verdict = said === undefined ? undefined : this.#verdict(task, label, said, score);
    if (verdict === undefined) throw new RowProblem('label, or what was answered, is not a number');
    this.#task = task;
    return verdict;
  }

  #verdict(
    task: Task,
    label: NonNullable<Row['label']>,
    said: TruthValue,
    score: number | undefined,
  ): Verdict | undefined {
    if (!task.classifies) return task.verdict(label, said, score);
    const predicted = task.nameOf(said);
    const names = [label].flat().map((value: TruthValue) => task.nameOf(value));
    const classes = this.#classes ?? new Classes(task.config.classes);
    const [actual, index] = classes.pair(names.includes(predicted) ? predicted : (names[0] as string), predicted);
    this.#classes = classes;
    return { ...NO_VERDICT, actual, predicted: index, score: score ?? Number.NaN };
  }

  #newTask(label: NonNullable<Row['label']>, prediction: TruthValue | undefined, textKnown: boolean): Task {
    const config = this.#configure(label, prediction, textKnown);
    const guessed = this.#options.kind === undefined;
    return new Task('check', checkTask('check', config), [], { guessed, coverage: new Coverage() });
  }

  #configure(label: NonNullable<Row['label']>, prediction: TruthValue | undefined, textKnown: boolean): TaskConfig {
    const { kind: said, classes, positive } = this.#options;
    const kind = said ?? this.#guess(guessTask(label, prediction, textKnown)?.kind);
    if (kind !== 'binary') return { kind, ...(classes === undefined || kind !== 'multiclass' ? {} : { classes }) };
    if (classes !== undefined || positive !== undefined)
      return { kind, ...(classes === undefined ? {} : { classes }), ...(positive === undefined ? {} : { positive }) };
    const values: readonly unknown[] = [label].flat();
    if (values.every(value => typeof value === 'boolean')) return { kind, classes: ['false', 'true'] };
    if (values.every(value => value === 0 || value === 1)) return { kind, classes: ['0', '1'] };
    throw new MonitorError(
      'INVALID_ARGUMENT',
      'which class is the positive one is not known, as the labels are neither booleans nor 0 and 1; name it with --positive',
    );
  }

  /** The measures, the classes and the positive one say more than a first label. */
  #guess(guess: TaskKind | undefined): TaskKind {
    const { measures, classes, positive } = this.#options;
    const kinds = kindsOf(measures);
    if (positive !== undefined && kinds.includes('binary')) return 'binary';
    if (guess !== undefined && kinds.includes(guess) && (classes === undefined || guess !== 'text')) return guess;
    return kinds.includes('multiclass') ? 'multiclass' : (kinds[0] as TaskKind);
  }

  #evaluate(row: Row, answer: Answer): void {
    if (this.#evaluators.length === 0) return;
    const { model = 'unknown', now } = this.#options;
    const { finishReason } = answer;
    const said = answer.output ?? (typeof answer.prediction === 'string' ? answer.prediction : undefined);
    const reasons = finishReason === undefined ? [] : [FINISH[finishReason] ?? finishReason];
    const { call } = cleanCall(
      {
        id: String(row.line),
        provider: 'check',
        operation: 'chat',
        model: { requested: model },
        startedAt: now,
        duration: 0,
        outcome: { kind: 'ok', finishReasons: reasons },
      },
      now,
    );
    const text = { input: inputTexts(row.input), output: said === undefined ? [] : [said] };
    for (const [name, evaluation] of evaluate(this.#evaluators, call, text)) {
      const skipped = 'skipped' in evaluation;
      column(this.#scores, name).push(skipped ? Number.NaN : evaluation.score);
      column(this.#flagged, name).push(skipped ? Number.NaN : Number(evaluation.flagged));
    }
  }

  #sliceIndex(value: string): number {
    const known = this.#slices.indexOf(value);
    if (known >= 0) return known;
    const named = this.#slices.filter(name => name !== OTHER_SLICE).length;
    if (value !== OTHER_SLICE && named >= MAX_SLICES) return this.#sliceIndex(OTHER_SLICE);
    return this.#slices.push(value) - 1;
  }

  #sliced(): Slice[] {
    const of = this.#sliceOf.values();
    const slices = this.#slices.map((value, i) => ({
      value,
      rows: Int32Array.from(of.keys()).filter(row => of[row] === i),
    }));
    const last = (slice: Slice): number => Number(slice.value === OTHER_SLICE);
    return slices.sort((a, b) => last(a) - last(b));
  }
}

function column(columns: Map<string, Column>, name: string): Column {
  let found = columns.get(name);
  if (found === undefined) {
    found = new Column();
    columns.set(name, found);
  }
  return found;
}

/** What an answer's text says was predicted. */
function readOutput(task: Task, output: string): TruthValue | undefined {
  return task.kind === 'number' ? task.readNumber(output.trim())?.value : task.kind === 'text' ? output : output.trim();
}
