import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Json } from '../../../core/json.js';
import type { Claim, Claimed, StateStore, StoredCall } from '../../../processor/state/state-store.js';

/** Opens another client of one and the same state. */
export type OpenStore = (service: string) => StateStore;

export const T = 1_790_000_000_000;

export function storedCall(n: number, over: Partial<StoredCall> = {}): StoredCall {
  return {
    ids: { callId: `call-${n}`, responseId: `resp-${n}`, spanId: `span-${n}` },
    at: T + n,
    data: { model: 'm', n },
    ...over,
  };
}

export function claimOf(n: number, token: string, verdict: Json = token, task = 'default'): Claim {
  return { callId: `call-${n}`, task, token, verdict };
}

const FIRST: Claimed = { kind: 'first' };
const UNKNOWN: Claimed = { kind: 'unknown' };
const replaced = (verdict: Json): Claimed => ({ kind: 'replaced', verdict });
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Texts that a store may have trouble with, as identifiers and in what it keeps. */
const ODD = [
  '',
  ' ',
  'a:b{c}d',
  'quote " and \\ and \\u0000',
  'line\nbreak\r\n',
  'nul \0 inside',
  'lone \ud800 surrogate',
  'lone \ud801 surrogate',
  '你好 🙂',
  "'; DROP TABLE llm_monitor_v1_calls; --",
  '__proto__',
  `${'long'.repeat(3000)}1`,
  `${'long'.repeat(3000)}2`,
  '["c","call-1",',
  '%',
];

type Case = readonly [name: string, run: (store: StateStore, again: () => StateStore) => Promise<void>];

