import { appendFile, writeFile } from 'node:fs/promises';
import { systemClock } from '../core/clock.js';
import { describeError, MonitorError, showValue } from '../core/errors.js';
import { commandAsker } from './check/ask-command.js';
import { endpointAsker } from './check/ask-endpoint.js';
import type { Asker } from './check/asker.js';
import { collect, type Progress } from './check/collect.js';
import { jsonReport } from './check/json-report.js';
import { junitError, junitReport } from './check/junit.js';
import { markdownReport } from './check/markdown.js';
import { type CheckOptions, readOptions } from './check/options.js';
import { Problems } from './check/problems.js';
import { type Report, report } from './check/report.js';
import { RowScorer } from './check/row-scorer.js';
import { textReport } from './check/table.js';
import { USAGE } from './check/usage.js';
import type { Command, CommandIo, ExitCode } from './command.js';
import { stopOnSignals } from './stop-signals.js';

/** Milliseconds between two lines on how far it is. */
const PROGRESS_EVERY = 5000;

function askerFor({ source, timeout }: CheckOptions, io: CommandIo): Asker | undefined {
  switch (source.kind) {
    case 'rows':
      return undefined;
    case 'command':
      return commandAsker({ command: source.command, env: io.env, onStderr: io.err, timeout });
    case 'endpoint':
      return endpointAsker({ ...source, timeout });
  }
}

function progressLines(io: CommandIo, asker: Asker | undefined): (progress: Progress) => void {
  let last = systemClock.now();
  return ({ rows, asked, resumed, share }) => {
    const now = systemClock.now();
    if (now - last < PROGRESS_EVERY) return;
    last = now;
    const answers = asker === undefined ? '' : `, ${asked} answered now, ${resumed} before, ${asker.retries} retried`;
    io.err(`${rows} rows${answers}${share === undefined ? '' : ` (${Math.floor(share * 100)} % read)`}\n`);
  };
}

async function check(options: CheckOptions, io: CommandIo, stop: AbortSignal): Promise<Report> {
  const scorer = new RowScorer({
    ...options,
    measures: [...options.gates.map(({ measure }) => measure), ...options.shown],
    ...(options.source.kind === 'endpoint' ? { model: options.source.model } : {}),
    now: systemClock.now(),
  });
  const problems = new Problems(options.keepGoing, io.err);
  const asker = askerFor(options, io);
  const given = { options, scorer, problems, stop, onProgress: progressLines(io, asker) };
  try {
    const progress = await collect(asker === undefined ? given : { ...given, asker });
    if (scorer.size === 0) {
      const why = problems.count > 0 ? `, as ${problems.count} were left out` : '';
      throw new MonitorError('INVALID_ARGUMENT', `no row of the dataset can be used${why}; expected at least one`);
    }
    return report(options, { ...scorer.finish(problems.count), progress, retries: asker?.retries ?? 0 });
  } finally {
    await asker?.close();
  }
}

/** Adds the report to the page of a GitHub run. That nobody can write it changes nothing of what was measured. */
async function summarise(found: Report, io: CommandIo): Promise<void> {
  const path = io.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (path === '') return;
  try {
    await appendFile(path, markdownReport(found));
  } catch (error) {
    io.err(`GITHUB_STEP_SUMMARY cannot be written: ${describeError(error)}\n`);
  }
}

async function writeJunit(path: string | undefined, text: string): Promise<void> {
  if (path === undefined) return;
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new MonitorError(
      'UNAVAILABLE',
      `--junit is ${showValue(path)}, which cannot be written: ${describeError(error)}`,
    );
  }
}

async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  let options: CheckOptions | 'help';
  try {
    options = readOptions(args, io.env);
  } catch (error) {
    io.err(`llm-monitor check: ${describeError(error)} (llm-monitor check --help)\n`);
    return 2;
  }
  if (options === 'help') {
    io.out(USAGE);
    return 0;
  }
  const { signal, release } = stopOnSignals();
  try {
    const found = await check(options, io, signal);
    io.out(options.json ? jsonReport(found) : textReport(found, io.colour));
    await summarise(found, io);
    await writeJunit(options.junit, junitReport(found));
    return found.ok ? 0 : 1;
  } catch (error) {
    const message = describeError(error);
    io.err(`llm-monitor check: ${message}\n`);
    await writeJunit(options.junit, junitError(message)).catch(() => undefined);
    return 2;
  } finally {
    release();
  }
}

export const checkCommand: Command = {
  name: 'check',
  summary: 'measure answers against labels and exit with 1 below a threshold, for CI',
  usage: USAGE,
  run,
};
