import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wilson } from '../../../processor/truth/interval.js';
import { check, report, write } from './run.js';

/** Rows of which `right` are right. */
function rows(right: number, n: number): unknown[] {
  return Array.from({ length: n }, (_, i) => ({ label: 'a', prediction: i < right ? 'a' : 'b' }));
}

describe('what check decides', () => {
  // Wilson: 90 of 100 is 0.826 .. 0.945, 95 of 100 0.888 .. 0.978.
  const cases: readonly [number, string, string, number, string, string][] = [
    [90, '--min', '0.8', 0, 'pass', 'interval'],
    [90, '--min', '0.95', 1, 'fail', 'interval'],
    [90, '--min', '0.88', 0, 'undecided', 'value'],
    [90, '--min', '0.92', 1, 'undecided', 'value'],
    [90, '--min', '0.9', 0, 'undecided', 'value'],
    [90, '--max', '0.95', 0, 'pass', 'interval'],
    [90, '--max', '0.8', 1, 'fail', 'interval'],
    [90, '--max', '0.92', 0, 'undecided', 'value'],
    [90, '--max', '0.88', 1, 'undecided', 'value'],
    [100, '--min', '1', 0, 'pass', 'value'],
    [99, '--min', '1', 1, 'fail', 'value'],
    [0, '--max', '0', 0, 'pass', 'value'],
  ];
  for (const [right, flag, threshold, code, verdict, by] of cases) {
    it(`${right} of 100 with ${flag} ${threshold}: ${verdict} by the ${by}, exit ${code}`, async () => {
      const found = await report(rows(right, 100), [flag, `accuracy=${threshold}`]);
      assert.equal(found.code, code);
      assert.equal(found.report.ok, code === 0);
      const { verdict: said, decidedBy } = found.report.checks[0] ?? {};
      assert.deepEqual([said, decidedBy], [verdict, by]);
    });
  }

  it('fails what is undecided with --strict, passes it with --lenient, and changes nothing that is sure', async () => {
    const data = rows(90, 100);
    const codes = async (flag: string): Promise<number[]> =>
      Promise.all(
        ['0.8', '0.88', '0.92', '0.95'].map(async at => (await report(data, ['--min', `accuracy=${at}`, flag])).code),
      );
    assert.deepEqual(await codes('--strict'), [0, 1, 1, 1]);
    assert.deepEqual(await codes('--lenient'), [0, 0, 0, 1]);
  });

  it('says how many more rows would decide it: so many do, and one in ten fewer do not', async () => {
    const { report: found } = await report(rows(92, 100), ['--min', 'accuracy=0.9']);
    const n = 100 + (found.checks[0]?.moreRows ?? 0);
    assert.ok((wilson(0.92 * n, n)?.[0] ?? 0) >= 0.9);
    assert.ok((wilson(0.92 * 0.9 * n, 0.9 * n)?.[0] ?? 1) < 0.9);
    const text = (await check(['--dataset', write(rows(92, 100)), '--min', 'accuracy=0.9'])).out;
    assert.match(text, new RegExp(`undecided[\\s\\S]*about ${n - 100} more rows like these would decide it`));
  });

  it('promises nothing where the value is the threshold', async () => {
    const { report: found } = await report(rows(90, 100), ['--min', 'accuracy=0.9']);
    assert.equal(found.checks[0]?.moreRows, null);
  });

  it('says so where only the value can decide', async () => {
    const scored = Array.from({ length: 40 }, (_, i) => ({ label: i % 2 === 0, prediction: i % 2 === 0, score: 0.7 }));
    const { out } = await check([
      '--dataset',
      write(scored),
      '--max',
      'ece=0.5',
      '--min',
      'f1.macro=0.9',
      '--max',
      'left_out=0',
    ]);
    assert.match(out, /^ece: decided by the value; this measure has no interval/m);
    assert.match(out, /^f1\.macro: decided by the value; every draw gave the same/m);
    assert.match(out, /^left_out: decided by the value; the threshold is the end of its range/m);
  });

  it('does not take a perfect score over a few rows for sure', async () => {
    const few = rows(5, 5);
    assert.equal((await report(few, ['--min', 'f1.macro=0.9'])).code, 0);
    assert.equal((await report(few, ['--min', 'f1.macro=0.9', '--strict'])).code, 1);
  });

  it('fails a measure that has no value', async () => {
    const data = [
      { label: 'a', prediction: 'b' },
      { label: 'b', prediction: 'b' },
    ];
    const found = await report(data, ['--min', 'precision.a=0.5']);
    assert.equal(found.code, 1);
    assert.deepEqual([found.report.checks[0]?.verdict, found.report.checks[0]?.value], ['unknown', null]);
  });

  it('lets slices fail the check only with --every-slice', async () => {
    const data = [
      ...rows(50, 50).map(row => ({ ...(row as object), lang: 'en' })),
      ...rows(0, 10).map(row => ({ ...(row as object), lang: 'de' })),
    ];
    const args = ['--min', 'accuracy=0.7', '--slice', 'lang'];
    assert.equal((await report(data, args)).code, 0);
    assert.equal((await report(data, [...args, '--every-slice'])).code, 1);
    const { out } = await check(['--dataset', write(data), ...args, '--every-slice']);
    assert.match(out, /^failed: lang de: accuracy is 0 /m);
  });

  it('never shows a value as the threshold that it misses', async () => {
    const { out } = await check(['--dataset', write(rows(89_999, 100_000)), '--min', 'accuracy=0.9']);
    assert.match(out, /accuracy is 0\.89999 /);
  });
});