const CASES: readonly Case[] = [
  [
    'a call is found by any of its names',
    async ({ labels }) => {
      const call = storedCall(1, { data: { text: 'é\0\ud800"\\', list: [1.5, -1e21, null, true, { '': [] }] } });
      await labels.put([call, storedCall(2)]);
      for (const [by, id] of [
        ['call_id', 'call-1'],
        ['response_id', 'resp-1'],
        ['span_id', 'span-1'],
      ] as const)
        assert.deepEqual(await labels.find(by, id), call);
      assert.equal(await labels.find('call_id', 'resp-1'), undefined);
      assert.equal(await labels.find('response_id', 'span-1'), undefined);
      assert.equal(await labels.find('span_id', 'nobody'), undefined);
      assert.equal(await labels.size(), 2);
    },
  ],
  [
    'a call without other names is found by its own alone',
    async ({ labels }) => {
      const call = storedCall(1, { ids: { callId: 'call-1' } });
      await labels.put([call]);
      assert.deepEqual(await labels.find('call_id', 'call-1'), call);
      assert.equal(await labels.find('response_id', ''), undefined);
    },
  ],
  [
    'nothing at all is taken as such',
    async ({ labels }) => {
      await labels.put([]);
      assert.deepEqual(await labels.claim([]), []);
      assert.deepEqual(await labels.sweep(T, 10), []);
      assert.equal(await labels.size(), 0);
    },
  ],
  [
    'a call that is put twice stays as it is, with its labels',
    async ({ labels }, again) => {
      await labels.put([storedCall(1), storedCall(1, { at: 5 })]);
      assert.deepEqual(await labels.claim([claimOf(1, 'a')]), [FIRST]);
      const changed = storedCall(1, { at: T + 9, data: 'other', ids: { callId: 'call-1', responseId: 'resp-9' } });
      await labels.put([changed]);
      await again().labels.put([changed]);
      assert.deepEqual(await labels.find('call_id', 'call-1'), storedCall(1));
      assert.equal(await labels.find('response_id', 'resp-9'), undefined);
      assert.deepEqual(await labels.claim([claimOf(1, 'b')]), [replaced('a')]);
      assert.equal(await labels.size(), 1);
      assert.equal((await labels.sweep(T + 10, 10)).length, 1);
    },
  ],
  [
    'two clients that put the same calls at once put them once',
    async ({ labels }, again) => {
      const other = again().labels;
      const calls = range(50).map(n => storedCall(n));
      await Promise.all(calls.flatMap(call => [labels.put([call]), other.put([call])]));
      assert.equal(await labels.size(), 50);
      assert.equal((await other.sweep(T + 100, 200)).length, 50);
    },
  ],
  [
    'the latest call of a response is found, in whatever order they are put',
    async ({ labels }, again) => {
      const named = (n: number): StoredCall =>
        storedCall(n, { ids: { callId: `call-${n}`, responseId: 'r', spanId: 's' } });
      const late = again().labels;
      await labels.put([named(2)]);
      await late.put([named(3)]);
      await labels.put([named(1)]);
      for (const store of [labels, late]) {
        assert.deepEqual(await store.find('response_id', 'r'), named(3));
        assert.deepEqual(await store.find('span_id', 's'), named(3));
      }
      assert.equal((await labels.sweep(T + 3, 10)).length, 2);
      assert.deepEqual(await labels.find('response_id', 'r'), named(3));
      await labels.sweep(T + 9, 10);
      assert.equal(await labels.find('response_id', 'r'), undefined);
    },
  ],
  [
    'the first label of a call and task is first, others take the place of the one before',
    async ({ labels }, again) => {
      await labels.put([storedCall(1), storedCall(2)]);
      const answers = await labels.claim([
        claimOf(1, 'a', { right: true }),
        claimOf(1, 'b', [1, null]),
        claimOf(3, 'c'),
        claimOf(1, 'd', 'x', 'other task'),
        claimOf(2, 'e'),
        claimOf(1, 'f', 'last'),
      ]);
      assert.deepEqual(answers, [FIRST, replaced({ right: true }), UNKNOWN, FIRST, FIRST, replaced([1, null])]);
      assert.deepEqual(await again().labels.claim([claimOf(1, 'g')]), [replaced('last')]);
    },
  ],
  [
    'a claim that is sent again is answered as it was, whatever came after it',
    async ({ labels }, again) => {
      await labels.put([storedCall(1)]);
      const claims = [claimOf(1, 'a'), claimOf(1, 'b'), claimOf(1, 'c')];
      const answers = [FIRST, replaced('a'), replaced('b')];
      for (const [i, claim] of claims.entries()) assert.deepEqual(await labels.claim([claim]), [answers[i]]);
      assert.deepEqual(await labels.claim(claims), answers);
      const other = again().labels;
      assert.deepEqual(await other.claim([...claims].reverse()), [...answers].reverse());
      assert.deepEqual(await other.claim([claimOf(1, 'd'), claimOf(1, 'd')]), [replaced('c'), replaced('c')]);
      // A token is one label of one call and task.
      assert.deepEqual(await other.claim([claimOf(1, 'a', 'z', 'task 2')]), [FIRST]);
    },
  ],
  [
    'a call whose label changes a hundred times stays right',
    async ({ labels }) => {
      await labels.put([storedCall(1)]);
      for (const n of range(100)) {
        const expected: Claimed = n === 0 ? FIRST : replaced(n - 1);
        assert.deepEqual(await labels.claim([claimOf(1, `t${n}`, n)]), [expected]);
        assert.deepEqual(await labels.claim([claimOf(1, `t${n}`, n)]), [expected]);
      }
    },
  ],
  [
    'of two clients that claim at the same moment one is first, hundreds of times',
    async ({ labels }, again) => {
      const other = again().labels;
      const calls = range(300);
      await labels.put(calls.map(n => storedCall(n)));
      await Promise.all([labels.size(), other.size()]);
      const pairs = await Promise.all(
        calls.map(n => Promise.all([labels.claim([claimOf(n, 'a')]), other.claim([claimOf(n, 'b')])])),
      );
      for (const [[a], [b]] of pairs) {
        const expected: Claimed[] = a?.kind === 'first' ? [FIRST, replaced('a')] : [replaced('b'), FIRST];
        assert.deepEqual([a, b], expected);
      }
      const batches = await Promise.all([
        labels.claim(calls.map(n => claimOf(n, 'c', 'c', 'batch'))),
        other.claim(calls.map(n => claimOf(n, 'd', 'd', 'batch')).reverse()),
      ]);
      const firsts = batches.flat().filter(({ kind }) => kind === 'first');
      assert.equal(firsts.length, 300);
    },
  ],
  [
    'calls whose time is over are taken out oldest first, with the tasks that were labelled',
    async ({ labels }) => {
      await labels.put([3, 1, 4, 2, 5].map(n => storedCall(n)));
      await labels.claim([
        claimOf(1, 'a'),
        claimOf(1, 'b'),
        claimOf(1, 'c', 'c', 'odd "\\ task'),
        claimOf(4, 'd', 'd', 'intent'),
      ]);
      const [one, two, ...none] = await labels.sweep(T + 5, 2);
      assert.deepEqual([one?.ids.callId, two?.ids.callId, none.length], ['call-1', 'call-2', 0]);
      assert.deepEqual([...(one?.labelled ?? [])].sort(), ['default', 'odd "\\ task']);
      assert.deepEqual(two, { ...storedCall(2), labelled: [] });
      assert.equal(await labels.find('call_id', 'call-1'), undefined);
      assert.equal(await labels.find('response_id', 'resp-1'), undefined);
      assert.deepEqual(await labels.claim([claimOf(1, 'a'), claimOf(3, 'e')]), [UNKNOWN, FIRST]);
      assert.equal(await labels.size(), 3);
      const rest = await labels.sweep(T + 5, 10);
      assert.deepEqual(
        rest.map(({ ids, labelled }) => [ids.callId, labelled]),
        [
          ['call-3', ['default']],
          ['call-4', ['intent']],
        ],
      );
      assert.deepEqual(await labels.sweep(T + 5, 10), []);
      assert.equal(await labels.size(), 1);
    },
  ],
  [
    'each call is taken out by one caller only',
    async ({ labels }, again) => {
      const stores = [labels, again().labels, again().labels];
      await labels.put(range(500).map(n => storedCall(n)));
      const swept = await Promise.all(range(60).map(i => (stores[i % 3] as typeof labels).sweep(T + 1000, 10)));
      const rest = await labels.sweep(T + 1000, 1000);
      const ids = [...swept.flat(), ...rest].map(({ ids }) => ids.callId);
      assert.equal(ids.length, 500);
      assert.equal(new Set(ids).size, 500);
      assert.equal(await labels.size(), 0);
    },
  ],
  [
    'of a label and a sweep at once either comes first: the label is taken in and stands in what is taken out, or neither',
    async ({ labels }, again) => {
      const other = again().labels;
      for (const n of range(200)) {
        await labels.put([storedCall(n)]);
        // At another point of the sweep each time.
        const claiming = async (): Promise<readonly Claimed[]> => {
          for (let turn = 0; turn < n % 20; turn++) await nextTurn();
          return labels.claim([claimOf(n, 'a')]);
        };
        const [[answer], taken] = await Promise.all([claiming(), other.sweep(T + n + 1, 1)]);
        // A store may pass over a call that is being labelled.
        const swept = taken.length > 0 ? taken : await other.sweep(T + n + 1, 1);
        assert.deepEqual(swept, [{ ...storedCall(n), labelled: answer?.kind === 'first' ? ['default'] : [] }]);
        if (answer?.kind !== 'first') assert.deepEqual(answer, UNKNOWN);
      }
    },
  ],
  [
    'identifiers, tasks and tokens may be any text',
    async ({ labels }) => {
      const calls = ODD.map((text, n) => storedCall(n, { ids: { callId: text, responseId: text, spanId: text } }));
      await labels.put(calls);
      assert.equal(await labels.size(), ODD.length);
      for (const [n, text] of ODD.entries())
        for (const by of ['call_id', 'response_id', 'span_id'] as const)
          assert.deepEqual(await labels.find(by, text), calls[n]);
      const claims = ODD.map(text => ({ callId: text, task: text, token: text, verdict: text }));
      assert.deepEqual(
        await labels.claim(claims),
        ODD.map(() => FIRST),
      );
      assert.deepEqual(
        await labels.claim(claims.map(claim => ({ ...claim, token: 'next' }))),
        ODD.map(text => replaced(text)),
      );
      const swept = await labels.sweep(T + 1000, 100);
      assert.deepEqual(
        swept,
        calls.map((call, n) => ({ ...call, labelled: [ODD[n]] })),
      );
    },
  ],
  [
    'ten thousand calls, put in any order, are found and taken out in order',
    async ({ labels }, again) => {
      const other = again().labels;
      // 7 and 10,000 have no common factor: each once.
      const calls = range(10_000).map(n => storedCall((n * 7) % 10_000));
      await labels.put(calls.slice(0, 6000));
      await other.put(calls.slice(6000));
      await labels.put(calls.slice(5000, 6500));
      assert.equal(await labels.size(), 10_000);
      for (const n of [0, 1, 4095, 4096, 9999]) {
        assert.deepEqual(await other.find('call_id', `call-${n}`), storedCall(n));
        assert.deepEqual(await labels.find('span_id', `span-${n}`), storedCall(n));
      }
      const claims = range(1000).map(n => claimOf(n * 10, 'a'));
      assert.ok((await labels.claim(claims)).every(({ kind }) => kind === 'first'));
      assert.ok((await other.claim(claims)).every(({ kind }) => kind === 'first'));
      const swept = [...(await labels.sweep(T + 6000, 2500)), ...(await other.sweep(T + 6000, 100_000))];
      assert.deepEqual(
        swept.map(({ at }) => at - T),
        range(6000),
      );
      assert.equal(swept.filter(({ labelled }) => labelled.length > 0).length, 600);
      assert.equal(await other.size(), 4000);
      assert.equal((await other.sweep(T + 10_000, 10_000)).length, 4000);
      await labels.put([storedCall(20_000)]);
      assert.deepEqual(await other.find('call_id', 'call-20000'), storedCall(20_000));
      assert.equal(await labels.find('call_id', 'call-9999'), undefined);
    },
  ],
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

/** Holds a store to its contract: every case with a service of its own. */
export async function testContract(t: TestContext, open: OpenStore): Promise<void> {
  for (const [n, [name, run]] of CASES.entries())
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
