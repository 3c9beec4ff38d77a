import { parseArgs } from 'node:util';
import { describeError, MonitorError, showValue } from '../core/errors.js';
import { reportText } from '../demo/report.js';
import { type DemoOptions, runDemo } from '../demo/run.js';
import { INCIDENT_TABLE, INCIDENTS } from '../demo/server/incidents.js';
import { type Binaries, findBinaries } from '../demo/stack/binaries.js';
import { linePresenter, type Presenter, terminalPresenter } from '../demo/view/presenter.js';
import { COLOURED, PLAIN } from '../demo/view/style.js';
import type { Command, CommandIo, ExitCode } from './command.js';
import { stopOnSignals } from './stop-signals.js';

const INCIDENT_AFTER = 45;
const RATE = 8;

const USAGE = `Usage: llm-monitor demo [options]

The whole loop on this machine: a real (tiny) language model behind an OpenAI-compatible server, a help-desk app on the
official openai package in a process of its own, started with "node --import otel-llm-monitor/register", questions and late
labels, and the app's own /metrics. Nothing leaves 127.0.0.1. Ctrl-C ends it and all its processes.

Options
  --incident NAME       start an incident at the provider:
${INCIDENTS.map(name => `                          ${name.padEnd(8)}${INCIDENT_TABLE[name]}`).join('\n')}
  --incident-after S    seconds until it begins (default ${INCIDENT_AFTER})
  --stack               also run a Prometheus and an Alertmanager with the generated rules, and print each notification
  --duration S          end after so many seconds (default: when stopped)
  --port N              port of the app's /metrics (default 9464, or a free one)
  --rate N              questions a second (default ${RATE})
  --seed N              which questions come when (default 1)
  --json                print one JSON object at the end, progress to the error output
  --help                this text

Exit codes: 0 it ran, 2 wrong use or it cannot run.
`;

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: false,
    options: {
      incident: { type: 'string' },
      'incident-after': { type: 'string' },
      stack: { type: 'boolean' },
      duration: { type: 'string' },
      port: { type: 'string' },
      rate: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
}

type Values = ReturnType<typeof parse>;

function wrong(message: string): never {
  throw new MonitorError('INVALID_ARGUMENT', message);
}

function numberOption(name: string, value: string | undefined, low: number, high: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  return number >= low && number <= high
    ? number
    : wrong(`--${name} is ${showValue(value)}; expected a number from ${low} to ${high}`);
}

function wholeOption(name: string, value: string | undefined, low: number, high: number): number | undefined {
  const number = numberOption(name, value, low, high);
  return number === undefined || Number.isInteger(number)
    ? number
    : wrong(`--${name} is ${showValue(value)}; expected a whole number`);
}

function readOptions(values: Values): Omit<DemoOptions, 'stack'> {
  const incident = INCIDENTS.find(name => name === values.incident);
  if (values.incident !== undefined && incident === undefined)
    wrong(`--incident is ${showValue(values.incident)}; expected one of ${INCIDENTS.join(', ')}`);
  const after = numberOption('incident-after', values['incident-after'], 0, 86_400);
  if (after !== undefined && incident === undefined) wrong('--incident-after needs --incident');
  const duration = numberOption('duration', values.duration, 1, 86_400);
  const port = wholeOption('port', values.port, 0, 65_535);
  return {
    ...(incident === undefined ? {} : { incident }),
    incidentAfter: after ?? INCIDENT_AFTER,
    ...(duration === undefined ? {} : { duration }),
    ...(port === undefined ? {} : { port }),
    rate: numberOption('rate', values.rate, 0.1, 30) ?? RATE,
    seed: wholeOption('seed', values.seed, 0, 2 ** 32 - 1) ?? 1,
  };
}

function findStack(env: CommandIo['env']): Binaries {
  const found = findBinaries(env['PATH'] ?? '');
  return typeof found === 'string' ? wrong(found) : found;
}

function requireOpenai(): void {
  try {
    import.meta.resolve('openai');
  } catch {
    wrong('the demo\'s app is built on the package "openai", which is not installed here: npm install openai');
  }
}

function presenterFor(json: boolean, io: CommandIo): Presenter {
  const { terminal } = io;
  if (json || terminal === undefined) return linePresenter(json ? io.err : io.out);
  return terminalPresenter(io.out, terminal, io.colour ? COLOURED : PLAIN);
}

async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  let options: DemoOptions;
  let values: Values;
  try {
    values = parse(args);
    if (values.help === true) {
      io.out(USAGE);
      return 0;
    }
    const given = readOptions(values);
    requireOpenai();
    options = values.stack === true ? { ...given, stack: findStack(io.env) } : given;
  } catch (error) {
    io.err(`llm-monitor demo: ${describeError(error)}\n`);
    return 2;
  }
  const { signal, release } = stopOnSignals();
  try {
    const presenter = presenterFor(values.json === true, io);
    const report = await runDemo(options, { presenter, env: io.env, stop: signal });
    if (report !== undefined) io.out(`${values.json === true ? JSON.stringify(report) : reportText(report)}\n`);
    return 0;
  } catch (error) {
    io.err(`llm-monitor demo: ${describeError(error)}\n`);
    return 2;
  } finally {
    release();
  }
}

export const demoCommand: Command = {
  name: 'demo',
  summary: 'see the whole loop on a tiny model on this machine',
  usage: USAGE,
  run,
};
