import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('the server of a benchmark leaves when its parent is gone', { timeout: 20_000 }, async t => {
  const child = fork(fileURLToPath(new URL('../bench/call-overhead.js', import.meta.url)), ['serve']);
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'message');
  // What a child sees of a parent that was killed.
  child.disconnect();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
