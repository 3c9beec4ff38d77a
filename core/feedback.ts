import { MonitorError, showValue } from './errors.js';

/** The class, boolean, number or reference text that is right, or several acceptable ones (any of them is right). */
export type TruthValue = string | number | boolean;

interface CallReference {
  /** Which identifier names the call; exactly one. */
  readonly by: 'call_id' | 'response_id' | 'span_id';
  readonly id: string;
  readonly task: string;
}

/** A true label for a call, often late. */
export interface LabelRecord extends CallReference {
  readonly kind: 'label';
  readonly label: TruthValue | readonly TruthValue[];
  readonly prediction?: TruthValue;
  /** Probability of the positive class, 0..1. */
  readonly score?: number;
  /** When the truth became known, milliseconds since the epoch; the time of arrival if absent. */
  readonly timestamp?: number;
  /** The rate at which calls such as this one are given labels, 0.000001..1: the label stands for one over it. */
  readonly samplingRate?: number;
}

/** A user's verdict without a true label: thumbs, stars, 0..1. */
export interface RatingRecord extends CallReference {
  readonly kind: 'rating';
  readonly rating: number;
}

export type FeedbackRecord = LabelRecord | RatingRecord;

/** Takes late labels; who joins them with calls. Never throws: what becomes of a label is counted. */
export interface FeedbackSink {
  accept(record: FeedbackRecord): void;
}

export const DEFAULT_TASK = 'default';
const IDENTIFIERS = ['call_id', 'response_id', 'span_id'] as const;
const FIELDS = new Set<string>([
  ...IDENTIFIERS,
  'task',
  'label',
  'prediction',
  'score',
  'timestamp',
  'sampling_rate',
  'rating',
]);
const MAX_ID = 256;
const MAX_TASK = 64;
const MAX_TEXT = 20_000;
const MAX_ALTERNATIVES = 100;

function fail(message: string): never {
  throw new MonitorError('LABEL_INVALID', message);
}

function isTruth(value: unknown): value is TruthValue {
  return (
    (typeof value === 'string' && value.length <= MAX_TEXT) ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

function share(value: unknown, field: string): number {
  return typeof value === 'number' && value >= 0 && value <= 1
    ? value
    : fail(`${field} is ${showValue(value)}; expected a number from 0 to 1`);
}

/** Lower rates would let one label decide everything. */
const MIN_RATE = 1e-6;

export function isSamplingRate(value: unknown): value is number {
  return typeof value === 'number' && value >= MIN_RATE && value <= 1;
}

function samplingRate(value: unknown): number {
  return isSamplingRate(value)
    ? value
    : fail(`sampling_rate is ${showValue(value)}; expected a number above 0 and up to 1, not below 0.000001`);
}

function when(value: unknown): number {
  const at = typeof value === 'string' ? Date.parse(value) : value;
  if (typeof at !== 'number' || !Number.isFinite(at) || at < 0)
    fail(`timestamp is ${showValue(value)}; expected milliseconds since the epoch or an ISO 8601 time`);
  return at;
}

/**
 * Checks one label or rating as it came in (SURFACE: `POST /v1/feedback`, `recordLabel`).
 * @throws MonitorError LABEL_INVALID that names the field; the message never shows a label's text
 */
export function parseFeedback(value: unknown): FeedbackRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    fail('a label is a JSON object with call_id, response_id or span_id, and label or rating');
  const given = value as Readonly<Record<string, unknown>>;
  for (const field of Object.keys(given))
    if (!FIELDS.has(field)) fail(`unknown field ${showValue(field.slice(0, 40))}; known are ${[...FIELDS].join(', ')}`);
  const named = IDENTIFIERS.filter(field => given[field] !== undefined);
  const [by] = named;
  if (by === undefined || named.length > 1)
    fail(
      `exactly one of call_id, response_id and span_id names the call; got ${named.length === 0 ? 'none' : named.join(' and ')}`,
    );
  const id = given[by];
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID)
    fail(`${by} is not a text of 1 to ${MAX_ID} characters`);
  const task = given['task'] ?? DEFAULT_TASK;
  if (typeof task !== 'string' || !/^[A-Za-z0-9_.-]{1,64}$/.test(task))
    fail(`task is ${showValue(task)}; expected 1 to ${MAX_TASK} letters, digits, _ . or -`);
  const reference = { by, id, task };
  if (given['rating'] !== undefined) {
    if (given['label'] !== undefined) fail('label and rating exclude each other; send two records');
    return { kind: 'rating', ...reference, rating: share(given['rating'], 'rating') };
  }
  const label = given['label'];
  const alternatives = Array.isArray(label) ? label : [label];
  if (alternatives.length === 0 || alternatives.length > MAX_ALTERNATIVES || !alternatives.every(isTruth)) {
    fail(
      `label is missing or not a class name, boolean, number, reference text, or array of 1 to ${MAX_ALTERNATIVES} of them (texts up to ${MAX_TEXT} characters)`,
    );
  }
  const { prediction, score, timestamp } = given;
  if (prediction !== undefined && !isTruth(prediction)) fail('prediction is not a text, boolean or finite number');
  return {
    kind: 'label',
    ...reference,
    label: Array.isArray(label) ? (alternatives as readonly TruthValue[]) : (label as TruthValue),
    ...(prediction === undefined ? {} : { prediction }),
    ...(score === undefined ? {} : { score: share(score, 'score') }),
    ...(timestamp === undefined ? {} : { timestamp: when(timestamp) }),
    ...(given['sampling_rate'] === undefined ? {} : { samplingRate: samplingRate(given['sampling_rate']) }),
  };
}
