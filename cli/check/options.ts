import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MonitorError, showValue } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { TASK_KINDS, type TaskKind } from '../../processor/truth/task-config.js';
import { parseApiKey, parseEndpoint } from './ask-endpoint.js';
import { type Gate, type Policy, parseGate } from './decide.js';
import { type Measure, parseMeasure } from './measure-names.js';

/** Who answers. */
export type Source =
  | { readonly kind: 'rows' }
  | { readonly kind: 'command'; readonly command: string }
  | {
      readonly kind: 'endpoint';
      readonly endpoint: URL;
      readonly model: string;
      readonly apiKey?: string;
      readonly system?: string;
      readonly body?: Readonly<Record<string, Json>>;
      readonly retries: number;
    };

export interface CheckOptions {
  readonly dataset: string;
  readonly gates: readonly Gate[];
  /** Measures that are shown and decide nothing. */
  readonly shown: readonly Measure[];
  readonly policy: Policy;
  readonly kind?: TaskKind;
  readonly task?: string;
  readonly classes?: readonly string[];
  readonly positive?: string;
  readonly slice?: string;
  /** The gates must hold in each slice too. */
  readonly everySlice: boolean;
  readonly source: Source;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly resume?: string;
  readonly keepGoing: boolean;
  readonly json: boolean;
  readonly junit?: string;
}

const OPTIONS = {
  dataset: { type: 'string' },
  min: { type: 'string', multiple: true },
  max: { type: 'string', multiple: true },
  show: { type: 'string', multiple: true },
  strict: { type: 'boolean' },
  lenient: { type: 'boolean' },
  kind: { type: 'string' },
  task: { type: 'string' },
  classes: { type: 'string' },
  positive: { type: 'string' },
  slice: { type: 'string' },
  'every-slice': { type: 'boolean' },
  command: { type: 'string' },
  endpoint: { type: 'string' },
  model: { type: 'string' },
  system: { type: 'string' },
  body: { type: 'string' },
  concurrency: { type: 'string' },
  timeout: { type: 'string' },
  retries: { type: 'string' },
  resume: { type: 'string' },
  'keep-going': { type: 'boolean' },
  json: { type: 'boolean' },
  junit: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], strict: true, allowPositionals: false, options: OPTIONS }).values;
}

type Values = ReturnType<typeof parse>;

/** Fields that are what is checked, or the text of messages. */
const NO_SLICE: readonly string[] = ['input', 'output', 'label', 'prediction', 'score'];

function wrong(message: string): never {
  throw new MonitorError('INVALID_ARGUMENT', message);
}

function numberOption(
  values: Values,
  name: 'concurrency' | 'timeout' | 'retries',
  low: number,
  high: number,
  absent: number,
) {
  const text = values[name];
  if (text === undefined) return absent;
  const whole = name !== 'timeout';
  const value = (whole ? /^\d+$/ : /^\d+(\.\d+)?$/).test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  return wrong(`--${name} is ${showValue(text)}; expected a ${whole ? 'whole ' : ''}number from ${low} to ${high}`);
}

function filled<K extends 'dataset' | 'task' | 'positive' | 'slice' | 'resume' | 'junit' | 'command' | 'model'>(
  values: Values,
  name: K,
): { [P in K]?: string } {
  const value = values[name];
  if (value === '') wrong(`--${name} is empty`);
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: string };
}

function readBody(text: string): Readonly<Record<string, Json>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What the parser says may quote it.
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : wrong('--body is not a JSON object, like {"temperature":0}');
}

function readSystem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return wrong(`--system is ${showValue(path)}; expected a file that can be read`);
  }
}

function sourceOf(values: Values, env: Readonly<Record<string, string | undefined>>): Source {
  const { command } = filled(values, 'command');
  const { model } = filled(values, 'model');
  if (command !== undefined && values.endpoint !== undefined) wrong('--command and --endpoint exclude each other');
  if (values.endpoint === undefined) {
    for (const name of ['model', 'system', 'body', 'retries'] as const)
      if (values[name] !== undefined) wrong(`--${name} needs --endpoint`);
    if (command !== undefined) return { kind: 'command', command };
    for (const name of ['concurrency', 'timeout', 'resume'] as const)
      if (values[name] !== undefined) wrong(`--${name} needs --command or --endpoint`);
    return { kind: 'rows' };
  }
  const apiKey = parseApiKey(env['OPENAI_API_KEY']);
  return {
    kind: 'endpoint',
    endpoint: parseEndpoint(values.endpoint),
    model: model ?? wrong('--endpoint needs --model'),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(values.system === undefined ? {} : { system: readSystem(values.system) }),
    ...(values.body === undefined ? {} : { body: readBody(values.body) }),
    retries: numberOption(values, 'retries', 0, 20, 5),
  };
}

function classesOf(text: string): string[] {
  return text.split(',').map(name => name.trim());
}

/** Reads the command line. @throws an error that says what was wrong */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CheckOptions | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const gates = [
    ...(values.min ?? []).map(text => parseGate(text, 'min')),
    ...(values.max ?? []).map(text => parseGate(text, 'max')),
  ];
  const shown = (values.show ?? []).map(parseMeasure);
  if (gates.length + shown.length === 0) wrong('nothing to check; expected --min MEASURE=NUMBER, --max or --show');
  const kind = TASK_KINDS.find(name => name === values.kind);
  if (values.kind !== undefined && kind === undefined)
    wrong(`--kind is ${showValue(values.kind)}; expected one of ${TASK_KINDS.join(', ')}`);
  if (values.strict === true && values.lenient === true) wrong('--strict and --lenient exclude each other');
  const { slice } = filled(values, 'slice');
  if (slice !== undefined && NO_SLICE.includes(slice))
    wrong(`--slice is ${showValue(slice)}; expected a field of the rows other than ${NO_SLICE.join(', ')}`);
  if (values['every-slice'] === true && slice === undefined) wrong('--every-slice needs --slice');
  const source = sourceOf(values, env);
  return {
    ...filled(values, 'task'),
    ...filled(values, 'positive'),
    ...filled(values, 'resume'),
    ...filled(values, 'junit'),
    ...(slice === undefined ? {} : { slice }),
    ...(kind === undefined ? {} : { kind }),
    ...(values.classes === undefined ? {} : { classes: classesOf(values.classes) }),
    dataset: filled(values, 'dataset').dataset ?? wrong('--dataset is missing; expected a file of JSON Lines'),
    gates,
    shown,
    policy: values.strict === true ? 'strict' : values.lenient === true ? 'lenient' : 'value',
    everySlice: values['every-slice'] === true,
    source,
    concurrency: numberOption(values, 'concurrency', 1, 256, source.kind === 'endpoint' ? 4 : 1),
    timeout: numberOption(values, 'timeout', 0.1, 86_400, 60) * 1000,
    keepGoing: values['keep-going'] === true,
    json: values.json === true,
  };
}
