import assert from 'node:assert/strict';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Said {
  readonly url: string;
  readonly told: readonly string[];
}

test('workers of a cluster have a port each, and the second one says so', { timeout: 30_000 }, async t => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  await new Promise(resolve => holder.close(resolve));

  cluster.setupPrimary({ exec: fileURLToPath(new URL('./cluster-worker.js', import.meta.url)) });
  t.after(() => new Promise<void>(resolve => cluster.disconnect(resolve)));
  const said: Said[] = [];
  for (let i = 0; i < 2; i++) {
    const worker = cluster.fork({ TEST_PORT: String(port) });
    const [message] = (await once(worker, 'message')) as [Said];
    said.push(message);
  }
  const [first, second] = said as [Said, Said];
  assert.equal(first.url, `http://127.0.0.1:${port}`);
  assert.deepEqual(first.told, []);
  const moved = Number(new URL(second.url).port);
  assert.ok(moved > port && moved <= port + 10, second.url);
  assert.equal(second.told.length, 1);
  assert.match(second.told[0] ?? '', new RegExp(`port ${port} is taken.*port ${moved}\\.`));
});
