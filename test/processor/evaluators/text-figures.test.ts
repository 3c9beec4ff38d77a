import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countSyllables } from '../../../processor/evaluators/readability.js';
import { estimateTokens } from '../../../processor/evaluators/token-estimate.js';
import { skipWithoutShared } from '../../shared.js';
import { judge, prose, scored } from './answers.js';
import { rowsOf } from './judge-rows.js';

describe('type-token ratio', () => {
  it('is the share of different words', () => {
    const { score, flagged } = scored(judge('type_token_ratio', 'one two three four five one two three four five'));
    assert.deepEqual([score, flagged], [0.5, false]);
  });

  it('counts characters of scripts without spaces', () => {
    assert.equal(scored(judge('type_token_ratio', '我们今天去公园玩吧朋友')).score, 1);
  });

  it('skips few words', () => assert.deepEqual(judge('type_token_ratio', 'a b c'), { skipped: 'too_short' }));
});

describe('syllables', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['cat', 1],
    ['table', 2],
    ['make', 1],
    ['the', 1],
    ['beautiful', 3],
    ['rhythm', 1],
    ["don't", 1],
    ['don’t stop', 2],
    ['information', 4],
    ['well—known', 2],
    ['', 0],
    ['3.5 %', 0],
  ];
  for (const [word, count] of rows) it(`${count} in ${word}`, () => assert.equal(countSyllables(word), count));
});

describe('readability', () => {
  const grade = (text: string) => scored(judge('readability', text)).score * 30;
  it('follows the formula', () => {
    // 24 words of one syllable in four sentences.
    const text = 'The cat sat on the mat. '.repeat(4);
    assert.equal(grade(text).toFixed(3), Math.max(0, 0.39 * 6 + 11.8 - 15.59).toFixed(3));
  });

  it('grows with words and sentences', () => {
    const hard =
      'Notwithstanding considerable institutional disagreement, contemporary epidemiological investigations consistently demonstrate statistically significant associations between environmental particulate concentrations and cardiovascular hospitalisation across metropolitan populations.';
    assert.ok(grade(hard) > 20);
    assert.ok(
      grade('We went to the park. It was a very sunny day. The children played with a happy little dog there.') < 5,
    );
  });

  it('skips what it cannot judge', () => {
    assert.deepEqual(judge('readability', 'Too short.'), { skipped: 'too_short' });
    assert.deepEqual(judge('readability', 'Мы пошли в парк. '.repeat(9)), { skipped: 'script' });
  });
});

describe('answer script', () => {
  const rows: readonly (readonly [string, string, number])[] = [
    ['Hello, world', 'latin', 1],
    ['Grüße aus Łódź', 'latin', 1],
    ['Привет, мир', 'cyrillic', 1],
    ['你好 abc', 'latin', 0.6],
    ['こんにちは', 'kana', 1],
    ['안녕하세요', 'hangul', 1],
    ['مرحبا', 'arabic', 1],
    ['नमस्ते', 'devanagari', 1],
    ['ሰላም', 'other', 1],
  ];
  for (const [answer, script, share] of rows)
    it(`${answer} is ${script}`, () => {
      const { score, reason, flagged } = scored(judge('answer_script', answer));
      assert.deepEqual([reason, score, flagged], [script, share, false]);
    });

  it('skips an answer without a letter', () => {
    for (const answer of ['123', '—', '😀']) assert.deepEqual(judge('answer_script', answer), { skipped: 'no_output' });
  });
});

/**
 * Characters a token of o200k_base has by language: the mean of FLORES+ (mothertoken, 2026-06-24) and FineWeb-2 (tokka-bench,
 * bytes a token over the bytes a character of the set), FineWeb-2 times 1.03 where only that is there.
 */
const PUBLISHED: Readonly<Record<string, number>> = {
  en: 4.74,
  de: 4.35,
  fr: 4.28,
  es: 4.47,
  it: 3.98,
  pt: 4.29,
  nl: 4.41,
  sv: 3.77,
  da: 3.69,
  nb: 3.66,
  fi: 3.4,
  pl: 3.19,
  cs: 3.11,
  sk: 3.03,
  hu: 2.96,
  ro: 3.4,
  tr: 3.44,
  el: 2.82,
  ru: 3.61,
  uk: 2.86,
  bg: 3.05,
  ar: 3.09,
  fa: 2.93,
  he: 2.64,
  hi: 3.09,
  bn: 2.83,
  th: 2.42,
  vi: 3.43,
  id: 4.18,
  ja: 1.28,
  ko: 1.69,
  zh: 1.23,
};

describe('token estimate', () => {
  it('is 0 for nothing and at least 1 for something', () => {
    assert.equal(estimateTokens(''), 0);
    assert.equal(estimateTokens('a'), 1);
    assert.ok(estimateTokens('\ud800\u0000') >= 1);
  });

  it('counts digits by threes and signs by runs', () => {
    assert.equal(estimateTokens('123456789'), 3);
    assert.equal(estimateTokens('-'.repeat(21)), 10);
  });

  it('is linear in a long text, of which it reads the ends', () => {
    const once = estimateTokens(prose(20_000));
    const ten = estimateTokens(prose(200_000));
    assert.ok(Math.abs(ten / once - 10) < 0.3, `${once} ${ten}`);
  });

  it('scores on a logarithmic scale and never flags', () => {
    const { score, flagged } = scored(judge('token_estimate', prose(1000)));
    assert.ok(score > 0.5 && score < 0.6, `${score}`);
    assert.equal(flagged, false);
    assert.equal(scored(judge('token_estimate', '漢字'.repeat(50_000))).score, 1);
  });

  it('is within 12 % of the published ratio for each language', {
    skip: skipWithoutShared('data', 'quality', 'language'),
  }, () => {
    const characters = new Map<string, number>();
    const tokens = new Map<string, number>();
    for (const { kind, label, input } of rowsOf('language')) {
      if (kind !== 'sentence') continue;
      const language = String(label);
      characters.set(language, (characters.get(language) ?? 0) + [...input].length);
      tokens.set(language, (tokens.get(language) ?? 0) + estimateTokens(input));
    }
    assert.equal(characters.size, 32);
    for (const [language, count] of characters) {
      const expected = count / (PUBLISHED[language] ?? Number.NaN);
      const error = (tokens.get(language) ?? 0) / expected - 1;
      assert.ok(Math.abs(error) <= 0.12, `${language} ${error}`);
    }
  });
});
