import { describeError, MonitorError, showValue } from '../../core/errors.js';
import { DEFAULT_TASK } from '../../core/feedback.js';
import { AnswersFile } from './answers-file.js';
import type { Asker, Reply } from './asker.js';
import { inOrder } from './in-order.js';
import { openBytes, readLines } from './lines.js';
import type { CheckOptions } from './options.js';
import type { Problems } from './problems.js';
import { parseRow, type Row, RowProblem } from './row.js';
import type { RowScorer } from './row-scorer.js';

/** How far a run is. */
export interface Progress {
  /** Rows that became numbers. */
  rows: number;
  /** Answers that were got now, and that an earlier run had got. */
  asked: number;
  resumed: number;
  /** Share of the dataset that was read, 0..1; absent where its length is not known. */
  share?: number;
}

export interface CollectOptions {
  readonly options: CheckOptions;
  readonly scorer: RowScorer;
  readonly problems: Problems;
  /** Absent where the rows hold the answers. */
  readonly asker?: Asker;
  /** Stops it. */
  readonly stop: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

interface Question {
  readonly row: Row;
  readonly question: string;
  readonly key: string | undefined;
}

/**
 * Reads the dataset, has its rows answered where somebody is asked, and scores them, in their order.
 * @returns how many answers were got
 * @throws MonitorError for a dataset or an answer that ends the check, UNAVAILABLE when it was stopped
 */
export async function collect(given: CollectOptions): Promise<Progress> {
  const { options, scorer, problems, asker, stop, onProgress } = given;
  const progress: Progress = { rows: 0, asked: 0, resumed: 0 };
  const add = (row: Row, reply: Reply): void => {
    if (reply.answer === undefined) {
      if (reply.fatal === true) throw new MonitorError('UNAVAILABLE', `line ${row.line}: ${reply.reason}`);
      problems.add(row.line, reply.reason);
    } else {
      try {
        scorer.add(row, reply.answer);
      } catch (error) {
        told(error, row.line, problems);
      }
    }
    progress.rows = scorer.size;
    onProgress(progress);
  };
  const rows = readRows(given, progress);
  if (asker === undefined) {
    for await (const row of rows) {
      if (stop.aborted) break;
      add(row, { answer: row.answer });
    }
  } else await askAll(asker, rows, given, progress, add);
  if (stop.aborted) {
    const kept =
      options.resume === undefined
        ? ''
        : `; the answers so far are in ${options.resume}, the same command goes on there`;
    throw new MonitorError('UNAVAILABLE', `interrupted${kept}`);
  }
  return progress;
}

async function askAll(
  asker: Asker,
  rows: AsyncIterable<Row>,
  { options, problems, stop }: CollectOptions,
  progress: Progress,
  add: (row: Row, reply: Reply) => void,
): Promise<void> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  stop.addEventListener('abort', abort);
  if (stop.aborted) abort();
  const file = options.resume === undefined ? undefined : await openAnswers(options.resume);
  let fatal: { readonly row: Row; readonly reply: Reply } | undefined;
  const work = async (asked: Question): Promise<{ readonly row: Row; readonly reply: Reply }> => {
    const { row } = asked;
    if (controller.signal.aborted) return { row, reply: { reason: 'was given up' } };
    const reply = await answer(asker, file, asked, controller.signal, progress);
    // Those that are asked or wait would fare no better.
    if (reply.answer === undefined && reply.fatal === true) {
      fatal ??= { row, reply };
      controller.abort();
    }
    return { row, reply };
  };
  try {
    const questions = ask(asker, rows, file, problems, stop);
    for await (const { row, reply } of inOrder(questions, options.concurrency, work)) {
      if (stop.aborted) break;
      if (fatal === undefined) add(row, reply);
      else add(fatal.row, fatal.reply);
    }
  } finally {
    stop.removeEventListener('abort', abort);
    controller.abort();
    await file?.close();
  }
}

async function openAnswers(path: string): Promise<AnswersFile> {
  try {
    return await AnswersFile.open(path);
  } catch (error) {
    if (MonitorError.is(error)) throw error;
    throw new MonitorError(
      'UNAVAILABLE',
      `--resume is ${showValue(path)}, which cannot be used: ${describeError(error)}`,
    );
  }
}

async function* ask(
  asker: Asker,
  rows: AsyncIterable<Row>,
  file: AnswersFile | undefined,
  problems: Problems,
  stop: AbortSignal,
): AsyncGenerator<Question> {
  for await (const row of rows) {
    if (stop.aborted) return;
    try {
      const question = asker.question(row);
      yield { row, question, key: file?.keyOf(asker.name, row.id, question) };
    } catch (error) {
      told(error, row.line, problems);
    }
  }
}

async function answer(
  asker: Asker,
  file: AnswersFile | undefined,
  { row, question, key }: Question,
  signal: AbortSignal,
  progress: Progress,
): Promise<Reply> {
  try {
    const kept = key === undefined ? undefined : await file?.find(key);
    if (kept !== undefined) {
      progress.resumed++;
      return { answer: kept };
    }
    const reply = await asker.ask(question, row, signal);
    if (reply.answer === undefined) return reply;
    progress.asked++;
    if (key !== undefined) await file?.add(key, reply.answer);
    return reply;
  } catch (error) {
    if (error instanceof RowProblem) return { reason: `what --resume holds for it ${error.message}`, fatal: true };
    return { reason: `the file of --resume cannot be used: ${describeError(error)}`, fatal: true };
  }
}

/** The rows of the dataset that belong to its task and have what they need. */
async function* readRows({ options, scorer, problems }: CollectOptions, progress: Progress): AsyncGenerator<Row> {
  let task = options.task;
  const { bytes, size } = await openDataset(options.dataset);
  for await (const line of datasetLines(bytes)) {
    if (size !== undefined) progress.share = Math.min(1, (line.offset + line.length) / size);
    let row: Row;
    try {
      if (!('text' in line)) throw new RowProblem(line.problem);
      row = parseRow(line.text, line.number);
      if (options.task !== undefined && (row.task ?? DEFAULT_TASK) !== options.task) continue;
      scorer.require(row);
    } catch (error) {
      told(error, line.number, problems);
      continue;
    }
    const own = row.task ?? DEFAULT_TASK;
    task ??= own;
    if (own !== task)
      throw new MonitorError(
        'INVALID_ARGUMENT',
        `line ${row.line}: the rows are of several tasks, ${task} and ${own} among them; choose one with --task`,
      );
    yield row;
  }
}

async function openDataset(path: string): ReturnType<typeof openBytes> {
  try {
    return await openBytes(path);
  } catch (error) {
    throw new MonitorError(
      'UNAVAILABLE',
      `--dataset is ${showValue(path)}, which cannot be read: ${describeError(error)}`,
    );
  }
}

async function* datasetLines(bytes: AsyncIterable<Uint8Array>): ReturnType<typeof readLines> {
  try {
    yield* readLines(bytes);
  } catch (error) {
    throw new MonitorError('UNAVAILABLE', `--dataset cannot be read to its end: ${describeError(error)}`);
  }
}

/** Passes the problem of a row on; anything else is thrown again. */
function told(error: unknown, line: number, problems: Problems): void {
  if (!(error instanceof RowProblem)) throw error;
  problems.add(line, error.message);
}
