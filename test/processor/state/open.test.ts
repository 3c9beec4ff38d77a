import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { openStateStore } from '../../../processor/state/open.js';
import { FakeClock } from '../../fake-clock.js';
import { leave } from './processes.js';
import { until } from './servers.js';

const OPTIONS = { service: 'shop', ttl: 1000 };
const ACCEPTED = /expected a folder, redis:\/\/\.\., rediss:\/\/\.\., postgres:\/\/\.\. or postgresql:\/\/\.\.$/;

for (const [location, shown] of [
  ['mysql://root:s3cret@h/db', /is mysql:\/\/\.\.;/],
  ['HTTP://s3cret@h', /is http:\/\/\.\.;/],
  ['redis://:s3cret@h:99999', /is redis:\/\/\.\. that cannot be read as a URL;/],
  ['redis://:s3cret%@h', /cannot be read as a URL;/],
  ['redis://:s3cret@h/s3cret', /path that is not the number of a database;/],
  ['postgres://u:s3cret@h:x/db', /is postgres:\/\/\.\. that cannot be read/],
  ['', /is "";/],
  ['  ', /is " {2}";/],
] as const)
  test(`${JSON.stringify(location)} is no location of state`, () => {
    assert.throws(
      () => openStateStore(location, OPTIONS),
      (error: Error & { code: string }) => {
        assert.equal(error.code, 'CONFIG_INVALID');
        assert.match(error.message, ACCEPTED);
        assert.match(error.message, shown);
        assert.doesNotMatch(`${error.stack} ${String(error.cause)}`, /s3cret/);
        return true;
      },
    );
  });

for (const [location, shown] of [
  ['redis://h', 'redis://h'],
  ['rediss://user:s3cret@cache.internal:6380/2?x=s3cret', 'rediss://cache.internal:6380/2'],
  ['REDIS://:s3cret@h:1/', 'redis://h:1/'],
  ['postgres://u:s3cret@db:5432/metrics?sslmode=verify-full&password=s3cret', 'postgres://db:5432/metrics'],
  ['postgresql:///metrics?host=/var/run/postgresql', 'postgresql:///metrics'],
  ['var/state', resolve('var/state')],
  ['/var/lib/state', '/var/lib/state'],
  ['./redis:', resolve('redis:')],
] as const)
  test(`${location} is shown as ${shown}`, async () => {
    const store = openStateStore(location, OPTIONS);
    assert.equal(store.location, shown);
    await store.close();
  });

test('nothing is touched before the first use', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'state-'));
  const store = openStateStore(join(parent, 'state'), OPTIONS);
  assert.equal(existsSync(join(parent, 'state')), false);
  await store.labels.size();
  assert.equal(existsSync(join(parent, 'state')), true);
  rmSync(parent, { recursive: true });
});

for (const [location, install] of [
  ['redis://127.0.0.1:1', 'npm install redis@5'],
  ['postgres://127.0.0.1:1/x', 'npm install pg@8'],
] as const)
  test(`where its client is not installed ${location} says what to install`, async t => {
    const hook = `export async function resolve(name, context, next) {
      if (name === 'redis' || name === 'pg') throw Object.assign(new Error('none'), { code: 'ERR_MODULE_NOT_FOUND' });
      return next(name, context);
    }`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hook))});`;
    assert.match(await leave(t, location, '--import', dataUrl(register)), new RegExp(`^MISSING_PEER .*; ${install}$`));
  });

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

test('a Redis that takes connections and says nothing counts as away', { timeout: 60_000 }, async t => {
  const sockets: Socket[] = [];
  const silent = createServer(socket => sockets.push(socket)).listen(0, '127.0.0.1');
  await new Promise(listening => silent.once('listening', listening));
  const { port } = silent.address() as { port: number };
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const clock = new FakeClock();
  const store = openStateStore(`redis://127.0.0.1:${port}`, { ...OPTIONS, clock });
  let outcome: unknown;
  store.labels.size().catch((error: unknown) => {
    outcome = error;
  });
  await until(() => {
    if (outcome === undefined) clock.advance(1000);
    return outcome !== undefined;
  }, 'an answer');
  assert.match(String(outcome), /no answer in \d s/);
  // It is not asked again at once.
  await assert.rejects(store.labels.size(), { code: 'UNAVAILABLE' });
  assert.equal(sockets.length, 1);
  await store.close();
});
