import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { trainCommand } from '../../cli/train.js';
import { recordingLines } from '../recordings.js';
import { runCommand } from './run-command.js';

const folder = mkdtempSync(join(tmpdir(), 'train-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const FILE = join(folder, 'calls.jsonl');
writeFileSync(FILE, [...recordingLines({ calls: 1500 })].join(''));

const MONITOR = new URL('../../monitor/index.js', import.meta.url).href;

/** What a monitor of a process of its own is ready for when it has taken up its state. */
async function started(service: string, state: string): Promise<{ ready: boolean; warm: boolean }> {
  const source = `
import { startMonitor } from ${JSON.stringify(MONITOR)};
const monitor = startMonitor({ port: 0, state: ${JSON.stringify(state)}, serviceName: ${JSON.stringify(service)} });
const { detection, drift } = monitor.processor;
const look = () => ({ ready: detection.status().some(one => one.ready), warm: drift.watch.warm });
// Nothing tells that a state was taken up, or that there was none.
for (let i = 0; i < 100 && !(look().ready && look().warm); i++) await new Promise(resolve => setTimeout(resolve, 10));
console.log(JSON.stringify(look()));
await monitor.shutdown();
`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    env: { ...process.env, NODE_V8_COVERAGE: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await text(child.stdout));
}

test('a monitor of the service that starts on it is ready at once, and of no other service', async () => {
  const state = join(folder, 'state');
  const { code, out, err } = await runCommand(trainCommand, [FILE, '--state', state]);
  assert.equal(code, 0, err);
  assert.match(out, /^learnt from 1500 calls and saved for the service shop at .*state: .*ready.*, drift ready\n$/);
  assert.deepEqual(await started('shop', state), { ready: true, warm: true });
  assert.deepEqual(await started('bank', state), { ready: false, warm: false });
});

test('too few calls: 1, and nothing is saved', async () => {
  const path = join(folder, 'few.jsonl');
  writeFileSync(path, [...recordingLines({ calls: 20 })].join(''));
  const state = join(folder, 'none');
  const { code, err } = await runCommand(trainCommand, [path, '--state', state]);
  assert.equal(code, 1);
  assert.match(err, /20 calls are too few/);
  assert.deepEqual(await started('shop', state), { ready: false, warm: false });
});

test('without a state it cannot run', async () => {
  const { code, err } = await runCommand(trainCommand, [FILE]);
  assert.equal(code, 2);
  assert.match(err, /--state is missing/);
});
