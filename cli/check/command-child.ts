import { type ChildProcess, spawn } from 'node:child_process';

/** A line, or why there is none: the process ended by itself, or else it was ended. */
export type LineAnswer = { readonly line: string } | { readonly reason: string; readonly ended?: boolean };

/** A process that answers lines with lines, one at a time. */
export interface CommandChild {
  /** @returns the answer's line, or why there is none; after that the process is of no more use */
  ask(line: string, timeout: number, signal: AbortSignal): Promise<LineAnswer>;
  readonly alive: boolean;
  /** It wrote a line when nobody had asked: which answer belongs to which row is not known. */
  readonly talkative: boolean;
  /** Ends its input and waits a moment for it to leave; then it is killed with what it started. */
  close(): Promise<void>;
  kill(): void;
}

export interface CommandChildOptions {
  /** For the shell. */
  readonly command: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it writes to its error output. */
  readonly onStderr: (text: string) => void;
  /** Bytes an answer may have. */
  readonly most: number;
}

/** Milliseconds that a process has to leave on its own. */
const GRACE = 2000;
const NEWLINE = 0x0a;
/** A group of its own, so that what the shell started ends with it. */
const GROUPS = process.platform !== 'win32';

export function startCommand({ command, env, onStderr, most }: CommandChildOptions): CommandChild {
  const child: ChildProcess = spawn(command, { shell: true, detached: GROUPS, env, stdio: 'pipe' });
  const { stdin, stdout, stderr } = child;
  let settle: ((result: LineAnswer) => void) | undefined;
  let gone: LineAnswer | undefined;
  let talkative = false;
  let closed = false;
  let parts: Buffer[] = [];
  let length = 0;

  const kill = (): void => {
    if (child.pid === undefined || closed) return;
    try {
      if (GROUPS) process.kill(-child.pid, 'SIGKILL');
      else child.kill('SIGKILL');
    } catch {
      // It has ended in between.
    }
  };
  const lose = (reason: string, ended = false): void => {
    gone ??= { reason, ended };
    settle?.(gone);
    kill();
  };

  child.on('error', () => lose('the command cannot be started', true));
  // Its output may come after its end.
  child.on('close', (code, signal) => {
    closed = true;
    lose(`the command ended (${code === null ? signal : `exit code ${code}`}) before it answered`, true);
  });
  // A process that reads no more shows by its end.
  stdin?.on('error', () => undefined);
  stderr?.setEncoding('utf8').on('data', onStderr);
  stdout?.on('data', (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      parts.push(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      const line = Buffer.concat(parts).toString('utf8');
      parts = [];
      length = 0;
      if (settle === undefined) {
        talkative = true;
        lose('the command wrote a line that no row asked for');
      } else settle({ line });
    }
    length += rest.length;
    if (length > most) {
      parts = [];
      lose(`the command wrote a line of more than ${most} bytes`);
    } else if (rest.length > 0) parts.push(rest);
  });

  return {
    get alive() {
      return gone === undefined;
    },
    get talkative() {
      return talkative;
    },
    kill,
    async close() {
      stdin?.end();
      if (closed) return;
      await new Promise<void>(resolve => {
        const timer = setTimeout(kill, GRACE);
        child.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
    ask: (line, timeout, signal) =>
      new Promise(resolve => {
        if (gone !== undefined) {
          resolve(gone);
          return;
        }
        const stop = (): void => lose('was given up');
        const timer = setTimeout(() => lose(`got no answer within ${timeout / 1000} s`), timeout);
        settle = result => {
          settle = undefined;
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          resolve(result);
        };
        if (signal.aborted) stop();
        else {
          signal.addEventListener('abort', stop);
          stdin?.write(`${line}\n`);
        }
      }),
  };
}
