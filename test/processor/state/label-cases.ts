import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Claimed, StoredCall } from '../../../processor/state/state-store.js';
import { type Case, claimOf, FIRST, ODD, range, replaced, storedCall, T, UNKNOWN } from './stored-calls.js';

/** What a store promises of calls and their labels. */
export const LABEL_CASES: readonly Case[] = [
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
    'every client is told the same time, which goes on, in whole milliseconds',
    async ({ labels }, again) => {
      const before = Date.now();
      const told = [await labels.now(), await again().labels.now(), await labels.now()];
      assert.deepEqual(told, [...told].sort());
      for (const now of told) assert.ok(Number.isInteger(now) && now >= before && now <= Date.now(), `${told}`);
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
];
