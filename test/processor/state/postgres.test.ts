import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { testClosed, testContract } from './contract.js';
import { testLostAnswer } from './lost-answer.js';
import { leave, openWeek, testRestart, testTwoProcesses } from './processes.js';
import { freePort, PASSWORD, startPostgres } from './servers.js';
import { claimOf, storedCall } from './stored-calls.js';

test('state in PostgreSQL', { timeout: 300_000 }, async t => {
  const server = await startPostgres(t);
  if (server === undefined) return;
  const open = (service: string): ReturnType<typeof openWeek> => openWeek(server.url, service);
  const admin = async (...statements: string[]): Promise<void> => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };

  await t.test('replicas that start at once all make the tables', async t => {
    for (let round = 0; round < 5; round++) {
      await admin('DROP TABLE IF EXISTS llm_monitor_v1_calls, llm_monitor_v1_snapshots');
      const stores = Array.from({ length: 6 }, () => open('start'));
      t.after(() => Promise.all(stores.map(store => store.close())));
      assert.deepEqual(await Promise.all(stores.map(store => store.labels.size())), Array(6).fill(0));
    }
  });

  await testContract(t, open);
  await testClosed(t, open);
  await testTwoProcesses(t, server.url);
  await testRestart(t, server.url, server);

  await testLostAnswer(t, server);

  await t.test('tables that somebody dropped are made again', async t => {
    const store = open('dropped');
    t.after(() => store.close());
    await store.labels.put([storedCall(1)]);
    await admin('DROP TABLE llm_monitor_v1_calls');
    await assert.rejects(store.labels.size(), { code: 'UNAVAILABLE' });
    assert.equal(await store.labels.size(), 0);
  });

  await t.test(
    'a user that may not make tables uses those that are there, and is told where there are none',
    async t => {
      await admin(
        "CREATE ROLE app LOGIN PASSWORD 'x'",
        'GRANT SELECT, INSERT, UPDATE, DELETE ON llm_monitor_v1_calls, llm_monitor_v1_snapshots TO app',
        'CREATE DATABASE bare',
      );
      const url = server.url.replace(/\/\/[^@]+@/, '//app:x@');
      const [store, none] = [openWeek(url, 'app'), openWeek(url.replace(/\/postgres$/, '/bare'), 'app')];
      t.after(() => Promise.all([store.close(), none.close()]));
      await store.labels.put([storedCall(1)]);
      assert.deepEqual(await store.labels.claim([claimOf(1, 'a')]), [{ kind: 'first' }]);
      await assert.rejects(none.labels.size(), { code: 'REFUSED', message: /permission denied/ });
    },
  );

  await t.test('what it will not do is told from what it can do later', async t => {
    await admin("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    const store = openWeek(server.url.replace(/\/postgres$/, '/latin'), 'latin');
    t.after(() => store.close());
    const foreign = storedCall(1, { data: '你好' });
    await assert.rejects(store.labels.put([foreign, storedCall(2)]), { code: 'REFUSED', message: /22P05/ });
    await store.labels.put([storedCall(2)]);
    assert.equal(await store.labels.size(), 1);
  });

  await t.test('a wrong password is told, the password is not', async t => {
    const store = openWeek(server.url.replace(encodeURIComponent(PASSWORD), 'hunter2'), 'x');
    t.after(() => store.close());
    await assert.rejects(store.labels.size(), (error: Error) => {
      assert.match(error.message, /28P01 password authentication failed/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });

  await t.test('an app leaves without closing its store', async t => {
    assert.equal(await leave(t, server.url), 'call-1');
    const nobody = await freePort();
    const said = await leave(t, `postgres://user:secret@127.0.0.1:${nobody}/db?sslmode=disable`);
    assert.match(said, /^UNAVAILABLE .*127\.0\.0\.1:\d+\/db can't.*REFUSED/);
    assert.doesNotMatch(said, /secret/);
  });
});
