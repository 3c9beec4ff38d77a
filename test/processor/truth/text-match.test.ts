import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chrf } from '../../../processor/truth/chrf.js';
import { MAX_SEQUENCE, rougeL, rougeN, squadF1, squadTokens, wordTokens } from '../../../processor/truth/text-match.js';

const TOKENS: readonly (readonly [text: string, squad: readonly string[], words: readonly string[]])[] = [
  ['The cat, an owl.', ['cat', 'owl'], ['the', 'cat', 'an', 'owl']],
  ['été a été', ['été', 'été'], ['été', 'a', 'été']],
  ['éa', ['éa'], ['éa']],
  ['state-of-the-art', ['stateoftheart'], ['state', 'of', 'the', 'art']],
  ['我住在 Berlin', ['我住在', 'berlin'], ['我', '住', '在', 'berlin']],
  ['', [], []],
];
for (const [text, squad, words] of TOKENS) {
  test(`tokens of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(squadTokens(text), squad);
    assert.deepEqual(wordTokens(text), words);
  });
}

test('the best of several references counts, and common tokens count as often as they occur', () => {
  assert.equal(squadF1('yes yes yes', ['no', 'yes']), (2 * 1) / 4);
  assert.equal(rougeN(2, 'yes', ['yes']), 1);
  assert.equal(rougeL('the gunman kill police', ['police kill the gunman']), 0.5);
});

test('chrF: by hand, the best reference, and a longer text by its first characters', () => {
  // Orders 1 to 3: precision 2/3, 1/2, 0; recall the same.
  const mean = (2 / 3 + 1 / 2 + 0) / 3;
  assert.equal(chrf('abc', ['abd']), mean);
  assert.equal(chrf('a b\tc', ['xyz', 'abc']), 1);
  assert.equal(chrf('abcd', ['abxy'], 2), 1);
  assert.equal(chrf('', ['']), 1);
  assert.equal(chrf(' ', ['a']), 0);
});

test('hostile lengths cost what their first characters cost', () => {
  const cost = (length: number): number => {
    const [said, other] = ['a'.repeat(length), 'ab'.repeat(length / 2)];
    const start = performance.now();
    chrf(said, [other]);
    return performance.now() - start;
  };
  cost(4096);
  const bounded = Math.min(...[1, 2, 3].map(() => cost(4096)));
  assert.ok(Math.min(...[1, 2, 3].map(() => cost(1_000_000))) < bounded * 8 + 5);
});

test('texts beyond the limit are compared by their first words, in bounded time', () => {
  const long = Array.from({ length: 50_000 }, (_, i) => `w${i % 997}`).join(' ');
  const other = `${long.split(' ').slice(0, MAX_SEQUENCE).join(' ')} and something else`;
  assert.equal(rougeL(long, [other]), 1);
  assert.equal(rougeL('a b c d', ['a b x y'], undefined, 2), 1);
});
