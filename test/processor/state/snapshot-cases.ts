import assert from 'node:assert/strict';
import { type Case, range, T } from './stored-calls.js';

/** What a store promises of snapshots. */
export const SNAPSHOT_CASES: readonly Case[] = [
  [
    'a snapshot is what was last saved under its name',
    async (store, again) => {
      assert.equal(await store.load('detectors'), undefined);
      const bytes = Uint8Array.from(range(256));
      await store.save('detectors', bytes, T + 1);
      assert.deepEqual(await store.load('detectors'), { name: 'detectors', savedAt: T + 1, bytes });
      const large = new Uint8Array(1_000_000).fill(7);
      await again().save('detectors', large, T + 2.5);
      assert.deepEqual(await store.load('detectors'), { name: 'detectors', savedAt: T + 2.5, bytes: large });
      await store.save('detectors', new Uint8Array(), T);
      assert.deepEqual(await again().load('detectors'), { name: 'detectors', savedAt: T, bytes: new Uint8Array() });
    },
  ],
  [
    'what two clients save under one name at once is one of the two, whole',
    async (store, again) => {
      const other = again();
      const saves = range(20).map(n =>
        (n % 2 === 0 ? store : other).save('d', new Uint8Array(50_000 + n).fill(n), T + n),
      );
      await Promise.all(saves);
      const found = await store.load('d');
      const n = (found?.savedAt ?? 0) - T;
      assert.deepEqual(found?.bytes, new Uint8Array(50_000 + n).fill(n));
    },
  ],
  [
    'the latest snapshot of a prefix',
    async (store, again) => {
      const bytes = Uint8Array.of(1);
      for (const [name, at] of [
        ['detectors-a', 3],
        ['detectors-b', 5],
        ['detectors_c', 7],
        ['drift-a', 9],
      ] as const)
        await store.save(name, bytes, T + at);
      assert.equal((await again().latest('detectors-'))?.name, 'detectors-b');
      await store.save('detectors-a', bytes, T + 6);
      assert.deepEqual(await store.latest('detectors-'), { name: 'detectors-a', savedAt: T + 6, bytes });
      assert.equal((await store.latest(''))?.name, 'drift-a');
      for (const none of ['x', 'detectors-%', 'DETECTORS', '*', '\0'])
        assert.equal(await store.latest(none), undefined);
    },
  ],
  [
    'a snapshot that was not saved again for a week goes',
    async store => {
      const bytes = Uint8Array.of(1);
      await store.save('gone', bytes, T);
      await store.save('old', bytes, T + 2 * 86_400_000);
      await store.save('new', bytes, T + 8 * 86_400_000);
      assert.equal(await store.load('gone'), undefined);
      assert.equal((await store.load('old'))?.name, 'old');
    },
  ],
  [
    'what is no name of a snapshot is refused',
    async store => {
      for (const name of ['', '.', '..', '../x', 'a/b', 'A', 'a b', 'é', '\0', 'x'.repeat(121)]) {
        await assert.rejects(store.save(name, new Uint8Array(), T), { code: 'INVALID_ARGUMENT' });
        await assert.rejects(store.load(name), { code: 'INVALID_ARGUMENT' });
      }
      await store.save('a-z_0.9'.padEnd(120, 'x'), new Uint8Array(), T);
    },
  ],
];
