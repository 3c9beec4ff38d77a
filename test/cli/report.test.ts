import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { reportCommand } from '../../cli/report.js';
import { callLine, HEADER, labelLine } from './report/recording.js';
import { runCommand } from './run-command.js';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const LINES = `${[HEADER, callLine(0, {}), labelLine(0, { actual: 'a', predicted: 'a' }), callLine(1, {})].join('\n')}\n`;

test('writes a page and says where, from plain and packed recordings alike', async () => {
  const pages = [file('plain.jsonl', LINES), file('packed.jsonl.gz', gzipSync(LINES))].map(async (path, i) => {
    const out = join(folder, `page-${i}.html`);
    const { code, out: said } = await runCommand(reportCommand, [path, '--out', out, '--title', 'Our week']);
    assert.equal(code, 0);
    assert.equal(said, `${out}: 2 calls\n`);
    return readFileSync(out, 'utf8');
  });
  const [plain, packed] = await Promise.all(pages);
  assert.equal(plain, packed);
  assert.match(plain ?? '', /<h1>Our week<\/h1>/);
});

test('--json prints the figures and writes no page of its own accord', async () => {
  const { code, out } = await runCommand(reportCommand, [file('json.jsonl', LINES), '--json']);
  assert.equal(code, 0);
  const facts = JSON.parse(out);
  assert.deepEqual([facts.version, facts.all.calls, facts.tasks[0].labels], [1, 2, 1]);
});

test('a page never takes the place of its recording, by whatever name', async () => {
  const path = file('kept.jsonl', LINES);
  const link = join(folder, 'link.html');
  symlinkSync(path, link);
  for (const out of [path, link]) {
    const { code, err } = await runCommand(reportCommand, [path, '--out', out]);
    assert.equal(code, 2);
    assert.match(err, /the recording itself/);
    assert.equal(readFileSync(path, 'utf8'), LINES);
  }
});

test('an empty recording is a report that says so', async () => {
  const { code, out } = await runCommand(reportCommand, [file('empty.jsonl', ''), '--json']);
  assert.equal(code, 0);
  assert.equal(JSON.parse(out).all, undefined);
});

const BAD: readonly (readonly [string, string, RegExp])[] = [
  ['no JSON', '{"kind":', /line 2: .*JSON/],
  ['an unknown kind', '{"kind":"toast"}', /line 2: kind/],
  [
    'a score beyond 1',
    callLine(3, { evaluations: { pii: { score: 2, flagged: false } } }),
    /line 2: evaluations\.pii\.score/,
  ],
  ['a label without a verdict', labelLine(3, {}), /line 2: .*actual and predicted/],
  ['a time that is none', labelLine(3, { actual: 'a', predicted: 'a', at: 9e15 }), /line 2: at/],
  ['a weight of 0', labelLine(3, { actual: 'a', predicted: 'a', weight: 0 }), /line 2: weight/],
];

for (const [name, line, expected] of BAD) {
  test(`${name}: the line and the field are named, and --keep-going leaves it out`, async () => {
    const path = file('bad.jsonl', `${HEADER}\n${line}\n${callLine(0, {})}\n`);
    const strict = await runCommand(reportCommand, [path, '--json']);
    assert.equal(strict.code, 2);
    assert.match(strict.err, expected);
    const lenient = await runCommand(reportCommand, [path, '--json', '--keep-going']);
    assert.equal(lenient.code, 0);
    assert.match(lenient.err, /line 2 is left out/);
    const { all, linesLeftOut } = JSON.parse(lenient.out);
    assert.deepEqual([all.calls, linesLeftOut], [1, 1]);
  });
}

test('a label of another kind than its task is a bad line', async () => {
  const lines = [labelLine(0, { actual: 'a', predicted: 'a' }), labelLine(1, { taskKind: 'number', error: 1 })];
  const { code, err } = await runCommand(reportCommand, [file('kinds.jsonl', lines.join('\n')), '--json']);
  assert.equal(code, 2);
  assert.match(err, /line 2: taskKind is number; labels of this task were multiclass before/);
});

for (const [name, args, expected] of [
  ['no recording', [], /no recording given/],
  ['two recordings', ['a', 'b'], /one file too many/],
  ['an empty --out', ['a', '--out', ''], /--out is empty/],
  ['an option nobody knows', ['a', '--pdf'], /--pdf/],
  ['a file that is not there', ['/nowhere/a.jsonl', '--json'], /cannot be read/],
] as const) {
  test(`${name} is wrong use`, async () => {
    const { code, err } = await runCommand(reportCommand, args);
    assert.equal(code, 2);
    assert.match(err, expected);
  });
}
