import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { openWeek } from './processes.js';
import { type Server, startProxy } from './servers.js';
import { claimOf, storedCall } from './stored-calls.js';

/** A server took a claim in, and nobody heard it say so: the claim that is sent again is the first one still. */
export async function testLostAnswer(t: TestContext, server: Server): Promise<void> {
  await t.test('a claim whose answer was lost on the way counts once', async t => {
    const proxy = await startProxy(t, server.port);
    const store = openWeek(server.url.replace(`:${server.port}`, `:${proxy.port}`), 'lost');
    t.after(() => store.close());
    await store.labels.put([storedCall(1)]);
    proxy.loseNextAnswer();
    await assert.rejects(store.labels.claim([claimOf(1, 'a')]), { code: 'UNAVAILABLE' });
    const direct = openWeek(server.url, 'lost');
    t.after(() => direct.close());
    assert.deepEqual(await direct.labels.claim([claimOf(1, 'b')]), [{ kind: 'replaced', verdict: 'a' }]);
    assert.deepEqual(await direct.labels.claim([claimOf(1, 'a')]), [{ kind: 'first' }]);
  });
}
