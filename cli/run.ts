import { describeError, showValue } from '../core/errors.js';
import type { Command, CommandIo, ExitCode } from './command.js';

/** A command as the table has it: known by name, loaded when it is asked for, so that the others cost no start-up time. */
interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const COMMANDS: readonly Entry[] = [
  {
    name: 'demo',
    summary: 'see the whole loop on a tiny model on this machine',
    load: async () => (await import('./demo.js')).demoCommand,
  },
  {
    name: 'generate',
    summary: 'write dashboards, rules, Alertmanager configuration and runbooks',
    load: async () => (await import('./generate.js')).generateCommand,
  },
  {
    name: 'check',
    summary: 'measure answers against labels and exit with 1 below a threshold, for CI',
    load: async () => (await import('./check.js')).checkCommand,
  },
  {
    name: 'replay',
    summary: 'push a recording through the detectors and the drift watch, and say what they find',
    load: async () => (await import('./replay.js')).replayCommand,
  },
  {
    name: 'backtest',
    summary: 'what would have paged over a recording, and when',
    load: async () => (await import('./backtest.js')).backtestCommand,
  },
  {
    name: 'train',
    summary: 'fit detectors and the drift watch on a recording, for monitors to start from',
    load: async () => (await import('./train.js')).trainCommand,
  },
  {
    name: 'report',
    summary: 'one self-contained page about recorded calls, for people who never saw a dashboard',
    load: async () => (await import('./report.js')).reportCommand,
  },
];

const WIDTH = Math.max(...COMMANDS.map(({ name }) => name.length));

const USAGE = `Usage: llm-monitor COMMAND [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(WIDTH)}  ${summary}`).join('\n')}

llm-monitor COMMAND --help says more. Exit codes: 0 fine, 1 the check failed, 2 wrong use or cannot run.
`;

/**
 * Runs the command that the arguments name.
 * @param args without the interpreter and the script
 * @returns the exit code; whatever a command throws becomes a line on the error output and a 2
 */
export async function runCli(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    io.out(USAGE);
    return 0;
  }
  const entry = COMMANDS.find(command => command.name === name);
  if (entry === undefined) {
    const known = COMMANDS.map(command => command.name).join(', ');
    const what = name === undefined ? 'no command given' : `unknown command ${showValue(name)}`;
    io.err(`llm-monitor: ${what}; known are ${known} (llm-monitor --help)\n`);
    return 2;
  }
  try {
    const command = await entry.load();
    if (rest.includes('--help') || rest.includes('-h')) {
      io.out(command.usage);
      return 0;
    }
    return await command.run(rest, io);
  } catch (error) {
    io.err(`llm-monitor ${entry.name}: ${describeError(error)}\n`);
    return 2;
  }
}
