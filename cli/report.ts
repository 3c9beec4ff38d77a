import { writeFile } from 'node:fs/promises';
import { systemClock } from '../core/clock.js';
import { describeError, MonitorError, showValue } from '../core/errors.js';
import { openBytes, readLines } from './check/lines.js';
import { Problems } from './check/problems.js';
import type { Command, CommandIo, ExitCode } from './command.js';
import { keepInput } from './recording/keep-input.js';
import type { ReportFacts } from './report/facts.js';
import { Gatherer } from './report/gather.js';
import { type ReportOptions, readOptions } from './report/options.js';
import { renderPage } from './report/page.js';
import { BadLine, readReportLine } from './report/record.js';
import { USAGE } from './report/usage.js';

/** Milliseconds between two lines on how far it is. */
const PROGRESS_EVERY = 5000;

async function gather({ recording, keepGoing, positive, title }: ReportOptions, io: CommandIo): Promise<ReportFacts> {
  const gatherer = new Gatherer(positive);
  const problems = new Problems(keepGoing, io.err);
  let told = systemClock.now();
  for await (const line of await lines(recording)) {
    if ('problem' in line) problems.add(line.number, line.problem);
    else take(line.text, line.number, gatherer, problems);
    if (line.number % 1000 === 0 && systemClock.now() - told >= PROGRESS_EVERY) {
      told = systemClock.now();
      io.err(`${line.number} lines\n`);
    }
  }
  return gatherer.finish(title, problems.count);
}

async function lines(path: string): Promise<ReturnType<typeof readLines>> {
  try {
    return readLines((await openBytes(path)).bytes);
  } catch (error) {
    throw new MonitorError('UNAVAILABLE', `${showValue(path)} cannot be read: ${describeError(error)}`);
  }
}

function take(text: string, number: number, gatherer: Gatherer, problems: Problems): void {
  try {
    gatherer.add(readReportLine(text, number));
  } catch (error) {
    if (!(error instanceof BadLine)) throw error;
    problems.add(number, error.message);
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new MonitorError(
      'UNAVAILABLE',
      `--out is ${showValue(path)}, which cannot be written: ${describeError(error)}`,
    );
  }
}

async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  let options: ReportOptions | 'help';
  try {
    options = readOptions(args);
  } catch (error) {
    io.err(`llm-monitor report: ${describeError(error)} (llm-monitor report --help)\n`);
    return 2;
  }
  if (options === 'help') {
    io.out(USAGE);
    return 0;
  }
  try {
    keepInput(options.recording, options.out);
    const facts = await gather(options, io);
    if (options.out !== undefined) {
      await write(options.out, renderPage(facts));
      (options.json ? io.err : io.out)(`${options.out}: ${facts.all?.calls ?? 0} calls\n`);
    }
    if (options.json) io.out(`${JSON.stringify(facts, null, 2)}\n`);
    return 0;
  } catch (error) {
    io.err(`llm-monitor report: ${describeError(error)}\n`);
    return 2;
  }
}

export const reportCommand: Command = {
  name: 'report',
  summary: 'one self-contained page about recorded calls, for people who never saw a dashboard',
  usage: USAGE,
  run,
};
