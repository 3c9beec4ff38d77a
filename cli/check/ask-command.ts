import type { Asker, Reply } from './asker.js';
import { type CommandChild, type CommandChildOptions, startCommand } from './command-child.js';
import { MAX_LINE } from './lines.js';
import { parseAnswer, questionOf, RowProblem } from './row.js';

/** Processes that may end one after the other without a single answer in between. */
const MAX_DEATHS = 3;

export interface CommandOptions extends Omit<CommandChildOptions, 'most'> {
  /** Milliseconds an answer may take. */
  readonly timeout: number;
}

/**
 * Asks a command of the user: a row's JSON on one line to its input, its answer's JSON on one line from its output. A process is
 * kept and asked again; as many run as are asked at the same time.
 */
export function commandAsker({ timeout, ...options }: CommandOptions): Asker {
  const idle: CommandChild[] = [];
  const all = new Set<CommandChild>();
  let deaths = 0;

  const killAll = (): void => {
    for (const child of all) child.kill();
  };
  process.on('exit', killAll);

  const take = (): CommandChild => {
    for (let child = idle.pop(); child !== undefined; child = idle.pop()) {
      // One that left in quiet is replaced.
      if (child.alive || child.talkative) return child;
      all.delete(child);
    }
    const child = startCommand({ ...options, most: MAX_LINE });
    all.add(child);
    return child;
  };

  return {
    name: `command ${options.command}`,
    retries: 0,
    question: questionOf,
    async ask(question, row, signal): Promise<Reply> {
      const child = take();
      if (child.talkative) return { reason: 'the command wrote a line that no row asked for', fatal: true };
      const result = await child.ask(question, timeout, signal);
      if ('reason' in result) {
        all.delete(child);
        if (result.ended === true) deaths++;
        return { reason: result.reason, fatal: deaths >= MAX_DEATHS };
      }
      deaths = 0;
      idle.push(child);
      try {
        return { answer: parseAnswer(result.line, row.id) };
      } catch (error) {
        if (error instanceof RowProblem) return { reason: `the command's answer ${error.message}` };
        throw error;
      }
    },
    async close() {
      await Promise.all(Array.from(all, child => child.close()));
      process.off('exit', killAll);
    },
  };
}
