import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../../core/errors.js';
import { Gate } from '../../../processor/state/gate.js';
import { FakeClock } from '../../fake-clock.js';

const away = async (): Promise<never> => {
  throw Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' });
};

function gate(clock = new FakeClock(), atOnce?: number): Gate {
  return new Gate({ location: 'redis://h', clock, secrets: ['s3cret'], ...(atOnce !== undefined && { atOnce }) });
}

test('what a server refuses for good has a code of its own, and shuts nothing', async () => {
  const isRefusal = (error: unknown): boolean => (error as { code?: string }).code === '22P05';
  const shut = new Gate({ location: 'postgres://h', clock: new FakeClock(), secrets: ['s3cret'], isRefusal });
  const failing = (code: string, isOutage = false): Promise<unknown> =>
    shut.pass(
      () => Promise.reject(Object.assign(new Error('not s3cret'), { code })),
      () => isOutage,
    );
  await assert.rejects(failing('22P05'), {
    code: 'REFUSED',
    message: 'the state at postgres://h refuses: 22P05 not ***',
  });
  await assert.rejects(failing('57014'), { code: 'UNAVAILABLE' });
  await assert.rejects(failing('22P05', true), { code: 'UNAVAILABLE' }, 'an outage comes first');
});

test('while a server is away it is left alone, longer each time, and not for long once it is back', async () => {
  const clock = new FakeClock();
  const shut = gate(clock);
  let tries = 0;
  const attempt = (): Promise<unknown> =>
    shut.pass(
      () => {
        tries++;
        return away();
      },
      () => true,
    );
  const pauses: number[] = [];
  for (let round = 0; round < 8; round++) {
    await assert.rejects(attempt(), {
      code: 'UNAVAILABLE',
      message: /^the state at redis:\/\/h can't be reached: ECONN/,
    });
    const before = tries;
    let pause = 0;
    for (; tries === before; pause += 100) {
      await assert.rejects(attempt(), { code: 'UNAVAILABLE', message: /ECONNREFUSED/ });
      if (tries === before) clock.advance(100);
    }
    pauses.push(pause - 100);
    clock.advance(10_000);
  }
  assert.deepEqual(pauses, [100, 400, 1600, 5000, 5000, 5000, 5000, 5000]);
  assert.equal(
    await shut.pass(
      async () => 7,
      () => true,
    ),
    7,
  );
  await assert.rejects(attempt(), { code: 'UNAVAILABLE' });
  clock.advance(100);
  assert.equal(
    await shut.pass(
      async () => 8,
      () => true,
    ),
    8,
  );
});

test('what a server refuses does not count as its absence', async () => {
  const open = gate();
  await assert.rejects(
    open.pass(away, () => false),
    { code: 'UNAVAILABLE' },
  );
  assert.equal(
    await open.pass(
      async () => 1,
      () => true,
    ),
    1,
  );
  const missing = new MonitorError('MISSING_PEER', 'install it');
  await assert.rejects(
    open.pass(
      () => Promise.reject(missing),
      () => true,
    ),
    missing,
  );
  assert.equal(
    await open.pass(
      async () => 2,
      () => true,
    ),
    2,
  );
});

test('no secret stands in a message', async () => {
  const error = new Error('cannot log in with s3cret to x:s3cret@h');
  await assert.rejects(
    gate().pass(
      () => Promise.reject(error),
      () => true,
    ),
    (thrown: Error) => {
      assert.equal(thrown.message, "the state at redis://h can't be reached: cannot log in with *** to x:***@h");
      return true;
    },
  );
});

test('work beyond the limit waits for its turn, in order, and is turned away with the rest when the server goes', async () => {
  const narrow = gate(new FakeClock(), 2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const results = Array.from({ length: 6 }, (_, i) =>
    narrow.pass(
      () => {
        begun.push(i);
        return new Promise<number>((resolve, reject) => {
          ends[i] = () => (i === 3 ? reject(new Error('gone')) : resolve(i));
        });
      },
      () => true,
    ),
  );
  const settled = Promise.allSettled(results);
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  await turn();
  assert.deepEqual(begun, [0, 1]);
  ends[0]?.();
  ends[1]?.();
  await turn();
  assert.deepEqual(begun, [0, 1, 2, 3]);
  ends[3]?.();
  await turn();
  assert.deepEqual(begun, [0, 1, 2, 3]);
  ends[2]?.();
  const states = (await settled).map(({ status }) => status);
  assert.deepEqual(states, ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected']);
});

test('what comes faster than it is taken is refused, not kept', async () => {
  const slow = gate();
  const never = Array.from({ length: 1000 }, () =>
    slow.pass(
      () => new Promise(() => {}),
      () => true,
    ),
  );
  assert.equal(never.length, 1000);
  await assert.rejects(
    slow.pass(
      async () => 1,
      () => true,
    ),
    { code: 'UNAVAILABLE', message: /1000 commands wait/ },
  );
});
