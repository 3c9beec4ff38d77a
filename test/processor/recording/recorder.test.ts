import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createWiring } from '../../../core/wiring.js';
import type { DriftEvent } from '../../../processor/index.js';
import { readRecords } from '../../../processor/recording/record.js';
import { Recorder } from '../../../processor/recording/recorder.js';
import { FakeClock } from '../../fake-clock.js';

const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const EVENT: DriftEvent = {
  state: 'detected',
  signal: 'errors',
  direction: 'up',
  scope: { kind: 'all', name: 'all' },
  pages: true,
  at: 1_790_000_000_000,
  calls: 3,
  evidence: 7,
};

function make(path: string, maxWaiting?: number) {
  const clock = new FakeClock();
  const { store } = createWiring({ clock });
  const recorder = new Recorder({ path, clock, store, ...(maxWaiting === undefined ? {} : { maxWaiting }) });
  const dropped = () => store.value('selfDropped', { reason: 'recording' });
  const errors = () => store.value('selfErrors', { component: 'recording' });
  return { clock, recorder, dropped, errors };
}

const kindsOf = (text: string): string[] => [...readRecords(text.split('\n'))].map(({ kind }) => kind);

test('lines are written within a second, to the end of a file of its owner', async () => {
  const path = join(folder, 'a.jsonl');
  const { clock, recorder } = make(path);
  recorder.drift(EVENT);
  clock.advance(1000);
  await recorder.flush();
  assert.deepEqual(kindsOf(readFileSync(path, 'utf8')), ['header', 'drift']);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await recorder.stop();
  recorder.drift(EVENT);
  const second = make(path).recorder;
  await second.stop();
  assert.deepEqual(kindsOf(readFileSync(path, 'utf8')), ['header', 'drift', 'header']);
});

test('a name that ends in .gz is packed, piece by piece', async () => {
  const path = join(folder, 'a.jsonl.gz');
  const { recorder } = make(path);
  await recorder.flush();
  recorder.drift(EVENT);
  await recorder.stop();
  assert.deepEqual(kindsOf(gunzipSync(readFileSync(path)).toString()), ['header', 'drift']);
});

test('what waits is bounded: further lines are counted as dropped', async () => {
  const { recorder, dropped, errors } = make(join(folder, 'b.jsonl'), 300);
  for (let i = 0; i < 10; i++) recorder.drift(EVENT);
  assert.equal(dropped(), 9);
  assert.equal(errors(), 0);
  await recorder.flush();
  recorder.drift(EVENT);
  assert.equal(dropped(), 9, 'there is room again');
  await recorder.stop();
});

test('a file that cannot be written costs its lines, and nothing else', async () => {
  const { recorder, dropped, errors } = make(join(folder, 'not-there', 'c.jsonl'));
  recorder.drift(EVENT);
  await recorder.flush();
  assert.equal(dropped(), 2);
  assert.equal(errors(), 1);
  await recorder.stop();
  assert.equal(errors(), 1, 'nothing waits any more');
});

/** Has a process that may write files of 2 KiB at most record a drift of a name that does not pack. */
function recordUntilFull(path: string): string {
  const file = new URL('../../../processor/recording/recorder.js', import.meta.url).href;
  const script = `
    import { randomBytes } from 'node:crypto';
    import { Recorder } from '${file}';
    const counts = { add() {} };
    const clock = { now: () => 1, setTimeout: () => () => {} };
    const recorder = new Recorder({ path: process.argv[1], clock, store: { counter: () => counts } });
    await recorder.flush();
    recorder.drift({ signal: randomBytes(8192).toString('base64') });
    await recorder.flush();`;
  const limited = 'trap "" XFSZ; ulimit -f 4; exec "$0" --input-type=module -e "$1" "$2"';
  return spawnSync('sh', ['-c', limited, process.execPath, script, path], { encoding: 'utf8' }).stderr;
}

for (const name of ['full.jsonl', 'full.jsonl.gz'])
  test(`what a full disk took of a piece is taken back: ${name} is read to its end when there is room again`, async () => {
    const path = join(folder, name);
    assert.match(recordUntilFull(path), /the recording cannot be written/);
    await make(path).recorder.stop();
    const bytes = readFileSync(path);
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    assert.deepEqual(kindsOf(text), ['header', 'header']);
  });
