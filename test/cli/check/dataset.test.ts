import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { MAX_LINE, readLines } from '../../../cli/check/lines.js';
import { check, type ReportJson, write } from './run.js';

const FINE = '{"label":"a","prediction":"a"}';
const SECRET = 'sesame-4711';
const SHOW = ['--show', 'accuracy'];

describe('datasets of check', () => {
  const fine: readonly [string, string | Uint8Array, number][] = [
    ['LF', `${FINE}\n${FINE}\n`, 2],
    ['CRLF', `${FINE}\r\n${FINE}\r\n`, 2],
    ['no end of the last line', `${FINE}\n${FINE}`, 2],
    ['blank lines', `\n${FINE}\n \r\n\n${FINE}\n\n`, 2],
    ['a byte-order mark', `\ufeff${FINE}\n`, 1],
    ['gzip, whatever the name', gzipSync(`${FINE}\n${FINE}\n`), 2],
    ['null for absent', '{"id":null,"score":null,"input":null,"label":"a","prediction":"a"}\n', 1],
    [
      'fields of somebody else',
      '{"label":"a","prediction":"a","x":{"y":[1]},"__proto__":{"label":"b"},"constructor":1}\n',
      1,
    ],
    [
      'deep JSON in such a field',
      `{"label":"a","prediction":"a","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`,
      1,
    ],
  ];
  for (const [name, content, rows] of fine) {
    it(`takes ${name}`, async () => {
      const { code, out, err } = await check(['--dataset', write(content), '--json', ...SHOW]);
      assert.equal(code, 0, err);
      const found = JSON.parse(out) as ReportJson;
      assert.deepEqual([found.rows, found.shown[0]?.value], [rows, 1]);
    });
  }

  const bad: readonly [string, string, RegExp][] = [
    ['no JSON', `{"label":"${SECRET}`, /is not JSON/],
    ['no object', `["${SECRET}"]`, /is not a JSON object/],
    ['deep JSON alone', '['.repeat(200_000), /is not JSON/],
    ['no label', `{"prediction":"${SECRET}"}`, /label is missing/],
    ['a label of a wrong type', `{"label":{"a":"${SECRET}"},"prediction":"a"}`, /label is not a text/],
    ['an empty list of labels', `{"label":[],"prediction":"${SECRET}"}`, /label is not a text/],
    ['a list of lists', `{"label":[["${SECRET}"]],"prediction":"a"}`, /label is not a text/],
    [
      'a label that is too long',
      JSON.stringify({ label: SECRET.repeat(2000), prediction: 'a' }),
      /label is not a text of at most 20000/,
    ],
    ['neither prediction nor output', `{"label":"${SECRET}"}`, /has neither output nor prediction/],
    ['an output of a wrong type', `{"label":"a","output":["${SECRET}"]}`, /output is not a text/],
    ['a prediction of a wrong type', `{"label":"a","prediction":{"a":"${SECRET}"}}`, /prediction is not a text/],
    ['a score beyond 1', `{"label":"${SECRET}","prediction":"a","score":1.5}`, /score is not a number from 0 to 1/],
    [
      'a score that is a text',
      `{"label":"${SECRET}","prediction":"a","score":"1"}`,
      /score is not a number from 0 to 1/,
    ],
    [
      'an input of a wrong type',
      `{"label":"a","prediction":"a","input":{"${SECRET}":1}}`,
      /input is not a text or an array of messages/,
    ],
    ['a task that is no name', `{"label":"a","prediction":"a","task":"${SECRET} "}`, /task is not 1 to 64/],
    ['an id of a wrong type', `{"label":"a","prediction":"a","id":["${SECRET}"]}`, /id is not a number or a text/],
    ['a line that is too long', `{"label":"a","prediction":"${'x'.repeat(MAX_LINE)}"}`, /is longer than 4194304 bytes/],
  ];
  for (const [name, line, message] of bad) {
    it(`names the line and the field, never the text: ${name}`, async () => {
      const path = write(`${FINE}\n${line}\n${FINE}\n`);
      const stopped = await check(['--dataset', path, ...SHOW]);
      assert.deepEqual([stopped.code, stopped.out], [2, '']);
      assert.match(stopped.err, /^llm-monitor check: line 2: /);
      assert.match(stopped.err, message);
      const went = await check(['--dataset', path, '--json', '--keep-going', ...SHOW, '--show', 'left_out']);
      assert.equal(went.code, 0);
      assert.match(went.err, /^line 2 is left out: /);
      const found = JSON.parse(went.out) as ReportJson;
      assert.deepEqual([found.rows, found.leftOut, found.shown[1]?.value], [2, 1, 1 / 3]);
      assert.doesNotMatch(stopped.err + stopped.out + went.err + went.out, new RegExp(SECRET));
    });
  }

  it('refuses bytes that are not UTF-8', async () => {
    const { code, err } = await check(['--dataset', write(Uint8Array.of(0x7b, 0xff, 0xfe, 0x0a)), ...SHOW]);
    assert.deepEqual([code, /line 1: is not UTF-8/.test(err)], [2, true]);
  });

  it('counts rows that are left out beyond the first ten', async () => {
    const { err, out } = await check(['--dataset', write(`${'{}\n'.repeat(500)}${FINE}\n`), '--keep-going', ...SHOW]);
    assert.equal(err.split('\n').length - 1, 11);
    assert.match(out, /1 row, multiclass, 500 left out/);
  });

  const useless: readonly [string, string | Uint8Array, RegExp][] = [
    ['an empty file', '', /no row of the dataset can be used; expected at least one/],
    ['blank lines alone', '\n\n', /no row of the dataset can be used/],
    ['bad rows alone', '{}\n{}\n', /no row of the dataset can be used, as 2 were left out/],
    ['half a gzip file', gzipSync(FINE.repeat(1000)).subarray(0, 40), /--dataset cannot be read to its end/],
  ];
  for (const [name, content, message] of useless) {
    it(`cannot check ${name}`, async () => {
      const { code, out, err } = await check(['--dataset', write(content), '--keep-going', ...SHOW]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
    });
  }

  it('refuses rows of several tasks, and takes those of one', async () => {
    const path = write([
      { task: 'x', label: 'a', prediction: 'a' },
      { task: 'y', label: 'a', prediction: 'b' },
      { label: 'a', prediction: 'b' },
    ]);
    const mixed = await check(['--dataset', path, ...SHOW]);
    assert.equal(mixed.code, 2);
    assert.match(mixed.err, /line 2: the rows are of several tasks, x and y among them; choose one with --task/);
    for (const [task, value] of [
      ['x', 1],
      ['y', 0],
      ['default', 0],
    ] as const) {
      const { out } = await check(['--dataset', path, '--json', '--task', task, ...SHOW]);
      const found = JSON.parse(out) as ReportJson;
      assert.deepEqual([found.rows, found.shown[0]?.value], [1, value]);
    }
  });

  it('needs no label where only evaluators are asked', async () => {
    const { code } = await check(['--dataset', write([{ output: 'Fine.' }]), '--max', 'flagged.refusal=0']);
    assert.equal(code, 0);
  });

  it('passes over a line beyond its limit, and finds the next', async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      const chunk = Buffer.alloc(1 << 20, 'x');
      for (let i = 0; i < 64; i++) yield chunk;
      yield Buffer.from('\nnext\n');
    }
    const found = [];
    for await (const line of readLines(chunks())) found.push('text' in line ? line.text : line.problem);
    assert.deepEqual(found, ['is longer than 4194304 bytes', 'next']);
  });

  it('reads lines alike wherever the bytes are cut', async () => {
    const bytes = Buffer.from('\ufeffeins\r\nzwölf €\n\n🐳\r\nende');
    for (let size = 1; size <= bytes.length; size++) {
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      const found = [];
      for await (const { number, offset, length, ...line } of readLines(chunks())) {
        found.push([number, 'text' in line ? line.text : '']);
        assert.ok(bytes.subarray(offset, offset + length).includes('text' in line ? line.text : '!'));
      }
      assert.deepEqual(found, [
        [1, 'eins'],
        [2, 'zwölf €'],
        [4, '🐳'],
        [5, 'ende'],
      ]);
    }
  });
});
