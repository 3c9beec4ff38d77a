import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { replayCommand } from '../../cli/replay.js';
import { trainCommand } from '../../cli/train.js';
import { Detection, DriftWatch } from '../../processor/index.js';
import { readRecords } from '../../processor/recording/record.js';
import { Replay } from '../../processor/recording/replay.js';
import { recordingLines } from '../recordings.js';
import { runCommand } from './run-command.js';

const folder = mkdtempSync(join(tmpdir(), 'replay-command-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const LINES = [...recordingLines({ calls: 1500, incident: [1200, 1300] })];
const FILE = join(folder, 'calls.jsonl.gz');
writeFileSync(FILE, gzipSync(LINES.join('')));

test('says what is odd and what has changed, and writes the scores that the library gives', async () => {
  const out = join(folder, 'scored.jsonl');
  const { code, out: text, err } = await runCommand(replayCommand, [FILE, '--json', '--out', out]);
  assert.equal(code, 0, err);
  const found = JSON.parse(text);
  assert.deepEqual([found.calls, found.labels, found.wrongLines], [1500, 375, 0]);
  assert.ok(found.flagged > 5 && found.flagged === found.flaggedCalls.length);
  const [first] = found.flaggedCalls;
  assert.ok(first.score >= 0.99 && Object.keys(first.features).length <= 3 && first.time.endsWith('Z'));
  assert.ok(found.driftEvents.some((event: { signal: string }) => event.signal === 'latency'));
  const replay = new Replay({ detection: new Detection(), drift: new DriftWatch() });
  const expected = [...readRecords(LINES)]
    .map(record => [record, replay.take(record)] as const)
    .filter(([record]) => record.kind === 'call')
    .map(([, { findings }]) => Object.fromEntries(findings?.found.map(one => [one.detector, one.score]) ?? []));
  const scores = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).scores);
  assert.deepEqual(scores, expected);
});

test('as text: a line a flagged call and a change, and the sum', async () => {
  const { code, out } = await runCommand(replayCommand, [FILE]);
  assert.equal(code, 0);
  assert.match(out, /^2026-\S+Z {2}flagged {2}gpt-4o\S* {2}\w+ 0\.99\d+ {2}\w+ \d+ %/m);
  assert.match(out, /drift {2}latency up in \S+ detected/);
  assert.match(out, /^1500 calls and 375 labels from 2026-/m);
});

test('a name in a recording cannot steer the terminal', async () => {
  const path = join(folder, 'steers.jsonl');
  writeFileSync(path, LINES.join('').replaceAll('"requested":"gpt-4o', '"requested":"\\u001b[2Jgpt-4o'));
  const { code, out } = await runCommand(replayCommand, [path]);
  assert.equal(code, 0);
  assert.match(out, /flagged {2}\?\[2Jgpt-4o/);
  assert.ok(!out.includes('\u001b'));
});

test('a wrong line is named and ends it with 2; with --keep-going it is left out', async () => {
  const path = join(folder, 'wrong.jsonl');
  writeFileSync(
    path,
    [LINES[0], LINES[1], '{"kind":"call","at":1,"call":{"startedAt":1}}\n', 'secret\n', LINES[3]].join(''),
  );
  const stopped = await runCommand(replayCommand, [path]);
  assert.equal(stopped.code, 2);
  assert.match(stopped.err, /line 3: call\.duration is wrong/);
  const { code, err, out } = await runCommand(replayCommand, [path, '--keep-going', '--json']);
  assert.equal(code, 0);
  assert.match(err, /line 3: .*\nline 4 is not JSON/);
  assert.doesNotMatch(err, /secret/);
  assert.deepEqual([JSON.parse(out).calls, JSON.parse(out).wrongLines], [2, 2]);
});

for (const [name, args, told] of [
  ['no file', [], /0 files are given; expected one/],
  ['a file that is not there', [join(folder, 'none')], /cannot be read/],
  ['an --out that is the recording', [FILE, '--out', FILE], /the recording itself/],
  ['an unknown preset', [FILE, '--preset', 'bank'], /--preset is "bank"; expected online/],
  ['a state where nothing is', [FILE, '--state', join(folder, 'empty')], /nothing is saved for the service shop/],
] as const)
  test(`${name}: 2, with what was wrong`, async () => {
    const { code, err } = await runCommand(replayCommand, args);
    assert.equal(code, 2);
    assert.match(err, told);
  });

test('what was trained is where a replay starts', async () => {
  const state = join(folder, 'state');
  const trained = await runCommand(trainCommand, [FILE, '--state', state, '--json']);
  assert.equal(trained.code, 0, trained.err);
  assert.deepEqual([JSON.parse(trained.out).calls, JSON.parse(trained.out).service], [1500, 'shop']);
  const short = join(folder, 'short.jsonl');
  writeFileSync(short, LINES.slice(0, 50).join(''));
  const cold = await runCommand(replayCommand, [short, '--json']);
  const warm = await runCommand(replayCommand, [short, '--json', '--state', state]);
  assert.equal(JSON.parse(cold.out).scored, 0);
  assert.equal(JSON.parse(warm.out).scored, JSON.parse(warm.out).calls);
});
