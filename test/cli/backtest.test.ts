import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { backtestCommand } from '../../cli/backtest.js';
import { RECORDED_FROM, recordingLines } from '../recordings.js';
import { runCommand } from './run-command.js';

const folder = mkdtempSync(join(tmpdir(), 'backtest-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const EVERY = 3000;
const [BEGIN, END] = [1400, 1800];
const FILE = join(folder, 'calls.jsonl');
writeFileSync(FILE, [...recordingLines({ calls: 2000, incident: [BEGIN, END], every: EVERY })].join(''));
const INCIDENTS = join(folder, 'incidents.jsonl');
const iso = (call: number): string => new Date(RECORDED_FROM + (call + 1) * EVERY).toISOString();
writeFileSync(INCIDENTS, `${JSON.stringify({ from: iso(BEGIN), to: iso(END), name: 'slow and failing' })}\n`);

interface Row {
  alert: string;
  count: number;
  falsePages: number;
  found: number;
  delay: number;
  pages: { at: string; about: string }[];
}

test('an incident pages by errors, latency, accuracy and drift, within it and after its hold', async () => {
  const { code, out, err } = await runCommand(backtestCommand, [FILE, '--json', '--incidents', INCIDENTS]);
  assert.equal(code, 0, err);
  const found = JSON.parse(out);
  assert.deepEqual([found.calls, found.labels, found.incidents], [2000, 500, 1]);
  const row = (alert: string): Row => found.alerts.find((one: Row) => one.alert === alert);
  for (const [alert, hold] of [
    ['LLMErrorRatioHigh', 300],
    ['LLMLatencyP95High', 600],
    ['LLMAccuracyLow', 300],
  ] as const) {
    const { count, falsePages, found: seen, delay } = row(alert);
    assert.ok(count >= 1 && count <= 3, `${alert} pages ${count} times`);
    assert.deepEqual([falsePages, seen], [0, 1], alert);
    // Accuracy is of the latest 500 labels: most of these are older than the incident.
    assert.ok(delay >= hold && delay <= ((END - BEGIN) * EVERY) / 1000, `${alert} after ${delay} s`);
  }
  const drift = found.alerts.filter((one: Row) => one.alert.startsWith('drift '));
  assert.ok(drift.some((one: Row) => one.found === 1 && one.delay < 300));
});

test('several thresholds and budgets in one pass give what each gives alone', async () => {
  const rows = async (...args: string[]): Promise<Row[]> => {
    const { code, out, err } = await runCommand(backtestCommand, [FILE, '--json', ...args]);
    assert.equal(code, 0, err);
    return JSON.parse(out).alerts;
  };
  const [low, high] = [
    ['--anomaly-threshold', '0.9', '--false-pages-per-day', '0.3'],
    ['--anomaly-threshold', '0.999', '--false-pages-per-day', '0.01'],
  ] as const;
  const both = new Map((await rows(...low, ...high)).map(row => [row.alert, row]));
  const alone = [...(await rows(...low)), ...(await rows(...high))];
  assert.deepEqual(new Set(both.keys()), new Set(alone.map(({ alert }) => alert)));
  for (const row of alone) assert.deepEqual(both.get(row.alert), row);
});

test('a quiet recording pages nobody', async () => {
  const quiet = join(folder, 'quiet.jsonl');
  writeFileSync(quiet, [...recordingLines({ calls: 2000, every: EVERY })].join(''));
  const { code, out } = await runCommand(backtestCommand, [quiet, '--json']);
  assert.equal(code, 0);
  assert.deepEqual(
    JSON.parse(out).alerts.filter(({ count }: Row) => count > 0),
    [],
  );
});

test('as a table', async () => {
  const { code, out } = await runCommand(backtestCommand, [FILE, '--incidents', INCIDENTS]);
  assert.equal(code, 0);
  assert.match(out, /^2000 calls and 500 labels from 2026-\S+ to 2026-\S+ \(0\.069\d* days\), preset online$/m);
  assert.match(out, /^LLMErrorRatioHigh +critical +\d +[\d.]+ +0 +1 of 1 +\d+ +2026-\S+Z openai gpt-4o/m);
});

const BAD = join(folder, 'bad.jsonl');
writeFileSync(BAD, '{"from":"yesterday","to":"2026-01-01T00:00:00Z","name":"x"}\n');
for (const [name, args, told] of [
  ['a threshold beyond 1', ['--anomaly-threshold', '2'], /--anomaly-threshold is "2"; expected a number from 0 to 1/],
  ['a budget of nothing', ['--false-pages-per-day', '0'], /expected a number above 0/],
  ['incidents without times', ['--incidents', BAD], /line 1: from is wrong; expected a time in ISO 8601/],
  ['no such option', ['--rule'], /--rule/],
] as const)
  test(`${name}: 2, with what was wrong`, async () => {
    const { code, err } = await runCommand(backtestCommand, [FILE, ...args]);
    assert.equal(code, 2);
    assert.match(err, told);
  });
