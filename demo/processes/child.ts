import { fork } from 'node:child_process';
import { MonitorError } from '../../core/errors.js';

/** How a process ended. */
export interface Ending {
  readonly name: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines it wrote to its error output. */
  readonly lastWords: string;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** What the process announced when it was ready. */
  readonly url: string;
  /** Resolves when it has ended, whoever ended it. Never rejects. */
  readonly ended: Promise<Ending>;
  send(message: object): void;
  /** Asks it to end, insists after a while; resolves when it has ended. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  /** For people. */
  readonly name: string;
  readonly entry: URL;
  readonly args?: readonly string[];
  /** Modules for `node --import`, in their order. */
  readonly preload?: readonly URL[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it writes when it is ready; the first group is its address. */
  readonly announces: RegExp;
  /** Milliseconds it may take to get ready. */
  readonly patience?: number;
  /** Milliseconds it may take to end when asked to. */
  readonly grace?: number;
}

const PATIENCE = 15_000;
const GRACE = 3000;
const KEPT_LINES = 12;

/**
 * Starts a Node process of the demo and waits until it is ready. It is in a process group of its own, so that Ctrl-C reaches the
 * parent alone, and has a channel to the parent, whose end tells it to leave.
 * @throws MonitorError UNAVAILABLE with its last words where it ends or stays silent instead
 */
export function startChild(options: ChildOptions): Promise<Child> {
  const { name, entry, args = [], preload = [], env, announces, patience = PATIENCE, grace = GRACE } = options;
  const child = fork(entry, args, {
    execArgv: preload.flatMap(module => ['--import', module.href]),
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.split('\n').slice(-KEPT_LINES).join('\n');
  });
  const ended = new Promise<Ending>(resolve => {
    const end = (code: number | null, signal: string | null): void =>
      resolve({ name, code, signal, lastWords: words.trim() });
    child.once('close', end);
    child.once('error', error => {
      words += error.message;
      end(null, null);
    });
  });
  // A message to a process that is about to end is lost; its end is seen anyway.
  child.on('error', () => undefined);

  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const insist = setTimeout(() => child.kill('SIGKILL'), grace);
    const { signal } = await ended;
    clearTimeout(insist);
    // It could not take its own children with it: they are the rest of its group.
    if (signal === 'SIGKILL') killGroup(child.pid);
  };

  return new Promise((resolve, reject) => {
    const give = (why: string): void => {
      reject(new MonitorError('UNAVAILABLE', `the ${name} ${why}${words.trim() === '' ? '' : `:\n${words.trim()}`}`));
    };
    const timer = setTimeout(() => {
      void stop();
      give(`was not ready after ${patience / 1000} s`);
    }, patience);
    void ended.then(({ code, signal }) => {
      clearTimeout(timer);
      give(`ended while it started (${signal ?? `code ${code}`})`);
    });
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-10_000);
      const url = announces.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve({
        name,
        pid: child.pid as number,
        url,
        ended,
        send: message => {
          if (child.connected) child.send(message, () => undefined);
        },
        stop,
      });
    });
  });
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

/** One sentence on how a process ended, with its last words. */
export function describeEnding({ name, code, signal, lastWords }: Ending): string {
  return `the ${name} ended unexpectedly (${signal ?? `code ${code}`})${lastWords === '' ? '' : `:\n${lastWords}`}`;
}
