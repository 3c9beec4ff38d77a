import { present } from '../../core/call.js';
import { MonitorError } from '../../core/errors.js';
import {
  type CallRecord,
  type DriftRecord,
  type HeaderRecord,
  type LabelRecordLine,
  readRecord,
} from '../../processor/recording/record.js';
import type { TaskKind } from '../../processor/truth/task-config.js';

export type { CallRecord };

/** A label of a recording, or a row that says as much. */
export interface LabelRecord {
  readonly kind: 'label';
  /** Absent for a row without a time. */
  readonly at?: number;
  readonly call?: string;
  readonly model?: string;
  readonly task: string;
  readonly taskKind: TaskKind;
  readonly actual?: string;
  readonly predicted?: string;
  readonly score?: number;
  readonly correct?: number;
  readonly error?: number;
  readonly weight: number;
  readonly replaced: boolean;
}

export type ReportRecord = HeaderRecord | CallRecord | LabelRecord | DriftRecord;

/** What is wrong with a line, naming the field; never a value that may be message text. */
export class BadLine extends Error {}

type Fields = Readonly<Record<string, unknown>>;

const MAX_NAME = 64;

/** One line of a recording, or of a file of rows. @throws BadLine that names the field */
export function readReportLine(line: string, number: number): ReportRecord {
  const row = rowOf(line);
  if (row !== undefined) return rowRecord(row);
  let record: ReturnType<typeof readRecord>;
  try {
    record = readRecord(line, number);
  } catch (error) {
    if (!MonitorError.is(error)) throw error;
    // Who tells it names the line.
    throw new BadLine(error.message.replace(/^line \d+:? /, ''));
  }
  if (record.kind === 'call' && record.cost !== undefined && record.cost < 0) throw new BadLine('cost is below 0');
  return record.kind === 'label' ? labelRecord(record) : record;
}

/** The fields of a line that is a row of `check`; undefined for anything else. */
function rowOf(line: string): Fields | undefined {
  // Without the word it is none: a recording is not parsed twice.
  if (line.startsWith('{"kind"') || !line.includes('"label"')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || 'kind' in value) return undefined;
    return 'label' in value ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function labelRecord({ call, weight = 1, ...label }: LabelRecordLine): LabelRecord {
  const { actual, predicted, correct, error, score } = label;
  if ((actual === undefined || predicted === undefined) && correct === undefined && error === undefined)
    throw new BadLine('a label has actual and predicted, correct, or error; none is there');
  if (!(weight > 0)) throw new BadLine('weight is not above 0');
  if (score !== undefined && !(score >= 0 && score <= 1)) throw new BadLine('score is not a number from 0 to 1');
  return { ...label, weight, ...(call === '' ? {} : { call }) };
}

function word(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value === '') throw new BadLine(`${name} is no name`);
  return value;
}

function share(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new BadLine('score is not a number from 0 to 1');
}

/** A row as `check` reads it, where it says what was predicted. Texts are compared and dropped. */
function rowRecord(fields: Fields): LabelRecord {
  const label = fields['label'];
  const said = fields['prediction'] ?? fields['output'];
  const accepted: readonly unknown[] = Array.isArray(label) ? label : [label];
  const plain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  if (!plain(said)) throw new BadLine('prediction is missing');
  if (accepted.length === 0 || !accepted.every(plain))
    throw new BadLine('label is no text, number or boolean, nor an array of them');
  const base = {
    kind: 'label' as const,
    task: word(fields, 'task') ?? 'default',
    ...present({ model: word(fields, 'model'), score: share(fields['score']) }),
    weight: 1,
    replaced: false,
  };
  const numbers = accepted.filter(value => typeof value === 'number');
  if (numbers.length === accepted.length && typeof said === 'number') {
    const errors = numbers.map(value => said - value);
    return { ...base, taskKind: 'number', error: errors.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a)) };
  }
  const answer = String(said).trim();
  const names = accepted.map(value => String(value).trim());
  const right = names.includes(answer);
  // Only a field of its own says that a class was predicted: the text of an answer must not become a class.
  if (fields['prediction'] === undefined || !names.every(name => name.length <= MAX_NAME) || answer.length > MAX_NAME)
    return { ...base, taskKind: 'text', correct: right ? 1 : 0 };
  const taskKind = accepted.every(value => typeof value === 'boolean') ? 'binary' : 'multiclass';
  return { ...base, taskKind, actual: right ? answer : (names[0] as string), predicted: answer };
}
