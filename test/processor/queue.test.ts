import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkQueue } from '../../processor/queue.js';
import { FakeClock } from '../fake-clock.js';

function setUp(
  options: {
    capacity?: number;
    maxWeight?: number;
    work?: (item: number) => Iterator<void> | void;
    onIdle?: () => boolean;
  } = {},
) {
  const clock = new FakeClock();
  const done: number[] = [];
  const dropped: string[] = [];
  const queue = new WorkQueue<number>({
    clock,
    capacity: options.capacity ?? 100,
    maxWeight: options.maxWeight ?? 1000,
    weigh: item => item,
    work: options.work ?? (item => void done.push(item)),
    onDrop: (item, reason) => dropped.push(`${item} ${reason}`),
    ...(options.onIdle === undefined ? {} : { onIdle: options.onIdle }),
  });
  return { clock, queue, done, dropped };
}

test('work waits for a later turn and keeps its order', () => {
  const { clock, queue, done } = setUp();
  for (const item of [3, 1, 2]) queue.push(item);
  assert.deepEqual(done, []);
  assert.equal(queue.size, 3);
  clock.settle();
  assert.deepEqual(done, [3, 1, 2]);
  assert.equal(queue.size, 0);
});

test('what finds no room by number or by weight is dropped with its reason', () => {
  const few = setUp({ capacity: 2 });
  for (const item of [1, 2, 3]) few.queue.push(item);
  assert.deepEqual(few.dropped, ['3 queue_full']);
  const heavy = setUp({ maxWeight: 10 });
  for (const item of [50, 1]) heavy.queue.push(item);
  assert.deepEqual(heavy.dropped, ['1 queue_full']);
  heavy.clock.settle();
  assert.deepEqual(heavy.done, [50], 'one heavy item alone still passes');
});

test('flush resolves when all that was pushed before is done, not what came after', async () => {
  const { clock, queue, done } = setUp();
  queue.push(1);
  let flushed = false;
  const promise = queue.flush().then(() => {
    flushed = true;
  });
  await Promise.resolve();
  assert.equal(flushed, false);
  clock.settle();
  await promise;
  assert.deepEqual(done, [1]);
  await queue.flush();
});

test('slow work is cut into slices so that the loop gets its turn', () => {
  const { clock, queue, done } = setUp({
    work: () => {
      clock.advance(2);
      done.push(0);
    },
  });
  for (let i = 0; i < 10; i++) queue.push(1);
  assert.equal(clock.turn(), 1);
  assert.ok(done.length < 10, `${done.length} of 10 in one slice`);
  clock.settle();
  assert.equal(done.length, 10);
});

for (const [when, work] of [
  ['at once', (item: number, done: number[]) => fail(item, done)],
  [
    'in a step',
    function* (item: number, done: number[]) {
      yield;
      fail(item, done);
    },
  ],
] as const)
  test(`an item whose work throws ${when} is over, and the next one begins`, () => {
    const done: number[] = [];
    const { clock, queue } = setUp({ work: item => work(item, done) });
    queue.push(1);
    queue.push(2);
    assert.throws(() => clock.settle(), /broken/);
    clock.settle();
    assert.deepEqual(done, [2]);
    assert.equal(queue.size, 0);
  });

test('a flush ends also when the work of the last item throws', async () => {
  const { clock, queue } = setUp({ work: item => fail(item, []) });
  queue.push(1);
  const flushed = queue.flush();
  assert.throws(() => clock.settle(), /broken/);
  clock.settle();
  const turn = new Promise(resolve => setImmediate(resolve, 'waits'));
  assert.equal(await Promise.race([flushed.then(() => 'done'), turn]), 'done');
});

function fail(item: number, done: number[]): void {
  if (item === 1) throw new Error('broken');
  done.push(item);
}

test('an item in steps is done before the next one, over as many turns as it takes', async () => {
  const done: string[] = [];
  const { clock, queue } = setUp({
    *work(item) {
      for (let step = 0; step < 3; step++) {
        clock.advance(1);
        done.push(`${item}.${step}`);
        yield;
      }
    },
  });
  queue.push(1);
  queue.push(2);
  clock.turn();
  assert.deepEqual(done, ['1.0', '1.1']);
  assert.equal(queue.size, 2, 'one that is begun still waits');
  const flushed = queue.flush();
  clock.settle();
  await flushed;
  assert.deepEqual(done, ['1.0', '1.1', '1.2', '2.0', '2.1', '2.2']);
  assert.equal(queue.size, 0);
});

test('close does what waits and then refuses', async () => {
  const { clock, queue, done, dropped } = setUp();
  queue.push(1);
  const closed = queue.close();
  queue.push(2);
  clock.settle();
  await closed;
  assert.deepEqual(done, [1]);
  assert.deepEqual(dropped, ['2 shutdown']);
});

test('idle work runs in slices when the queue is empty', () => {
  let slices = 3;
  const { clock, queue } = setUp({ onIdle: () => --slices > 0 });
  queue.push(1);
  clock.settle();
  assert.equal(slices, 0);
});

test('thousands of items pass without the list growing', () => {
  const { clock, queue, done } = setUp({ capacity: 1e6, maxWeight: Number.POSITIVE_INFINITY });
  for (let i = 0; i < 20_000; i++) queue.push(i);
  clock.settle();
  assert.equal(done.length, 20_000);
  assert.equal(done[19_999], 19_999);
});
