import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from 'redis';
import { testClosed, testContract } from './contract.js';
import { testLostAnswer } from './lost-answer.js';
import { leave, openWeek, testRestart, testTwoProcesses } from './processes.js';
import { freePort, PASSWORD, startRedis } from './servers.js';
import { claimOf, storedCall, T } from './stored-calls.js';

test('state in Redis', { timeout: 300_000 }, async t => {
  const server = await startRedis(t);
  if (server === undefined) return;
  const open = (service: string): ReturnType<typeof openWeek> => openWeek(server.url, service);

  await testContract(t, open);
  await testClosed(t, open);
  await testTwoProcesses(t, server.url);
  await testRestart(t, server.url, server);

  await testLostAnswer(t, server);

  await t.test('scripts that the server has forgotten are sent again', async t => {
    const client = createClient({ url: server.url });
    await client.connect();
    t.after(() => client.close());
    const store = open('flushed');
    t.after(() => store.close());
    await store.labels.put([storedCall(1)]);
    await client.sendCommand(['SCRIPT', 'FLUSH']);
    assert.deepEqual(await store.labels.claim([claimOf(1, 'a')]), [{ kind: 'first' }]);
  });

  await t.test('every key is of the service, in one slot, and goes by itself', async t => {
    const client = createClient({ url: server.url });
    await client.connect();
    t.after(() => client.close());
    const store = open('keys');
    t.after(() => store.close());
    await store.labels.put([storedCall(1)]);
    await store.labels.claim([claimOf(1, 'a')]);
    const keys = (await client.sendCommand(['KEYS', 'llm-monitor:v1:{keys}:*'])) as unknown as string[];
    assert.equal(keys.length, 4);
    for (const key of keys) {
      const left = Number(await client.sendCommand(['PTTL', key]));
      assert.ok(left > 14 * 86_400_000 && left <= 15 * 86_400_000, `${key} goes after ${left} ms`);
    }
    await store.labels.sweep(T + 2, 10);
    const rest = (await client.sendCommand(['KEYS', 'llm-monitor:v1:{keys}:*'])) as unknown as string[];
    assert.deepEqual(rest, []);
    const all = (await client.sendCommand(['KEYS', '*'])) as unknown as string[];
    assert.deepEqual(
      all.filter(key => !/^llm-monitor:v1:\{[a-z0-9._-]+\}:/.test(key)),
      [],
    );
  });

  await t.test('what it will not do is told from what it can do later', async t => {
    const client = createClient({ url: server.url });
    await client.connect();
    t.after(() => client.close());
    const store = open('kinds');
    t.after(() => store.close());
    await client.sendCommand(['SET', 'llm-monitor:v1:{kinds}:call:call-1', 'of another kind']);
    await assert.rejects(store.labels.claim([claimOf(1, 'a')]), { code: 'REFUSED', message: /WRONGTYPE/ });
    await assert.rejects(store.labels.find('call_id', 'call-1'), { code: 'REFUSED', message: /WRONGTYPE/ });
    await store.labels.put([storedCall(2)]);
    await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '1']);
    await assert.rejects(store.labels.put([storedCall(3)]), { code: 'UNAVAILABLE', message: /OOM/ });
    await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '0']);
    await store.labels.put([storedCall(3)]);
    assert.equal(await store.labels.size(), 2);
  });

  await t.test('an app leaves without closing its store', async t => {
    assert.equal(await leave(t, server.url), 'call-1');
    const nobody = await freePort();
    assert.match(
      await leave(t, `redis://user:secret@127.0.0.1:${nobody}/3`),
      /^UNAVAILABLE .*127\.0\.0\.1:\d+\/3.*REFUSED/,
    );
  });

  await t.test('a wrong password is told, the password is not', async t => {
    const store = openWeek(server.url.replace(encodeURIComponent(PASSWORD), 'hunter2'), 'x');
    t.after(() => store.close());
    await assert.rejects(store.labels.size(), (error: Error) => {
      assert.match(error.message, /WRONGPASS/);
      assert.doesNotMatch(error.message, /hunter2|w%C3%B6rd/);
      return true;
    });
  });
});
