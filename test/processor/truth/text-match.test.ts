import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('texts beyond the limit are compared by their first words, in bounded time', () => {
  const long = Array.from({ length: 50_000 }, (_, i) => `w${i % 997}`).join(' ');
  const other = `${long.split(' ').slice(0, MAX_SEQUENCE).join(' ')} and something else`;
  assert.equal(rougeL(long, [other]), 1);
  assert.equal(rougeL('a b c d', ['a b x y'], undefined, 2), 1);
});
