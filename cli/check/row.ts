import type { MessageText } from '../../core/content.js';
import type { TruthValue } from '../../core/feedback.js';
import type { Json } from '../../core/json.js';

/** What a model, or the app around it, made of a row. */
export interface Answer {
  readonly output?: string;
  readonly prediction?: TruthValue;
  /** Probability of the positive class, or of the predicted one where there are more than two, 0..1. */
  readonly score?: number;
  /** As the provider says it. */
  readonly finishReason?: string;
}

/** A row of a dataset, checked. */
export interface Row {
  readonly line: number;
  readonly id?: string;
  readonly input?: Json;
  /** Undefined where the row has none. */
  readonly label?: TruthValue | readonly TruthValue[];
  readonly task?: string;
  /** What the row itself holds. */
  readonly answer: Answer;
  /** The row as it came. */
  readonly fields: Readonly<Record<string, Json>>;
}

/** What is wrong with a row: the field and what was expected, never what is in it. */
export class RowProblem extends Error {
  override readonly name = 'RowProblem';
}

const MAX_LABEL = 20_000;
const MAX_ALTERNATIVES = 100;
const MAX_ID = 256;
const ROLES: readonly string[] = ['system', 'user', 'assistant', 'tool'];

function isTruth(value: unknown): value is TruthValue {
  return typeof value === 'string'
    ? value.length <= MAX_LABEL
    : typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

function isRecord(value: unknown): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(message: string): never {
  throw new RowProblem(message);
}

/** A field of a row; null says the same as absent. */
function field(fields: Readonly<Record<string, Json>>, name: string): Json | undefined {
  return Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined;
}

/** Reads the fields of an answer. @throws RowProblem */
function answerOf(fields: Readonly<Record<string, Json>>): Answer {
  const output = field(fields, 'output');
  const prediction = field(fields, 'prediction');
  const score = field(fields, 'score');
  const finishReason = field(fields, 'finish_reason');
  if (output !== undefined && typeof output !== 'string') bad('output is not a text');
  if (prediction !== undefined && !isTruth(prediction))
    bad(`prediction is not a text of at most ${MAX_LABEL} characters, a boolean or a number`);
  if (score !== undefined && !(typeof score === 'number' && score >= 0 && score <= 1))
    bad('score is not a number from 0 to 1');
  if (finishReason !== undefined && typeof finishReason !== 'string') bad('finish_reason is not a text');
  return {
    ...(output === undefined ? {} : { output }),
    ...(prediction === undefined ? {} : { prediction }),
    ...(score === undefined ? {} : { score }),
    ...(finishReason === undefined ? {} : { finishReason }),
  };
}

function labelOf(value: Json | undefined): Row['label'] {
  if (value === undefined) return undefined;
  const alternatives: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (alternatives.length === 0 || alternatives.length > MAX_ALTERNATIVES || !alternatives.every(isTruth))
    bad(
      `label is not a text of at most ${MAX_LABEL} characters, a boolean, a number or an array of 1 to ${MAX_ALTERNATIVES} of them`,
    );
  return value as TruthValue | readonly TruthValue[];
}

function idOf(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  const id = typeof value === 'number' ? String(value) : value;
  return typeof id === 'string' && id.length <= MAX_ID
    ? id
    : bad(`id is not a number or a text of at most ${MAX_ID} characters`);
}

function isMessage(value: Json): boolean {
  return isRecord(value) && typeof value['role'] === 'string' && value['content'] !== undefined;
}

function parseObject(text: string): Readonly<Record<string, Json>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What the parser says may quote the line.
    return bad('is not JSON');
  }
  return isRecord(value) ? value : bad('is not a JSON object');
}

/** Reads a row. @throws RowProblem that names the field */
export function parseRow(text: string, line: number): Row {
  const fields = parseObject(text);
  const input = field(fields, 'input');
  if (input !== undefined && typeof input !== 'string' && !(Array.isArray(input) && input.every(isMessage)))
    bad('input is not a text or an array of messages with role and content');
  const task = field(fields, 'task');
  if (task !== undefined && (typeof task !== 'string' || !/^[A-Za-z0-9_.-]{1,64}$/.test(task)))
    bad('task is not 1 to 64 letters, digits, _ . or -');
  const id = idOf(field(fields, 'id'));
  const label = labelOf(field(fields, 'label'));
  return {
    line,
    ...(id === undefined ? {} : { id }),
    ...(input === undefined ? {} : { input }),
    ...(label === undefined ? {} : { label }),
    ...(task === undefined ? {} : { task }),
    answer: answerOf(fields),
    fields,
  };
}

/**
 * Reads what a command answered, or what an earlier run kept.
 * @param id of the row; an answer that names another one is of another row
 * @throws RowProblem
 */
export function parseAnswer(text: string, id?: string): Answer {
  const fields = parseObject(text);
  const named = field(fields, 'id');
  if (id !== undefined && named !== undefined && String(named) !== id) bad('has the id of another row');
  if (field(fields, 'error') !== undefined) bad('says that there was an error');
  const answer = answerOf(fields);
  return answer.output === undefined && answer.prediction === undefined
    ? bad('has neither output nor prediction')
    : answer;
}

/** The row as somebody who has to answer it may see it: without what would give the answer away. @throws RowProblem */
export function questionOf(row: Row): string {
  const { label: _label, output: _output, prediction: _prediction, score: _score, ...rest } = row.fields;
  try {
    return JSON.stringify(rest);
  } catch {
    return bad('nests too deeply to be written');
  }
}

function partsText(content: Json | undefined): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map(part => (isRecord(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

/** The words that went in, for the evaluators. */
export function inputTexts(input: Json | undefined): MessageText[] {
  if (typeof input === 'string') return [{ role: 'user', text: input }];
  if (!Array.isArray(input)) return [];
  return input.filter(isRecord).map(message => {
    const role = String(message['role']);
    return {
      role: ROLES.includes(role) ? (role as MessageText['role']) : role === 'developer' ? 'system' : 'user',
      text: partsText(message['content']),
    };
  });
}

/** Values of a sliced field that are shown as they are: short, on one line, without control characters. */
const SHOWN = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;
/** What stands for a row without the field. */
export const NO_VALUE = '(none)';

/** The value of a field, or of a field in a field (`meta.lang`), as a name; undefined where it is too long or no name. */
export function sliceValue(row: Row, path: string): string | undefined {
  let value: Json | undefined = field(row.fields, path);
  if (value === undefined && path.includes('.')) {
    value = row.fields as Json;
    for (const step of path.split('.')) value = isRecord(value) ? field(value, step) : undefined;
  }
  if (value === undefined) return NO_VALUE;
  const name = typeof value === 'object' ? '' : String(value);
  return SHOWN.test(name) ? name : undefined;
}
