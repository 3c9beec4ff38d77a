import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { StateStore } from '../../../processor/state/state-store.js';
import { LABEL_CASES } from './label-cases.js';
import { SNAPSHOT_CASES } from './snapshot-cases.js';
import { type OpenStore, storedCall, T } from './stored-calls.js';

/** Holds a store to its contract: every case with a service of its own. */
export async function testContract(t: TestContext, open: OpenStore): Promise<void> {
  for (const [n, [name, run]] of [...LABEL_CASES, ...SNAPSHOT_CASES].entries())
    await t.test(name, async t => {
      const opened: StateStore[] = [];
      const again = (): StateStore => {
        const store = open(`case ${n}`);
        opened.push(store);
        return store;
      };
      t.after(() => Promise.all(opened.map(store => store.close())));
      await run(again(), again);
    });
  await t.test('each service has its own state', async t => {
    const services = ['shop', 'Shop', 'shop.', 'shop{}', 'x'.repeat(300), `${'x'.repeat(300)}y`, ''];
    const stores = services.map(open);
    t.after(() => Promise.all(stores.map(store => store.close())));
    for (const [n, store] of stores.entries()) {
      await store.labels.put([storedCall(1, { data: n })]);
      await store.save('d', Uint8Array.of(n), T);
    }
    for (const [n, store] of stores.entries()) {
      assert.equal((await store.labels.find('response_id', 'resp-1'))?.data, n);
      assert.deepEqual((await store.latest('d'))?.bytes, Uint8Array.of(n));
    }
  });
}

/** What a store says that was closed, and that it may be closed twice. */
export async function testClosed(t: TestContext, open: OpenStore): Promise<void> {
  await t.test('a closed store refuses', async () => {
    const store = open('closed');
    await store.labels.put([storedCall(1)]);
    await store.close();
    await store.close();
    await assert.rejects(store.labels.size(), { code: 'UNAVAILABLE' });
    await assert.rejects(store.save('d', new Uint8Array(), T), { code: 'UNAVAILABLE' });
    const unused = open('unused');
    await unused.close();
    await assert.rejects(unused.labels.find('call_id', 'x'), { code: 'UNAVAILABLE' });
  });
}
