import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseExposition } from '../../../demo/view/exposition.js';

describe('parseExposition', () => {
  const cases: readonly [string, string, ReturnType<typeof parseExposition>][] = [
    ['a sample without labels', 'up 1', [{ name: 'up', labels: {}, value: 1 }]],
    ['a sample with a timestamp', 'up 1 1785542400000', [{ name: 'up', labels: {}, value: 1 }]],
    ['labels', 'a{b="c",d=""} 2.5e-3', [{ name: 'a', labels: { b: 'c', d: '' }, value: 0.0025 }]],
    [
      'escapes, braces and commas in a label',
      String.raw`a{b="x\"y\\z\n},c=\"1\""} 1`,
      [{ name: 'a', labels: { b: 'x"y\\z\n},c="1"' }, value: 1 }],
    ],
    ['infinity', 'a_bucket{le="+Inf"} +Inf', [{ name: 'a_bucket', labels: { le: '+Inf' }, value: Infinity }]],
    ['comments and empty lines', '# TYPE a counter\n\n# HELP a b 1\n', []],
    ['what is no sample', 'nonsense\n{} 1\n', []],
  ];
  for (const [name, text, expected] of cases) {
    it(`reads ${name}`, () => assert.deepEqual(parseExposition(text), expected));
  }

  it('reads NaN as such', () => assert.ok(Number.isNaN(parseExposition('a NaN')[0]?.value)));
});
