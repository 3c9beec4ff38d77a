import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { readingLines, writingLines } from '../../processor/snapshot-lines.js';

function outcome<T>(work: Generator<void, T>): { readonly value: T; readonly slices: number } {
  for (let slices = 0; ; slices++) {
    const { done, value } = work.next();
    if (done === true) return { value, slices };
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i / 7);
const VALUES: readonly (readonly [what: string, value: Json])[] = [
  ['null', null],
  ['a text with line ends', 'a\nb\r\n\u2028"'],
  ['an empty list', []],
  ['a small tree', { a: [1, 'x', null, true, { b: {} }] }],
  ['a long list', numbers(50_000)],
  ['a list of lists', Array.from({ length: 5000 }, (_, i) => [i, 'model', i / 3, null])],
  ['a list of long lists, and short ones', [numbers(9000), [1], numbers(9000), [], 2]],
  ['a deep tree', { deep: { deeper: { list: numbers(20_000), 'a key': 'x'.repeat(100_000) }, more: [1] } }],
  ['more than a piece', Array.from({ length: 300 }, (_, i) => `${i}`.repeat(5000))],
  ['many keys', Object.fromEntries(numbers(9000).map(n => [`k${n}`, { n }]))],
  ['odd keys', { ...JSON.parse('{"__proto__":{"x":1}}'), constructor: numbers(20_000), '': 1 }],
];
for (const [what, value] of VALUES) {
  test(`${what} comes back as it was`, () => {
    const { value: pieces } = outcome(writingLines(value));
    assert.deepEqual(outcome(readingLines(Buffer.concat(pieces))).value, value);
  });
}

test('what is large is written and read in many slices, none of which is long', () => {
  const value = { pairs: Array.from({ length: 20_000 }, (_, i) => [i, 'gpt-4o', i % 7, i / 3]), text: 'small' };
  const { value: pieces, slices } = outcome(writingLines(value));
  const bytes = Buffer.concat(pieces);
  assert.ok(slices > 10, `${slices} slices`);
  const longest = Math.max(
    ...bytes
      .toString()
      .split('\n')
      .map(line => line.length),
  );
  assert.ok(longest < 100_000, `${longest} characters`);
  assert.equal(outcome(readingLines(bytes)).slices, slices);
});

const BROKEN: readonly (readonly [what: string, text: string])[] = [
  ['nothing', ''],
  ['another head', '{"snapshot":2}\n[[],1]\n'],
  ['a head alone', '{"snapshot":1}\n'],
  ['no JSON', '{"snapshot":1}\n[[],\n'],
  ['a path to nowhere', '{"snapshot":1}\n[[],{}]\n[["a","b"],1]\n'],
  ['a path through a text', '{"snapshot":1}\n[[],"x"]\n[["length"],1]\n'],
  ['a hole in a list', '{"snapshot":1}\n[[],[]]\n[[7],1]\n'],
  ['a path into what every object has', '{"snapshot":1}\n[[],{}]\n[["__proto__","x"],1]\n'],
  ['no pair', '{"snapshot":1}\n7\n'],
];
for (const [what, text] of BROKEN) {
  test(`${what} is refused`, () => {
    assert.throws(
      () => outcome(readingLines(Buffer.from(text))),
      error => MonitorError.is(error) && error.code === 'STATE_MISMATCH',
    );
  });
}
