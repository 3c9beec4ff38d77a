import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { findTool, requireTool } from '../../tools.js';

/** What is needed of a test. */
export type TestTools = Pick<TestContext, 'after' | 'skip'>;

const DEADLINE = 60_000;

/** Polls until `done` is true, or fails: for what goes on in another process. */
export async function until(done: () => Promise<boolean> | boolean, what: string, ms = DEADLINE): Promise<void> {
  const end = performance.now() + ms;
  while (!(await done())) {
    if (performance.now() > end) throw new Error(`${what} took more than ${ms / 1000} s`);
    await delay(10);
  }
}

/** A real server on a free port of loopback, with its data in a folder of its own. */
export interface Server {
  readonly url: string;
  readonly port: number;
  /** Ends it as a power cut would, as far as a process can. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly url: string;
  readonly port: number;
  readonly user?: { readonly uid: number; readonly gid: number };
  ready(): Promise<boolean>;
}

async function serve(t: TestTools, program: Program): Promise<Server> {
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    await until(async () => {
      // Right after a kill a server may refuse: what belonged to the old one is not gone yet.
      if (child === undefined || child.exitCode !== null || child.signalCode !== null)
        child = spawn(program.path, program.args, { stdio: 'ignore', ...program.user });
      return program.ready();
    }, `starting ${program.path}`);
  };
  t.after(kill);
  await start();
  return { url: program.url, port: program.port, kill, start };
}

function folderFor(t: TestTools, user?: { readonly uid: number; readonly gid: number }): string {
  const folder = mkdtempSync(join(tmpdir(), 'server-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export const PASSWORD = 'pa:ss%wörd';

/** A Redis that writes every command to disk before it answers. Undefined, with the test skipped, where there is none. */
export async function startRedis(t: TestTools): Promise<Server | undefined> {
  const path = requireTool(t, 'redis-server');
  if (path === undefined) return undefined;
  const port = await freePort();
  const dir = folderFor(t);
  const settings = {
    port,
    bind: '127.0.0.1',
    dir,
    requirepass: PASSWORD,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const url = `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`;
  return serve(t, { path, args, url, port, ready: () => answers(port, `AUTH ${PASSWORD}\r\nPING\r\n`, '+PONG') });
}

/** Whether a server answers a text with another. */
function answers(port: number, question: string, answer: string): Promise<boolean> {
  return new Promise(resolve => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(question));
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', data => {
      said += data;
      if (said.includes(answer) || said.includes('-LOADING')) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(said.includes(answer)));
  });
}

/** The folder of PostgreSQL's own programs, which Debian keeps off the PATH. */
function postgresPrograms(t: TestTools): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folder = versions.map(version => join(debian, version, 'bin')).find(bin => existsSync(join(bin, 'initdb')));
  if (folder !== undefined) return folder;
  if (findTool('initdb') === undefined) requireTool(t, 'postgres');
  return findTool('initdb')?.replace(/.initdb$/, '');
}

/** PostgreSQL refuses to run as root. */
function postgresUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A PostgreSQL with a password. Undefined, with the test skipped, where there is none. */
export async function startPostgres(t: TestTools): Promise<Server | undefined> {
  const programs = postgresPrograms(t);
  if (programs === undefined) return undefined;
  const user = postgresUser();
  const folder = folderFor(t, user);
  const data = join(folder, 'data');
  const secret = join(folder, 'password');
  writeFileSync(secret, PASSWORD);
  const init = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    '--pwfile',
    secret,
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ];
  execFileSync(join(programs, 'initdb'), init, { ...user, cwd: folder, stdio: 'ignore' });
  const port = await freePort();
  // What a killed process has written the system still has.
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' };
  const args = ['-D', data, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const url = `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`;
  const ready = async (): Promise<boolean> => {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('SELECT 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  };
  return serve(t, { path: join(programs, 'postgres'), args, url, port, ready, ...(user && { user }) });
}

/** Stands before a server, and can lose its next answer on the way. */
export interface Proxy {
  readonly port: number;
  /** The next thing that the server says never arrives: the connection ends instead. */
  loseNextAnswer(): void;
}

export async function startProxy(t: TestTools, to: number): Promise<Proxy> {
  let lose = false;
  const sockets = new Set<Socket>();
  const server: NetServer = createServer(near => {
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', data => far.write(data));
    far.on('data', data => {
      if (!lose) near.write(data);
      else {
        lose = false;
        near.destroy();
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as { port: number }).port,
    loseNextAnswer: () => {
      lose = true;
    },
  };
}
