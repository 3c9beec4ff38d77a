import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openStateStore } from '../../../processor/state/open.js';
import type { Claimed, StateStore } from '../../../processor/state/state-store.js';
import type { ClaimOrder, ClaimReport } from './claimer.js';
import { until } from './servers.js';
import { claimOf, storedCall } from './stored-calls.js';

const WEEK = 604_800_000;

/** A process that claims, and what it was answered so far. */
export interface Claimer {
  readonly name: string;
  readonly answers: ReadonlyMap<number, Claimed>;
  order(order: ClaimOrder): void;
  /** Resolves when the order is carried out. */
  readonly done: Promise<void>;
  kill(): Promise<void>;
}

export async function startClaimer(t: TestContext, location: string, service: string, name: string): Promise<Claimer> {
  const child: ChildProcess = fork(fileURLToPath(new URL('claimer.js', import.meta.url)), [location, service, name]);
  t.after(() => child.kill('SIGKILL'));
  const answers = new Map<number, Claimed>();
  let finish = (): void => {};
  const done = new Promise<void>(resolve => {
    finish = resolve;
  });
  const ready = once(child, 'message');
  child.on('message', (message: 'ready' | 'done' | readonly ClaimReport[]) => {
    if (message === 'done') finish();
    else if (message !== 'ready') for (const [n, answer] of message) answers.set(n, answer);
  });
  await ready;
  return {
    name,
    answers,
    done,
    order: order => child.send(order),
    kill: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

export function openWeek(location: string, service: string): StateStore {
  return openStateStore(location, { service, ttl: WEEK });
}

export async function putCalls(store: StateStore, count: number): Promise<void> {
  await store.labels.put(Array.from({ length: count }, (_, n) => storedCall(n)));
}

/**
 * Holds that each call was first for one of the claimers alone, also for one that was killed before it could tell, and that no
 * answer that was given is taken back.
 */
export async function assertCountedOnce(
  store: StateStore,
  claimers: readonly Pick<Claimer, 'name' | 'answers'>[],
  count: number,
): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => n);
  const firsts = new Map<number, string[]>();
  for (const { name, answers } of claimers) {
    // The same tokens again: what was not taken in yet, is now.
    const again = await store.labels.claim(numbers.map(n => claimOf(n, `${name}-${n}`, name)));
    for (const n of numbers) {
      assert.deepEqual(again[n], answers.get(n) ?? again[n], `call ${n} for ${name}`);
      if (again[n]?.kind === 'first') firsts.set(n, [...(firsts.get(n) ?? []), name]);
    }
  }
  for (const n of numbers) assert.equal(firsts.get(n)?.length, 1, `call ${n} is first for ${firsts.get(n)}`);
}

/** Two processes that claim the same calls at the same moment. */
export async function testTwoProcesses(t: TestContext, location: string): Promise<void> {
  await t.test('of two processes that claim at the same moment one is first', async t => {
    const store = openWeek(location, 'two processes');
    t.after(() => store.close());
    await putCalls(store, 400);
    const claimers = [
      await startClaimer(t, location, 'two processes', 'a'),
      await startClaimer(t, location, 'two processes', 'b'),
    ];
    for (const [from, to, batch] of [
      [0, 200, 1],
      [200, 400, 40],
    ] as const) {
      const before = claimers.map(({ answers }) => answers.size);
      for (const claimer of claimers) claimer.order({ from, to, batch });
      await until(() => claimers.every(({ answers }, i) => answers.size === (before[i] ?? 0) + to - from), 'claiming');
    }
    await assertCountedOnce(store, claimers, 400);
  });
}

/** Claims while the server is killed and comes back. */
export async function testRestart(
  t: TestContext,
  location: string,
  server: { kill(): Promise<void>; start(): Promise<void> },
): Promise<void> {
  await t.test('after a kill of the server in the middle of claims every label counts once', async t => {
    const store = openWeek(location, 'restart');
    t.after(() => store.close());
    await putCalls(store, 2000);
    const claimers = [await startClaimer(t, location, 'restart', 'a'), await startClaimer(t, location, 'restart', 'b')];
    const [one, two] = claimers as [Claimer, Claimer];
    one.order({ from: 0, to: 2000, batch: 3 });
    two.order({ from: 0, to: 2000, batch: 5 });
    for (const answered of [300, 1000]) {
      await until(() => one.answers.size >= answered, `${answered} answers`);
      await server.kill();
      await assert.rejects(store.labels.size(), { code: 'UNAVAILABLE' });
      await server.start();
    }
    await Promise.all([one.done, two.done]);
    assert.equal(one.answers.size + two.answers.size, 4000);
    // This client's connection broke too.
    await until(
      () =>
        store.labels.size().then(
          size => size === 2000,
          () => false,
        ),
      'the way back',
    );
    await assertCountedOnce(store, claimers, 2000);
  });
}

/** An app that leaves without closing its store. @returns what it said */
export async function leave(t: TestContext, location: string, ...flags: string[]): Promise<string> {
  const script = fileURLToPath(new URL('leaver.js', import.meta.url));
  const child = spawn(process.execPath, [...flags, script, location], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', data => {
    said += data;
  });
  const started = performance.now();
  const [code, signal] = await once(child, 'exit');
  assert.deepEqual([code, signal], [0, null]);
  assert.ok(performance.now() - started < 20_000, 'an idle connection kept the process alive');
  return said.trim();
}
