import type { LlmCall, Prediction } from '../../core/call.js';
import { MonitorError, showValue } from '../../core/errors.js';
import type { TruthValue } from '../../core/feedback.js';
import { isClassName, MAX_CLASS_NAME } from './class-names.js';
import type { WindowSpan } from './sliding-window.js';

export const TASK_KINDS = ['binary', 'multiclass', 'text', 'number'] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

/** Sliding windows over labelled calls: by number of labels, and by time in seconds. */
export interface WindowConfig {
  /** 500 if absent. */
  readonly count?: readonly number[];
  /** 3600 if absent. */
  readonly seconds?: readonly number[];
}

/** The answer of a call, for who reads a prediction from it. */
export interface Answer {
  readonly text: string;
  readonly call: LlmCall;
}

/** What a task's labels say, and how its prediction is found. */
export interface TaskConfig {
  readonly kind: TaskKind;
  /**
   * The classes that have a name of their own, as it is; any other is `other`. If absent, the first 50 labels and predictions name
   * them that are one word of at most 32 Latin letters, digits, `_`, `-` and `.`, without six digits in a row: a class name
   * becomes a label of metrics, and what people write must not.
   */
  readonly classes?: readonly string[];
  /** The positive class of a binary task, whose probability `score` is; `true` if absent, else the last of `classes`. */
  readonly positive?: string;
  /**
   * Reads the prediction from an answer; undefined says that the call is not of this task. Without it: what the call carries,
   * else the answer's text where that can be one (a text, a number, one of `classes`).
   */
  readonly prediction?: (answer: Answer) => TruthValue | Prediction | undefined;
  /** Windows of this task, where they differ from those of all. */
  readonly window?: WindowConfig;
}

/** Pairs a count window may hold, and seconds a time window may last: 31 days. */
const MAX_COUNT = 100_000;
const MAX_SECONDS = 2_678_400;

function fail(what: string, value: unknown, accepted: string): never {
  throw new MonitorError('CONFIG_INVALID', `${what} is ${showValue(value)}; expected ${accepted}`);
}

/** @throws MonitorError CONFIG_INVALID that names the setting */
export function checkTask(name: string, config: TaskConfig): TaskConfig {
  const at = `truth.tasks.${name}`;
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name)) fail('a task in truth.tasks', name, '1 to 64 letters, digits, _ . or -');
  if (typeof config !== 'object' || config === null) fail(at, config, 'an object with a kind');
  if (!TASK_KINDS.includes(config.kind)) fail(`${at}.kind`, config.kind, `one of ${TASK_KINDS.join(', ')}`);
  const { classes, positive, prediction } = config;
  if (classes !== undefined) {
    const fine = Array.isArray(classes) && classes.length > 0 && classes.every(c => typeof c === 'string');
    if (!fine || !classes.every(isClassName) || new Set(classes).size !== classes.length)
      fail(`${at}.classes`, classes, `different names of 1 to ${MAX_CLASS_NAME} characters`);
    if (config.kind === 'binary' && classes.length !== 2)
      fail(`${at}.classes`, classes, 'two classes for a binary task');
  }
  if (positive !== undefined && (typeof positive !== 'string' || classes?.includes(positive) === false))
    fail(`${at}.positive`, positive, 'one of the classes');
  if (prediction !== undefined && typeof prediction !== 'function') fail(`${at}.prediction`, prediction, 'a function');
  return config;
}

/** @throws MonitorError CONFIG_INVALID that names the setting */
export function windowSpans(at: string, config: WindowConfig): WindowSpan[] {
  const { count = [500], seconds = [3600] } = config;
  if (!Array.isArray(count) || !count.every(n => Number.isInteger(n) && n >= 1 && n <= MAX_COUNT))
    fail(`${at}.count`, count, `whole numbers from 1 to ${MAX_COUNT}`);
  if (!Array.isArray(seconds) || !seconds.every(s => Number.isInteger(s) && s >= 1 && s <= MAX_SECONDS))
    fail(`${at}.seconds`, seconds, `whole numbers from 1 to ${MAX_SECONDS}`);
  return [
    ...[...new Set(count)].map((pairs): WindowSpan => ({ kind: 'count', pairs })),
    ...[...new Set(seconds)].map((s): WindowSpan => ({ kind: 'time', ms: s * 1000 })),
  ];
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** A window as the label `window` names it: `500`, `1h`, `30m`. */
export function windowLabel(span: WindowSpan): string {
  if (span.kind === 'count') return String(span.pairs);
  for (const [unit, ms] of UNITS) if (span.ms % ms === 0) return `${span.ms / ms}${unit}`;
  return `${span.ms / 1000}s`;
}
