import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describeEnding, startChild } from '../../../demo/processes/child.js';
import { freePort, isFree } from '../../../demo/processes/ports.js';
import type { KeeperOrder } from '../../../demo/stack/keeper.js';
import { eventually, isAlive } from './alive.js';

const SERVER = '../../../demo/server/main.js';
const KEEPER = '../../../demo/stack/keeper.js';
const LEAVE = new URL('../../../demo/leave-with-parent.js', import.meta.url);
const ANNOUNCES = /model server on (\S+)/;
const started: ChildProcess[] = [];

after(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** A process that has started a child; resolves with the child's pid. */
async function parentOf(entry: string, args: readonly string[], announces: RegExp) {
  const parent = spawn(process.execPath, [
    fileURLToPath(new URL('./orphanage.js', import.meta.url)),
    entry,
    JSON.stringify(args),
    announces.source,
  ]);
  started.push(parent);
  const pid = await new Promise<number>((resolve, reject) => {
    let text = '';
    parent.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const match = /child (\d+)/.exec(text);
      if (match !== null) resolve(Number(match[1]));
    });
    parent.once('exit', () => reject(new Error(text)));
  });
  return { parent, pid };
}

describe('startChild', () => {
  it('waits for the address, and stops what it started', async () => {
    const child = await startChild({
      name: 'model server',
      entry: new URL(SERVER, import.meta.url),
      preload: [LEAVE],
      env: process.env,
      announces: ANNOUNCES,
    });
    assert.match(child.url, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    const models = await fetch(`${child.url}/models`, { headers: { authorization: 'Bearer demo' } });
    assert.equal(models.status, 200);
    assert.ok(isAlive(child.pid));
    await child.stop();
    assert.ok(!isAlive(child.pid));
    assert.equal((await child.ended).code, 0);
  });

  it('fails with the last words of a process that ends while it starts', async () => {
    const run = startChild({
      name: 'model server',
      entry: new URL(SERVER, import.meta.url),
      env: { ...process.env, PORT: '99999' },
      announces: ANNOUNCES,
    });
    await assert.rejects(run, { code: 'UNAVAILABLE', message: /model server ended while it started.*99999/s });
  });

  it('fails when a process stays silent, and stops it', async () => {
    const run = startChild({
      name: 'model server',
      entry: new URL(SERVER, import.meta.url),
      preload: [LEAVE],
      env: process.env,
      announces: /something it never says (\S+)/,
      patience: 300,
    });
    await assert.rejects(run, { code: 'UNAVAILABLE', message: /not ready after 0.3 s/ });
  });

  it('leaves no process behind when its parent is killed', async () => {
    const { parent, pid } = await parentOf(SERVER, [], ANNOUNCES);
    assert.ok(isAlive(pid));
    parent.kill('SIGKILL');
    assert.ok(await eventually(() => !isAlive(pid), 5000), 'the model server outlived its parent');
  });
});

describe('keeper', () => {
  const sleeper = (folder: string): KeeperOrder => ({
    folder,
    programs: [
      {
        name: 'sleeper',
        path: process.execPath,
        args: [
          '-e',
          'require("fs").writeFileSync(process.argv[1] + "/" + process.pid, ""); setInterval(() => {}, 1000)',
          folder,
        ],
      },
    ],
  });

  const sleeperPid = (folder: string): number =>
    Number(readdirSync(folder).find(name => /^\d+$/.test(name)) ?? Number.NaN);

  it('takes its programs and their folder with it when the demo is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keeper-'));
    const { parent, pid } = await parentOf(KEEPER, [JSON.stringify(sleeper(folder))], /(keeping)/);
    assert.ok(await eventually(() => sleeperPid(folder) > 0, 5000));
    const program = sleeperPid(folder);
    parent.kill('SIGKILL');
    assert.ok(await eventually(() => !isAlive(pid) && !isAlive(program), 5000), 'a process outlived the demo');
    assert.ok(!existsSync(folder));
  });

  it('ends with the last words of a program that ends on its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keeper-'));
    const order = {
      folder,
      programs: [
        { name: 'broken', path: process.execPath, args: ['-e', 'console.error("bad config"); process.exit(3)'] },
      ],
    };
    const keeper = await startChild({
      name: 'stack',
      entry: new URL(KEEPER, import.meta.url),
      args: [JSON.stringify(order)],
      env: process.env,
      announces: /(keeping)/,
    });
    const ending = await keeper.ended;
    assert.match(
      describeEnding(ending),
      /the stack ended unexpectedly \(code 1\).*broken ended \(code 3\).*bad config/s,
    );
    assert.ok(!existsSync(folder));
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('ports', () => {
  it('gives a free port where the wanted one is taken', async () => {
    const taken = await startChild({
      name: 'model server',
      entry: new URL(SERVER, import.meta.url),
      preload: [LEAVE],
      env: process.env,
      announces: ANNOUNCES,
    });
    const port = Number(new URL(taken.url).port);
    assert.equal(await isFree(port), false);
    const other = await freePort(port);
    assert.ok(other > 0 && other !== port);
    await taken.stop();
    assert.equal(await freePort(port), port);
  });
});
