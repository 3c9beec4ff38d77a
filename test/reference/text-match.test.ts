import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bleu } from '../../processor/truth/bleu.js';
import { chrf } from '../../processor/truth/chrf.js';
import { levenshtein, levenshteinRatio } from '../../processor/truth/edit-distance.js';
import { exactMatch, rougeL, rougeN, spaceTokens, squadExactMatch, squadF1 } from '../../processor/truth/text-match.js';
import { sharedPath, skipWithoutShared } from '../shared.js';
import { compare } from './compare.js';

interface TextPair {
  readonly id: string;
  readonly note?: string;
  readonly prediction: string;
  readonly references: readonly string[];
  readonly expected: Readonly<Record<string, number | boolean>>;
}

const path = sharedPath('data', 'reference', 'text.json');
const pairs: readonly TextPair[] = path === undefined ? [] : JSON.parse(readFileSync(path, 'utf8')).pairs;

const MEASURES: Readonly<Record<string, (p: string, r: readonly string[]) => number | boolean>> = {
  exact: exactMatch,
  squad_em: squadExactMatch,
  squad_f1: squadF1,
  rouge1: (p, r) => rougeN(1, p, r),
  rouge2: (p, r) => rougeN(2, p, r),
  rougeL: (p, r) => rougeL(p, r),
  rouge1_space: (p, r) => rougeN(1, p, r, spaceTokens),
  rouge2_space: (p, r) => rougeN(2, p, r, spaceTokens),
  rougeL_space: (p, r) => rougeL(p, r, spaceTokens),
  bleu_add1: (p, r) => bleu(p, r, 'add1'),
  bleu_exp: (p, r) => bleu(p, r, 'exp'),
  chrf: (p, r) => chrf(p, r),
  levenshtein,
  levenshtein_ratio: levenshteinRatio,
};

test('every measure of the reference is compared', {
  skip: skipWithoutShared('data', 'reference', 'text.json'),
}, () => {
  for (const { expected } of pairs) assert.deepEqual(Object.keys(expected).sort(), Object.keys(MEASURES).sort());
});

for (const [name, measure] of Object.entries(MEASURES)) {
  test(`${name} equals the reference`, { skip: skipWithoutShared('data', 'reference', 'text.json') }, () => {
    for (const { id, note, prediction, references, expected } of pairs)
      compare(measure(prediction, references), expected[name], `${id} ${note ?? ''}`);
    assert.equal(pairs.length, 216);
  });
}
