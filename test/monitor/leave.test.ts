import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flushOnLeave } from '../../monitor/leave.js';

test('a process with nothing left to do is flushed once', () => {
  let flushes = 0;
  const undo = flushOnLeave(async () => {
    flushes += 1;
  });
  const before = process.listeners('beforeExit').at(-1) as () => void;
  before();
  before();
  undo();
  assert.equal(flushes, 1);
  assert.ok(!process.listeners('beforeExit').includes(before));
});

test('where the app listens for the signal itself, the flush runs and the app decides', async () => {
  let flushed = false;
  let appHeard = 0;
  const app = (): void => {
    appHeard += 1;
  };
  process.on('SIGTERM', app);
  const undo = flushOnLeave(async () => {
    flushed = true;
  });
  process.emit('SIGTERM');
  await new Promise(resolve => setImmediate(resolve));
  assert.deepEqual([flushed, appHeard], [true, 1]);
  process.off('SIGTERM', app);
  undo();
  assert.equal(process.listenerCount('SIGTERM'), 0);
});
