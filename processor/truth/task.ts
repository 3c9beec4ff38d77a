import type { LlmCall, Prediction } from '../../core/call.js';
import type { LabelRecord, TruthValue } from '../../core/feedback.js';
import { refusePromise } from '../refuse-promise.js';
import { chrf } from './chrf.js';
import { ClassNames, classNameOf, isClassWord } from './class-names.js';
import type { Coverage } from './coverage.js';
import { TaskJoin } from './join.js';
import { NO_VERDICT, type Verdict, type WindowSpan } from './sliding-window.js';
import type { TaskConfig, TaskKind } from './task-config.js';
import { exactMatch, rougeL, squadF1 } from './text-match.js';

/** Characters of an answer that is nothing but a number. */
const MAX_NUMBER = 64;

/**
 * The task that a first label belongs to: a boolean is binary, a number is a number, a text is a class where it and what was
 * predicted are words that may name one (`isClassWord`; for other names of classes the task must be configured), else a reference
 * text; undefined where nothing was predicted and the answer's text is not known, so that a later label may decide.
 * @param predicted what the label or the call says was predicted
 */
export function guessTask(
  label: LabelRecord['label'],
  predicted: TruthValue | undefined,
  textKnown: boolean,
): TaskConfig | undefined {
  const alternatives = labelsOf(label);
  if (alternatives.every(value => typeof value === 'boolean')) return { kind: 'binary', classes: ['false', 'true'] };
  if (alternatives.every(value => typeof value === 'number')) return { kind: 'number' };
  if (predicted === undefined) return textKnown ? { kind: 'text' } : undefined;
  const names = alternatives.map(classNameOf);
  const said = classNameOf(predicted);
  return { kind: isClassWord(said) && (names.includes(said) || names.every(isClassWord)) ? 'multiclass' : 'text' };
}

function labelsOf(label: LabelRecord['label']): readonly TruthValue[] {
  return typeof label === 'object' ? label : [label];
}

function toNumber(value: TruthValue): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** What a user's function gave, if it can be a prediction. */
function checkedPrediction(said: TruthValue | Prediction | null | undefined): Prediction | undefined {
  const { value, score } = typeof said === 'object' && said !== null ? said : { value: said, score: undefined };
  const fine = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (!fine || value === undefined || value === null) return undefined;
  return typeof score === 'number' && score >= 0 && score <= 1 ? { value, score } : { value };
}

/** One task: how its labels and predictions are compared, and its pairs. */
export class Task {
  readonly name: string;
  readonly kind: TaskKind;
  readonly config: TaskConfig;
  readonly classes: ClassNames;
  readonly join: TaskJoin;
  readonly spans: readonly WindowSpan[];
  readonly #guessed: boolean;
  coverage: Coverage;
  /** Calls of this task that wait for their label. */
  pending = 0;

  /** @param guessed from a first label: the user did not say that an answer's text is a class */
  constructor(
    name: string,
    config: TaskConfig,
    spans: readonly WindowSpan[],
    {
      guessed,
      coverage,
      slices = [],
    }: { readonly guessed: boolean; readonly coverage: Coverage; readonly slices?: readonly string[] },
  ) {
    this.name = name;
    this.kind = config.kind;
    this.config = config;
    this.spans = spans;
    this.#guessed = guessed;
    this.coverage = coverage;
    this.classes = new ClassNames(config.classes, config.positive);
    this.join = new TaskJoin(spans, slices);
  }

  /** True where a class is predicted. */
  get classifies(): boolean {
    return this.kind === 'binary' || this.kind === 'multiclass';
  }

  /** True where the answer's text itself is compared with the label. */
  get readsText(): boolean {
    return this.kind === 'text' && this.config.prediction === undefined;
  }

  /** Number of the positive class of a binary task, once it has a name. */
  get positive(): number | undefined {
    if (this.kind !== 'binary') return undefined;
    const { positive, classes } = this.config;
    if (positive !== undefined) return this.classes.find(positive);
    return this.classes.find('true') ?? this.classes.find(classes?.at(-1) ?? '');
  }

  /** True for a predicted text that may leave the process: one that names a class, or is a number for a task of numbers. */
  maySend(text: string): boolean {
    return this.classifies ? this.classes.mayName(text) : this.kind === 'number' && this.readNumber(text) !== undefined;
  }

  /** The class that a value names; a boolean names the positive class of a binary task or the other one, whatever they are called. */
  nameOf(value: TruthValue): string {
    const { classes } = this.config;
    if (typeof value !== 'boolean' || this.kind !== 'binary' || classes === undefined || classes.includes('true'))
      return classNameOf(value);
    const positive = this.config.positive ?? classes.at(-1);
    return (value ? positive : classes.find(name => name !== positive)) ?? classNameOf(value);
  }

  /** What the answer of a call says, where that is not simply what the call carries. Throws what the user's function throws, and for a promise. */
  predict(call: LlmCall, text: string | undefined): Prediction | undefined {
    const { prediction, classes } = this.config;
    if (text === undefined) return undefined;
    if (prediction !== undefined) {
      const said: unknown = prediction({ text, call });
      refusePromise(`truth.tasks.${this.name}.prediction`, said);
      return checkedPrediction(said as TruthValue | Prediction | null | undefined);
    }
    if (call.prediction !== undefined || this.kind === 'text') return undefined;
    if (this.kind === 'number') return this.readNumber(text);
    const said = text.trim();
    if (classes === undefined || (this.#guessed && this.classes.find(said) === undefined)) return undefined;
    // An answer that is none of the classes is a wrong one.
    return { value: this.classes.fold(said) };
  }

  /** The number that an answer is, if it is nothing else. */
  readNumber(text: string): Prediction | undefined {
    const value = text.length <= MAX_NUMBER ? toNumber(text) : undefined;
    return value === undefined ? undefined : { value };
  }

  /** Compares a label with a prediction; undefined where they cannot be. Among several acceptable labels the best counts. */
  verdict(
    label: LabelRecord['label'],
    predicted: TruthValue,
    score: number | undefined,
    weight = 1,
  ): Verdict | undefined {
    const nothing = { ...NO_VERDICT, weight };
    const alternatives = labelsOf(label);
    if (this.classifies) {
      const said = this.nameOf(predicted);
      const names = alternatives.map(value => this.nameOf(value));
      const [actual, index] = this.classes.pair(names.includes(said) ? said : (names[0] as string), said);
      return { ...nothing, actual, predicted: index, score: score ?? Number.NaN };
    }
    if (this.kind === 'text') {
      const said = classNameOf(predicted).trim();
      const references = alternatives.map(value => classNameOf(value).trim());
      const exact = exactMatch(said, references);
      return {
        ...nothing,
        predicted: exact ? 0 : 1,
        tokenF1: exact ? 1 : squadF1(said, references),
        rougeL: exact ? 1 : rougeL(said, references),
        chrf: exact ? 1 : chrf(said, references),
      };
    }
    const said = toNumber(predicted);
    const errors = alternatives.flatMap(value => {
      const truth = toNumber(value);
      return said === undefined || truth === undefined ? [] : [said - truth];
    });
    if (errors.length === 0) return undefined;
    return { ...nothing, error: errors.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a)) };
  }
}
