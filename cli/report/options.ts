import { parseArgs } from 'node:util';
import { MonitorError, showValue } from '../../core/errors.js';

export interface ReportOptions {
  readonly recording: string;
  /** Absent: no page. */
  readonly out?: string;
  readonly json: boolean;
  readonly title: string;
  readonly positive?: string;
  readonly keepGoing: boolean;
}

const OPTIONS = {
  out: { type: 'string' },
  json: { type: 'boolean' },
  title: { type: 'string' },
  positive: { type: 'string' },
  'keep-going': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const MAX_TITLE = 200;

function wrong(message: string): never {
  throw new MonitorError('INVALID_ARGUMENT', message);
}

/** Reads the command line. @throws an error that says what was wrong */
export function readOptions(args: readonly string[]): ReportOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: true,
    options: OPTIONS,
  });
  if (values.help === true) return 'help';
  const [recording, ...more] = positionals;
  if (recording === undefined || recording === '') wrong('no recording given; expected a file of JSON Lines');
  if (more.length > 0) wrong(`${showValue(more[0])} is one file too many; expected a single recording`);
  for (const name of ['out', 'title', 'positive'] as const) if (values[name] === '') wrong(`--${name} is empty`);
  const { title = 'Report on model calls', positive } = values;
  if (title.length > MAX_TITLE) wrong(`--title has ${title.length} characters; expected at most ${MAX_TITLE}`);
  const out = values.out ?? (values.json === true ? undefined : 'report.html');
  return {
    recording,
    ...(out === undefined ? {} : { out }),
    ...(positive === undefined ? {} : { positive }),
    json: values.json === true,
    title,
    keepGoing: values['keep-going'] === true,
  };
}
