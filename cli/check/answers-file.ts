import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { MonitorError } from '../../core/errors.js';
import { MAX_LINE, openBytes, readLines } from './lines.js';
import { type Answer, parseAnswer } from './row.js';

const HEADER = JSON.stringify({ format: 'llm-monitor answers', version: 1 });
/** Answers that one file may hold: what is known of them stays in memory. */
const MAX_ANSWERS = 1_000_000;
/** An answer is at most `MAX_LINE`; written again its characters may take six times as much. */
const MAX_WRITTEN = 8 * MAX_LINE;
const KEY = /^\{"key":"([0-9a-f]{32}:\d+)",/;

interface Place {
  readonly offset: number;
  readonly length: number;
}

/**
 * Answers that earlier runs got, in a file that grows by one line with each: what was interrupted goes on where it was. An
 * answer belongs to a row's id, to who was asked and to what was asked in full; the same row twice has two. Texts stay in the file.
 */
export class AnswersFile {
  readonly #file: FileHandle;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #seen = new Map<string, number>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle, places: ReadonlyMap<string, Place>) {
    this.#file = file;
    this.#places = places;
  }

  /** @throws MonitorError INVALID_ARGUMENT for a file that is something else; it is not touched */
  static async open(path: string): Promise<AnswersFile> {
    // Readable by its owner alone: it holds what a model said.
    const file = await open(path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      if (size === 0) {
        await file.appendFile(`${HEADER}\n`);
        return new AnswersFile(file, new Map());
      }
      const places = await readPlaces(path);
      if (places.end < size) await file.truncate(places.end);
      return new AnswersFile(file, places.found);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * The name of a row's answer. Rows are named in their order, so that equal ones keep theirs.
   * @param who is asked: with somebody else the answers in the file are not used
   */
  keyOf(who: string, id: string | undefined, question: string): string {
    const hash = createHash('sha256')
      .update(JSON.stringify([who, id ?? null]))
      .update(question);
    const name = hash.digest('hex').slice(0, 32);
    const before = this.#seen.get(name) ?? 0;
    this.#seen.set(name, before + 1);
    return `${name}:${before}`;
  }

  /** What an earlier run got. @throws RowProblem for a line that somebody changed */
  async find(key: string): Promise<Answer | undefined> {
    const place = this.#places.get(key);
    if (place === undefined) return undefined;
    const bytes = Buffer.alloc(place.length);
    await this.#file.read(bytes, 0, place.length, place.offset);
    return parseAnswer(bytes.toString('utf8'));
  }

  /** Keeps an answer. Resolves once it is in the file. */
  async add(key: string, { output, prediction, score, finishReason }: Answer): Promise<void> {
    const line = `${JSON.stringify({ key, output, prediction, score, finish_reason: finishReason })}\n`;
    const written = this.#writing.then(() => this.#file.appendFile(line));
    this.#writing = written.catch(() => undefined);
    await written;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }
}

/** Where each answer stands, the last one of a key; and where the last whole line ends. */
async function readPlaces(path: string): Promise<{ readonly found: Map<string, Place>; readonly end: number }> {
  const found = new Map<string, Place>();
  const { bytes } = await openBytes(path);
  let end = 0;
  for await (const line of readLines(bytes, MAX_WRITTEN)) {
    // The end of a line that was being written when its run was killed.
    if (!line.ended && line.number > 1) break;
    const text = 'text' in line ? line.text : '';
    const key = KEY.exec(text)?.[1];
    if (line.number === 1 ? text !== HEADER || !line.ended : key === undefined) {
      throw new MonitorError(
        'INVALID_ARGUMENT',
        `--resume: line ${line.number} of the file is no answer of an earlier run; expected a file that check made, or a new one`,
      );
    }
    if (key !== undefined) found.set(key, { offset: line.offset, length: line.length });
    if (found.size > MAX_ANSWERS)
      throw new MonitorError(
        'INVALID_ARGUMENT',
        `--resume: the file has more than ${MAX_ANSWERS} answers; expected a new one`,
      );
    end = line.offset + line.length + 1;
  }
  return { found, end };
}
