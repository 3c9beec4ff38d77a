import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { createWiring } from '../../core/wiring.js';
import { instanceName, SnapshotKeeper, type SnapshotPart } from '../../processor/snapshot-keeper.js';
import { MemoryStateStore } from '../../processor/state/memory.js';
import type { StateStore } from '../../processor/state/state-store.js';
import { FakeClock } from '../fake-clock.js';

/** A part that counts, and remembers what it was given. */
class Counting implements SnapshotPart {
  readonly name: string;
  readonly common: boolean;
  value: Json = null;
  saves = 0;

  constructor(name: string, common = false) {
    this.name = name;
    this.common = common;
  }

  worth(): boolean {
    return this.value !== null;
  }

  *save(): Generator<void, Json> {
    this.saves++;
    const { value } = this;
    yield;
    return { value };
  }

  *restore(state: Json): Generator<void, void> {
    const { value } = state as { readonly value?: Json };
    if (value === undefined) throw new MonitorError('STATE_MISMATCH', 'no value');
    yield;
    this.value = value;
  }
}

function setUp(state: StateStore, parts: readonly SnapshotPart[], instance = 'a', clock = new FakeClock()) {
  const wiring = createWiring({ clock });
  const keeper = new SnapshotKeeper({ state, parts, instance: Promise.resolve(instance), wiring });
  const errors = (): number => wiring.store.value('selfErrors', { component: 'state' }) ?? 0;
  return { keeper, clock, errors };
}

/** Waits for what runs in other threads and in later turns, as long as `busy` says. */
async function settle<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let done = false;
  const end = (): void => {
    done = true;
  };
  work.then(end, end);
  while (!done) {
    clock.settle();
    await new Promise(setImmediate);
  }
  return work;
}

async function heard(run: () => Promise<void>): Promise<readonly string[]> {
  const lines: string[] = [];
  const listen = (warning: Error): void => void lines.push(warning.message);
  process.on('warning', listen);
  await run();
  await new Promise(setImmediate);
  process.off('warning', listen);
  return lines;
}

test('what was saved is taken up after a restart, by the same instance alone where it is its own', async () => {
  const state = new MemoryStateStore();
  const [own, common] = [new Counting('truth'), new Counting('detection', true)];
  const first = setUp(state, [own, common]);
  await settle(first.clock, first.keeper.restore());
  own.value = ['windows'];
  common.value = { trees: [1, 2, 3] };
  await settle(first.clock, first.keeper.save());
  for (const [instance, expected] of [
    ['a', ['windows']],
    ['b', null],
  ] as const) {
    const parts = [new Counting('truth'), new Counting('detection', true)];
    const next = setUp(state, parts, instance);
    await settle(next.clock, next.keeper.restore());
    assert.deepEqual(
      parts.map(part => part.value),
      [expected, { trees: [1, 2, 3] }],
    );
    assert.equal(next.errors(), 0);
  }
});

test('it saves every minute, not before it has taken up what there was, and nothing that is not worth it', async () => {
  const state = new MemoryStateStore();
  const part = new Counting('truth');
  const { keeper, clock } = setUp(state, [part]);
  await keeper.save();
  assert.equal(part.saves, 0);
  await settle(clock, keeper.restore());
  const minute = async (): Promise<void> => {
    clock.advance(60_000);
    await settle(clock, keeper.save());
  };
  await minute();
  assert.deepEqual([part.saves, await state.load('truth-a')], [0, undefined]);
  part.value = 1;
  await minute();
  assert.equal(part.saves, 1);
  await minute();
  assert.equal(part.saves, 2);
  assert.equal((await state.load('truth-a'))?.savedAt, clock.now());
  keeper.stop();
  clock.advance(600_000);
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  assert.equal(part.saves, 2);
});

for (const [what, bytes] of [
  ['is no snapshot', Buffer.from('half a file')],
  ['is of another version', undefined],
] as const) {
  test(`a saved state that ${what} is told once, counted, and learnt anew; the other parts are not concerned`, async () => {
    const state = new MemoryStateStore();
    const before = setUp(state, [
      { name: 'truth', save: () => ({ version: 0 }), restore: () => undefined },
      { name: 'drift', save: () => ({ value: 7 }), restore: () => undefined },
    ]);
    await settle(before.clock, before.keeper.restore());
    await settle(before.clock, before.keeper.save());
    if (bytes !== undefined) await state.save('truth-a', bytes, 0);
    const parts = [new Counting('truth'), new Counting('drift')];
    const { keeper, clock, errors } = setUp(state, parts);
    const lines = await heard(() => settle(clock, keeper.restore()));
    assert.equal(lines.length, 1);
    assert.match(lines[0] as string, /the saved state of truth is not taken up, it is learnt anew/);
    assert.equal(errors(), 1);
    assert.deepEqual(
      parts.map(part => part.value),
      [null, 7],
    );
    parts[0]!.value = 'new';
    await settle(clock, keeper.save());
    const again = new Counting('truth');
    const next = setUp(state, [again]);
    await settle(next.clock, next.keeper.restore());
    assert.equal(again.value, 'new');
  });
}

