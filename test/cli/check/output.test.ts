import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { xml } from '../../../cli/check/junit.js';
import { markdown } from '../../../cli/check/markdown.js';
import { check, newPath, write } from './run.js';

const NASTY = `<b>&"'|*]]>`;
const rows = write([
  ...Array(6).fill({ label: NASTY, prediction: NASTY, lang: '<i>' }),
  ...Array(4).fill({ label: NASTY, prediction: 'x', lang: 'a|b' }),
  { label: 'x', prediction: 'x', lang: '\u001b[31mred' },
]);
const ARGS = ['--dataset', rows, '--min', `recall.${NASTY}=0.9`, '--max', 'left_out=0.5'];

describe('what check writes', () => {
  it('a table with n, value, interval, threshold and verdict, and one line why', async () => {
    const { code, out } = await check(['--dataset', write([{ label: 'a', prediction: 'b' }]), '--min', 'accuracy=0.9']);
    assert.equal(code, 1);
    const lines = out.split('\n');
    assert.match(lines[2] ?? '', /^measure +n +value +95 % interval +wanted +verdict$/);
    assert.match(lines[3] ?? '', /^accuracy +1 +0 +0 \.\. 0\.7935 +>= 0\.9 +FAIL$/);
    assert.match(out, /\nfailed: accuracy is 0 \(95 % 0 \.\. 0\.7935\) over 1; wanted at least 0\.9\n$/);
  });

  it('no control characters of the rows', async () => {
    const { out } = await check([...ARGS, '--slice', 'lang']);
    assert.doesNotMatch(out, /\u001b/);
    assert.match(out, /^\(other\) /m);
  });

  it('JUnit XML in which nothing of the rows is markup', async () => {
    const path = newPath('junit.xml');
    assert.equal((await check([...ARGS, '--junit', path])).code, 1);
    const text = readFileSync(path, 'utf8');
    assert.match(text, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /);
    assert.match(text, /<testsuite name="llm-monitor\.check" tests="2" failures="1" errors="0"/);
    assert.match(text, /name="recall\.&lt;b&gt;&amp;&quot;&apos;\|\*\]\]&gt; &gt;= 0\.9"/);
    assert.match(text, /<failure type="fail" message="recall/);
    assert.doesNotMatch(text, /<b>|]]>/);
    const names = [...text.matchAll(/<(\/?)([a-z-]+)[^>]*?(\/?)>/g)].filter(match => match[3] !== '/');
    const open: string[] = [];
    for (const [, end, name] of names)
      if (end === '/') assert.equal(open.pop(), name);
      else open.push(name as string);
    assert.deepEqual(open, []);
  });

  it('JUnit XML of a check that could not run, without what no XML may hold', async () => {
    const path = newPath('junit.xml');
    assert.equal((await check(['--dataset', write('{}\n'), '--min', 'accuracy=0.9', '--junit', path])).code, 2);
    assert.match(readFileSync(path, 'utf8'), /errors="1"[\s\S]*<error type="error" message="line 1: label is missing/);
    assert.equal(xml('a\u0000\u001b\ud800\ufffeb'), 'a????b');
  });

  it('says with 2 where JUnit XML cannot be written', async () => {
    const { code, err } = await check([...ARGS, '--junit', '/nowhere/at/all.xml']);
    assert.deepEqual([code, /--junit is "\/nowhere\/at\/all\.xml", which cannot be written/.test(err)], [2, true]);
  });

  it('a page for GitHub, appended, in which nothing of the rows is Markdown', async () => {
    const path = write('before\n', 'summary.md');
    const env = { GITHUB_STEP_SUMMARY: path };
    assert.equal((await check([...ARGS, '--slice', 'lang'], env)).code, 1);
    const text = readFileSync(path, 'utf8');
    assert.match(text, /^before\n### Check failed\n/);
    assert.doesNotMatch(text, /<b>|<i>|\*/);
    const widths = text
      .split('\n')
      .filter(line => line.startsWith('|'))
      .map(line => line.split('|').length);
    assert.deepEqual(new Set(widths.slice(0, 4)), new Set([8]));
    assert.deepEqual(new Set(widths.slice(4)), new Set([9]));
    assert.equal(markdown('a\nb'), 'a?b');
  });

  it('nothing else changes where that page cannot be written', async () => {
    const { code, err } = await check(['--dataset', rows, '--show', 'accuracy'], {
      GITHUB_STEP_SUMMARY: '/nowhere/at/all',
    });
    assert.equal(code, 0);
    assert.match(err, /^GITHUB_STEP_SUMMARY cannot be written: /);
  });
});
