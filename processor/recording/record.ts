import { cleanCall, type LlmCall } from '../../core/call.js';
import { MonitorError } from '../../core/errors.js';
import type { Finding } from '../detection.js';
import type { DriftEvent } from '../drift/drift-watch.js';
import { type Evaluation, type Evaluations, SKIP_REASONS } from '../evaluators/evaluator.js';
import { isClassWord } from '../truth/class-names.js';
import { TASK_KINDS } from '../truth/task-config.js';
import {
  choiceOf,
  type FieldReader,
  type Fields,
  fieldsOf,
  flagOf,
  numberOf,
  optionalNumber,
  optionalWord,
  shareOf,
  timeOf,
  wordOf,
} from './fields.js';

/** What a recording is about; one stands wherever a process began to write. */
export interface HeaderRecord {
  readonly kind: 'header';
  readonly version: 1;
  /** Null where nobody named it. */
  readonly service: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** What a detector said, without the shares of the features. */
export type RecordedFinding = Pick<Finding, 'detector' | 'score' | 'flagged' | 'feature'>;

/** A call, what was found in its text, and what the detectors said of it; never a word of the text. */
export interface CallRecord {
  readonly kind: 'call';
  /** When it became known, milliseconds since the epoch by a clock that does not jump. */
  readonly at: number;
  readonly call: LlmCall;
  /** USD; absent where no price is known. */
  readonly cost?: number;
  /** Characters of the answer; absent where its text was not seen. */
  readonly characters?: number;
  readonly evaluations: Evaluations;
  /** Empty while no detector is ready. */
  readonly findings: readonly RecordedFinding[];
}

/** What a label said of a call; classes by name, a reference text never. */
export interface LabelRecordLine {
  readonly kind: 'label';
  readonly at: number;
  /** The id of the call; empty for a call that has none. */
  readonly call: string;
  readonly task: string;
  readonly taskKind: (typeof TASK_KINDS)[number];
  /** Of the call, as a label value. */
  readonly model?: string;
  readonly actual?: string;
  readonly predicted?: string;
  readonly score?: number;
  /** 0..1; absent for a number task. */
  readonly correct?: number;
  /** Predicted number less the true one. */
  readonly error?: number;
  readonly weight?: number;
  readonly replaced: boolean;
}

export type DriftRecord = { readonly kind: 'drift' } & DriftEvent;
export type RecordLine = HeaderRecord | CallRecord | LabelRecordLine | DriftRecord;

export const RECORDING_VERSION = 1;
const DIRECTIONS = ['up', 'down'] as const;
const STATES = ['detected', 'recovered'] as const;

/** One line of a recording, with its end. What a call's text held is left out: spans of evaluators, predictions that are texts. */
export function writeLine(record: RecordLine): string {
  return `${JSON.stringify(record.kind === 'call' ? packed(record) : record)}\n`;
}

function packed({ at, call, cost, characters, evaluations, findings }: CallRecord): object {
  const { prediction, ...rest } = call;
  // Anything but one word may be text that somebody wrote.
  const keep = prediction !== undefined && (typeof prediction.value !== 'string' || isClassWord(prediction.value));
  const evaluated: Record<string, object> = {};
  for (const [name, evaluation] of evaluations) evaluated[name] = packedEvaluation(evaluation);
  return {
    kind: 'call',
    at,
    call: keep ? { ...rest, prediction } : rest,
    cost,
    characters,
    evaluations: evaluated,
    findings: findings.map(({ detector, score, flagged, feature }) => ({ detector, score, flagged, feature })),
  };
}

function packedEvaluation(evaluation: Evaluation): object {
  if ('skipped' in evaluation) return evaluation;
  const { score, flagged, reason } = evaluation;
  return { score, flagged, reason };
}

/**
 * Reads the lines of a recording in their order; blank ones are passed over.
 * @throws MonitorError INVALID_ARGUMENT at the first line that is no record, with its number (from 1) and field
 */
export function* readRecords(lines: Iterable<string>): Generator<RecordLine> {
  let number = 0;
  for (const line of lines) {
    number++;
    if (line.trim() !== '') yield readRecord(line, number);
  }
}

/**
 * Reads one line.
 * @param number of the line, for messages
 * @throws MonitorError INVALID_ARGUMENT with the number and the field, never with what stands there
 */
export function readRecord(line: string, number: number): RecordLine {
  const fail: FieldReader = (field, expected) => {
    throw new MonitorError('INVALID_ARGUMENT', `line ${number}: ${field} is wrong; expected ${expected}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new MonitorError('INVALID_ARGUMENT', `line ${number} is not JSON; expected one object a line`);
  }
  const fields = fieldsOf(value, 'the line', fail);
  switch (fields['kind']) {
    case 'header':
      return readHeader(fields, fail);
    case 'call':
      return readCall(fields, fail);
    case 'label':
      return readLabel(fields, fail);
    case 'drift':
      return readDrift(fields, fail);
    default:
      return fail('kind', 'header, call, label or drift');
  }
}

function readHeader(fields: Fields, fail: FieldReader): HeaderRecord {
  if (fields['version'] !== RECORDING_VERSION) fail('version', `${RECORDING_VERSION}`);
  const service = fields['service'] === null ? null : wordOf(fields, 'service', fail);
  return { kind: 'header', version: RECORDING_VERSION, service, startedAt: timeOf(fields, 'startedAt', fail) };
}

function readCall(fields: Fields, fail: FieldReader): CallRecord {
  const raw = fieldsOf(fields['call'], 'call', fail);
  timeOf(raw, 'startedAt', (name, expected) => fail(`call.${name}`, expected));
  if (raw['duration'] === undefined) fail('call.duration', 'seconds, or null where they are not known');
  // Two clocks wrote the line, and one of them may have been set: a start after `at` is no fault of the recording.
  const { call, rejected } = cleanCall(raw, Number.MAX_SAFE_INTEGER);
  if (rejected[0] !== undefined) fail(`call.${rejected[0].field}`, `another value (${rejected[0].reason})`);
  const evaluations = new Map<string, Evaluation>();
  for (const [name, one] of Object.entries(fieldsOf(fields['evaluations'], 'evaluations', fail)))
    evaluations.set(name, readEvaluation(one, `evaluations.${name}`, fail));
  const findings = fields['findings'];
  if (!Array.isArray(findings)) return fail('findings', 'a list');
  return {
    kind: 'call',
    at: timeOf(fields, 'at', fail),
    call,
    ...optionalNumber(fields, 'cost', fail),
    ...optionalNumber(fields, 'characters', fail),
    evaluations,
    findings: findings.map((one, i) => readFinding(one, `findings[${i}]`, fail)),
  };
}

function readEvaluation(value: unknown, path: string, fail: FieldReader): Evaluation {
  const fields = fieldsOf(value, path, fail);
  const inside: FieldReader = (field, expected) => fail(`${path}.${field}`, expected);
  if (fields['skipped'] !== undefined) return { skipped: choiceOf(fields, 'skipped', SKIP_REASONS, inside) };
  const [score, flagged] = [shareOf(fields, 'score', inside), flagOf(fields, 'flagged', inside)];
  return { score, flagged, ...optionalWord(fields, 'reason', inside) };
}

function readFinding(value: unknown, path: string, fail: FieldReader): RecordedFinding {
  const fields = fieldsOf(value, path, fail);
  const inside: FieldReader = (field, expected) => fail(`${path}.${field}`, expected);
  return {
    detector: wordOf(fields, 'detector', inside),
    score: shareOf(fields, 'score', inside),
    flagged: flagOf(fields, 'flagged', inside),
    // Features come and go with versions: one that is not known any more is still a name.
    ...(optionalWord(fields, 'feature', inside) as { feature?: NonNullable<Finding['feature']> }),
  };
}

function readLabel(fields: Fields, fail: FieldReader): LabelRecordLine {
  if (typeof fields['call'] !== 'string') fail('call', 'the id of a call');
  return {
    kind: 'label',
    at: timeOf(fields, 'at', fail),
    call: fields['call'] as string,
    task: wordOf(fields, 'task', fail),
    taskKind: choiceOf(fields, 'taskKind', TASK_KINDS, fail),
    ...optionalWord(fields, 'model', fail),
    ...optionalWord(fields, 'actual', fail),
    ...optionalWord(fields, 'predicted', fail),
    ...optionalNumber(fields, 'score', fail),
    ...(fields['correct'] === undefined ? {} : { correct: shareOf(fields, 'correct', fail) }),
    ...optionalNumber(fields, 'error', fail),
    ...optionalNumber(fields, 'weight', fail),
    replaced: flagOf(fields, 'replaced', fail),
  };
}

function readDrift(fields: Fields, fail: FieldReader): DriftRecord {
  const scope = fieldsOf(fields['scope'], 'scope', fail);
  const inside: FieldReader = (field, expected) => fail(`scope.${field}`, expected);
  if (typeof scope['name'] !== 'string') inside('name', 'a name');
  return {
    kind: 'drift',
    state: choiceOf(fields, 'state', STATES, fail),
    signal: wordOf(fields, 'signal', fail) as DriftEvent['signal'],
    direction: choiceOf(fields, 'direction', DIRECTIONS, fail),
    scope: { kind: wordOf(scope, 'kind', inside), name: scope['name'] } as DriftEvent['scope'],
    pages: flagOf(fields, 'pages', fail),
    at: timeOf(fields, 'at', fail),
    calls: numberOf(fields, 'calls', fail),
    evidence: fields['evidence'] === null ? Number.NaN : numberOf(fields, 'evidence', fail),
  };
}