test('a save that is asked for while another is under way has what came since that began', async () => {
  const state = new MemoryStateStore();
  const part = new Counting('truth');
  const { keeper, clock } = setUp(state, [part]);
  await settle(clock, keeper.restore());
  part.value = 'early';
  const first = keeper.save();
  await settle(clock, Promise.resolve());
  for (let i = 0; i < 10 && part.saves === 0; i++) await new Promise(setImmediate);
  assert.equal(part.saves, 1);
  part.value = 'late';
  await settle(clock, Promise.all([first, keeper.saveAnew(), keeper.saveAnew()]));
  assert.equal(part.saves, 2);
  const next = new Counting('truth');
  await settle(clock, setUp(state, [next], 'a', clock).keeper.restore());
  assert.equal(next.value, 'late');
});

test('a store that is away is one line however long, and each failure is counted', async () => {
  const away = (): Promise<never> => Promise.reject(new MonitorError('UNAVAILABLE', 'not there'));
  const memory = new MemoryStateStore();
  const state: StateStore = {
    ...memory,
    location: 'redis://somewhere',
    labels: memory.labels,
    load: away,
    latest: away,
    save: away,
    close: async () => {},
  };
  const part = new Counting('truth');
  const { keeper, clock, errors } = setUp(state, [part]);
  const lines = await heard(async () => {
    await settle(clock, keeper.restore());
    part.value = 1;
    for (let i = 0; i < 3; i++) await settle(clock, keeper.save());
  });
  assert.deepEqual(lines, [
    'state at redis://somewhere cannot be read: not there',
    'state at redis://somewhere cannot be saved: not there',
  ]);
  assert.equal(errors(), 4);
});

test('an end saves once more and closes the store; one that says nothing holds it for five seconds', async () => {
  for (const silent of [false, true]) {
    const memory = new MemoryStateStore();
    const asked: string[] = [];
    const answer = async (what: string): Promise<void> => {
      asked.push(what);
      if (silent) await new Promise(() => {});
    };
    const state: StateStore = {
      location: 'somewhere',
      labels: memory.labels,
      load: async () => undefined,
      latest: async () => undefined,
      save: () => answer('save'),
      close: () => answer('close'),
    };
    const part = new Counting('truth');
    const { keeper, clock, errors } = setUp(state, [part]);
    await settle(clock, keeper.restore());
    part.value = 1;
    const lines = await heard(async () => {
      let done = false;
      const end = keeper.end().then(() => {
        done = true;
      });
      const saved = async (): Promise<void> => {
        while (asked.length === 0) await new Promise(setImmediate);
      };
      await settle(clock, saved());
      if (silent) {
        clock.advance(4999);
        for (let i = 0; i < 10; i++) await new Promise(setImmediate);
        assert.equal(done, false);
        clock.advance(1);
      }
      await end;
    });
    assert.deepEqual(asked, ['save', 'close']);
    assert.equal(errors(), silent ? 1 : 0);
    assert.deepEqual(
      lines,
      silent ? ['state at somewhere does not answer: what came since the last save is lost'] : [],
    );
  }
});

test('a store that says nothing holds a start for five seconds, and what comes later is not taken up', async () => {
  const memory = new MemoryStateStore();
  let answer = (): void => {};
  const state: StateStore = {
    location: 'somewhere',
    labels: memory.labels,
    load: name =>
      new Promise(resolve => {
        answer = () => resolve({ name, savedAt: 0, bytes: new Uint8Array() });
      }),
    latest: async () => undefined,
    save: async () => {},
    close: async () => {},
  };
  const part = new Counting('truth');
  const { keeper, clock, errors } = setUp(state, [part]);
  let done = false;
  const lines = await heard(async () => {
    const restored = keeper.restore().then(() => {
      done = true;
    });
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    clock.advance(4999);
    await new Promise(setImmediate);
    assert.equal(done, false);
    clock.advance(1);
    await restored;
    answer();
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
  });
  assert.deepEqual(lines, ['state at somewhere did not come within 5 s: starting without']);
  assert.equal(errors(), 0);
});

for (const [given, expected] of [
  ['web-1:9464', 'web-1-9464'],
  ['Pod/A b', 'pod-a-b'],
  ['x'.repeat(200), `${'x'.repeat(60)}-${'x'.repeat(19)}`],
] as const) {
  test(`an instance is named ${expected.slice(0, 20)}`, () => assert.equal(instanceName(given), expected));
}
