import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { testClosed, testContract } from './contract.js';
import {
  assertCountedOnce,
  type Claimer,
  leave,
  openWeek,
  putCalls,
  startClaimer,
  testTwoProcesses,
} from './processes.js';
import { until } from './servers.js';
import { claimOf, storedCall, T } from './stored-calls.js';

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** All files below a folder, with their modes. */
function filesOf(folder: string): { readonly path: string; readonly mode: number; readonly isFile: boolean }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => {
    const path = join(folder, name);
    const stat = statSync(path);
    return { path, mode: stat.mode & 0o777, isFile: stat.isFile() };
  });
}

function segmentsOf(folder: string): string[] {
  const paths = filesOf(folder).map(({ path }) => path);
  return paths.filter(path => path.endsWith('.jsonl')).sort();
}

test('state in a folder', { timeout: 300_000 }, async t => {
  const folder = newFolder(t);
  await testContract(t, service => openWeek(folder, service));
  await testClosed(t, service => openWeek(folder, service));
  await testTwoProcesses(t, folder);
});

test('processes that are killed in the middle of their claims count nothing twice and lose nothing they were told', async t => {
  const folder = newFolder(t);
  const store = openWeek(folder, 'killed');
  const count = 3000;
  await putCalls(store, count);
  const claimers: Claimer[] = [];
  for (const [i, batch] of [1, 7, 50, 1, 300].entries()) {
    const victim = await startClaimer(t, folder, 'killed', `victim ${i}`);
    const other = await startClaimer(t, folder, 'killed', `other ${i}`);
    claimers.push(victim, other);
    const from = i * 600;
    victim.order({ from, to: from + 600, batch });
    other.order({ from, to: from + 600, batch: 11 });
    await until(() => victim.answers.size >= 30, 'answers');
    await victim.kill();
    await other.done;
  }
  assert.ok(
    claimers.some(({ answers }) => answers.size < 600),
    'nobody was killed in the middle',
  );
  await assertCountedOnce(store, claimers, count);
  await assertCountedOnce(openWeek(folder, 'killed'), claimers, count);
});

test('a process that is killed while it puts loses no call that it was told of', async t => {
  const folder = newFolder(t);
  for (let round = 0; round < 3; round++) {
    const claimer = await startClaimer(t, folder, 'putter', `p${round}`);
    const from = round * 100_000;
    claimer.order({ from, to: from + 90_000, batch: 10, put: true });
    await until(() => claimer.answers.size >= 200 + round * 500, 'answers');
    await claimer.kill();
    const { labels } = openWeek(folder, 'putter');
    for (const [n, answer] of claimer.answers) {
      assert.deepEqual(answer, { kind: 'first' });
      assert.deepEqual(await labels.find('call_id', `call-${n}`), storedCall(n));
    }
  }
  const { labels } = openWeek(folder, 'putter');
  const size = await labels.size();
  assert.equal((await labels.sweep(T + 1_000_000, size + 10)).length, size);
});

test('a line that was cut off spoils no other, wherever it was cut', async t => {
  const folder = newFolder(t);
  const { labels } = openWeek(folder, 'torn');
  await labels.put([storedCall(1), storedCall(2)]);
  const [file = ''] = segmentsOf(folder);
  const whole = statSync(file).size;
  await labels.claim([claimOf(1, 'a'), claimOf(2, 'a')]);
  for (let size = whole; size < statSync(file).size; size++) {
    const torn = newFolder(t);
    await openWeek(torn, 'torn').labels.put([storedCall(1)]);
    const [copy = ''] = segmentsOf(torn);
    writeFileSync(copy, readFileSync(file).subarray(0, size));
    const again = openWeek(torn, 'torn').labels;
    const [answer] = await again.claim([claimOf(2, 'b')]);
    assert.ok(answer?.kind === 'first' || size > whole + 30);
    const claims = [claimOf(2, 'b'), claimOf(2, 'c')];
    assert.deepEqual(await again.claim(claims), [answer, { kind: 'replaced', verdict: 'b' }]);
    assert.deepEqual(await openWeek(torn, 'torn').labels.claim(claims), [answer, { kind: 'replaced', verdict: 'b' }]);
    assert.equal(await again.size(), 2);
  }
});

test('what is no line is passed over', async t => {
  const folder = newFolder(t);
  const { labels } = openWeek(folder, 'noise');
  await labels.put([storedCall(1)]);
  const [file = ''] = segmentsOf(folder);
  appendFileSync(
    file,
    `\n${'\0'.repeat(5000)}\nhello\np{"a":1}\t\nc[]\t\nx[1]\t\nz["call-1"]\t\np["call-1",\t\n\n\np["call-2",`,
  );
  writeFileSync(join(file, '..', 'README.txt'), 'not mine');
  await labels.put([storedCall(3)]);
  const again = openWeek(folder, 'noise').labels;
  assert.equal(await again.size(), 2);
  assert.deepEqual(await again.find('response_id', 'resp-3'), storedCall(3));
  assert.equal((await again.sweep(T + 10, 10)).length, 2);
});

test('files are for their owner alone, hold nothing once all was taken out, and are few', async t => {
  const folder = newFolder(t);
  const store = openWeek(folder, 'files');
  await store.save('d', Uint8Array.of(1), T);
  await putCalls(store, 10_000);
  assert.equal(segmentsOf(folder).length, 3);
  for (const { path, mode, isFile } of filesOf(folder)) assert.equal(mode, isFile ? 0o600 : 0o700, path);
  await store.labels.sweep(T + 20_000, 20_000);
  assert.equal(segmentsOf(folder).length, 1);
});

test('a segment that another process took out everything of is no surprise', async t => {
  const folder = newFolder(t);
  const [one, two] = [openWeek(folder, 'gone').labels, openWeek(folder, 'gone').labels];
  await putCalls(openWeek(folder, 'gone'), 10_000);
  assert.equal(await one.size(), 10_000);
  assert.equal((await two.sweep(T + 9000, 9000)).length, 9000);
  assert.deepEqual(await one.claim([claimOf(1, 'a'), claimOf(9500, 'a')]), [{ kind: 'unknown' }, { kind: 'first' }]);
  assert.equal(await one.find('span_id', 'span-1'), undefined);
  assert.equal(await one.size(), 1000);
  assert.deepEqual(await one.sweep(T + 9000, 10), []);
  rmSync(folder, { recursive: true });
  await one.put([storedCall(1)]);
  assert.equal(await two.size(), 1);
});

test('what goes wrong with a file is told, and does not last', async t => {
  const folder = newFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const store = openWeek(file, 'x');
  await assert.rejects(store.labels.put([storedCall(1)]), { code: 'UNAVAILABLE', message: /file can't be reached: E/ });
  await assert.rejects(store.save('d', new Uint8Array(), T), { code: 'UNAVAILABLE' });
  rmSync(file);
  await store.labels.put([storedCall(1)]);
  assert.equal(await store.labels.size(), 1);
});

test('a snapshot that was cut short by a power cut counts as none', async t => {
  const folder = newFolder(t);
  const store = openWeek(folder, 'cut');
  await store.save('d-1', Uint8Array.of(1), T);
  await store.save('d-2', Uint8Array.of(2), T + 1);
  truncateSync(filesOf(folder).find(({ path }) => path.endsWith('d-2.snapshot'))?.path ?? '', 3);
  assert.equal(await store.load('d-2'), undefined);
  assert.equal((await store.latest('d-'))?.name, 'd-1');
});

test('an app leaves without closing its folder', async t => {
  assert.equal(await leave(t, newFolder(t)), 'call-1');
});
