import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { completion, send, startJudgeServer } from './judge-server.js';

test('a process ends while its judge hangs', { timeout: 60_000 }, async t => {
  const server = await startJudgeServer(() => {});
  t.after(() => server.close());
  const arrived = server.next();
  const child = fork(fileURLToPath(new URL('./exit-child.js', import.meta.url)), [server.endpoint]);
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  await arrived;
  child.send('end');
  assert.deepEqual(await exited, [0, null]);
});

test('a process that flushes lives until its judge has answered', { timeout: 60_000 }, async t => {
  const server = await startJudgeServer(response => {
    setTimeout(() => send(response, 200, completion('{"score": 4}')), 50);
  });
  t.after(() => server.close());
  const child = fork(fileURLToPath(new URL('./exit-child.js', import.meta.url)), [server.endpoint, 'flush']);
  t.after(() => child.kill('SIGKILL'));
  assert.deepEqual(await once(child, 'exit'), [5, null], 'five calls, all judged');
});
