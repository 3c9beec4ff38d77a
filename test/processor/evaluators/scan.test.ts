import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SCAN_LIMITS, scan, type TextFacts } from '../../../processor/evaluators/scan.js';
import { prose } from './answers.js';

const read = (answer: string): TextFacts => scan({ input: [], output: [answer] });

describe('scan counts', () => {
  const rows: readonly (readonly [string, string, Partial<Record<keyof TextFacts, number>>])[] = [
    ['nothing', '', { length: 0, words: 0, choice: -1, sentences: 0, lines: 0 }],
    ['white space', ' \n\t ', { words: 0, choice: -1 }],
    ['words, whatever their case', 'The cat and the CAT.', { words: 5, distinctWords: 3, sentences: 1, lines: 1 }],
    ['a contraction as one word', "I can't, I won’t", { words: 4, distinctWords: 3 }],
    ['sentences, not decimals', 'It is 3.5 m. Really? Yes', { sentences: 3, digits: 2 }],
    ['lines and list items', '1. one\n2) two\n\n- three\n* four\nfive', { lines: 5, listLines: 4, words: 5 }],
    ['fences', '```js\nx\n```', { fences: 2, lines: 3 }],
    ['groups of three that come again', 'a b c d a b c', { trigrams: 5, repeatedTrigrams: 1 }],
    ['each character of Chinese', '我们不能。你好', { words: 6, sentences: 2, nonAscii: 7, characters: 7 }],
    ['an emoji as one', '😂😂', { words: 2, characters: 2, length: 4 }],
    ['what cannot be seen', 'he\u200bllo\u00ad', { words: 1, invisible: 2 }],
  ];
  for (const [name, answer, expected] of rows) {
    it(name, () => {
      const facts = read(answer);
      for (const [key, value] of Object.entries(expected)) assert.equal(facts[key as keyof TextFacts], value, key);
    });
  }

  it('takes the first choice that says something', () => {
    const facts = scan({ input: [{ role: 'user', text: 'four' }], output: ['', ' ', 'yes', 'no'] });
    assert.deepEqual([facts.choice, facts.answer, facts.inputLength], [2, 'yes', 4]);
  });

  it('sees the same word through accents, width, marks and look-alikes', () => {
    const facts = read('cafe café CAFÉ ｃａｆｅ cafe\u0301 саfе c\u200ba\u200bf\u200be 𝐜𝐚𝐟𝐞');
    assert.equal(facts.words, 8);
    assert.equal(facts.distinctWords, 1);
  });

  it('reads the head and the tail of a long answer and says what it left out', () => {
    const answer = `${prose(SCAN_LIMITS.head)}${'z'.repeat(5000)}${prose(SCAN_LIMITS.tail, 2)}`;
    const facts = read(answer);
    assert.equal(facts.omitted, 5000);
    assert.equal(facts.length, answer.length);
    assert.equal(facts.longestRun.length, 0);
    assert.equal(read(answer.slice(0, 20_480)).omitted, 0);
  });

  it('does not depend on what was scanned before', () => {
    const answer = 'I cannot help with that. I cannot help with that. I cannot help with that.';
    const before = read(answer);
    read(prose(30_000));
    read('漢'.repeat(500));
    const counts = (facts: typeof before) => ({ ...facts, normalised: undefined, plain: undefined });
    assert.deepEqual(counts(read(answer)), counts(before));
  });

  it('takes any string', () => {
    const odd = [
      '\ud800',
      'a\udc00b',
      '\u0000\u0001',
      '\ufeff',
      'e\u0301'.repeat(50),
      '\udbff'.repeat(9),
      '\r\r\r',
      '\u2028x',
      "'",
      '12',
      '1.',
      '```',
    ];
    for (const text of odd) assert.ok(read(text).characters <= text.length);
  });
});

describe('stretches without white space', () => {
  const rows: readonly (readonly [name: string, answer: string, longest: number, mixed: boolean])[] = [
    ['short ones are not looked at', 'a 1234567 AbCdEfG', 0, false],
    ['words do not mix', 'The understanding of incomprehensible, self-explanatory McDonald', 17, false],
    ['a digit in seven', 'see pages10 there', 0, false],
    ['a digit in eight', 'see chapter1 there', 8, true],
    ['three capitals', 'say accessTokenXY', 13, true],
    ['three capitals in two words', 'say AccessToken XaaaAaaaa', 11, false],
    ['a digit in another word', 'there are 7 understandings', 14, false],
    ['a digit behind a long word', `${'x'.repeat(26)}1`, 27, true],
    ['what is in disguise', 'sееsесrет', 9, true],
    ['marks beyond ASCII are no letters', 'shouldn’t “understand”', 12, false],
    ['a very long one', 'x'.repeat(40), 40, true],
    ['the last before a line end', 'a password1\nb', 9, true],
  ];
  for (const [name, answer, longest, mixed] of rows) {
    it(name, () => {
      const facts = read(answer);
      assert.deepEqual([facts.longestStretch, facts.mixedStretch], [longest, mixed]);
    });
  }
});

describe('runs', () => {
  const rows: readonly (readonly [name: string, answer: string, length: number, start: number])[] = [
    ['shorter than eight', 'ccccccc!!!!!!!', 0, 0],
    ['of eight, wherever it begins', 'bcdefghijkaaaaaaaab', 8, 10],
    ['the longest, the first of two', `xx${'o'.repeat(9)}y${'u'.repeat(12)}y${'e'.repeat(12)}`, 12, 12],
    ['a line does not hide one', `${'-'.repeat(40)} ${'a'.repeat(10)}`, 10, 41],
    ['but one five times as long does', `${'-'.repeat(60)} ${'a'.repeat(10)}`, 60, 0],
    ['not of white space', `a${' '.repeat(30)}${'\n'.repeat(30)}b`, 0, 0],
  ];
  for (const [name, answer, length, start] of rows) {
    it(name, () => {
      for (let shift = 0; shift < 9; shift++) {
        const { longestRun } = read(`${'ab'.repeat(5).slice(0, shift)}${answer}`);
        assert.deepEqual([longestRun.length, longestRun.start], length === 0 ? [0, 0] : [length, start + shift]);
      }
    });
  }
});

describe('loops', () => {
  const rows: readonly (readonly [string, string, { period: number; words: number; slips: number } | undefined])[] = [
    ['none', 'one two three four five', undefined],
    ['a word', 'so no no no no no', { period: 1, words: 5, slips: 0 }],
    ['a phrase with a beginning', 'here it is: we go on we go on we go on', { period: 3, words: 9, slips: 0 }],
    ['list items but for their numbers', '1. go home\n2. go home\n3. go home', { period: 2, words: 6, slips: 0 }],
    ['inside one endless word', 'ab'.repeat(60), { period: 1, words: 5, slips: 0 }],
    [
      'one word that changes each round',
      [1, 2, 3, 4].map(n => `Now we look at part ${n} of the long plan.`).join(' '),
      { period: 10, words: 40, slips: 3 },
    ],
  ];
  for (const [name, answer, expected] of rows) {
    it(name, () => {
      const { loop } = read(answer);
      if (expected === undefined) assert.equal(loop, undefined);
      else assert.deepEqual({ period: loop?.period, words: loop?.words, slips: loop?.slips }, expected);
    });
  }

  it('says where it is', () => {
    const answer = 'Well, then. Round and about, round and about, round and about';
    const { loop, endLoop } = read(answer);
    assert.equal(answer.slice(loop?.start, loop?.end), 'Round and about, round and about, round and about');
    assert.deepEqual(endLoop, loop);
  });

  it('tells the longest from the one that the answer ends in', () => {
    const half = prose(300);
    const { loop, endLoop } = read(`${half} ${half} and so on and so on and so on and so on`);
    assert.ok(loop !== undefined && loop.period > 20);
    assert.equal(endLoop?.period, 3);
  });
});

describe('phrases', () => {
  it('are found with their place, sentence and whatever stands between the words', () => {
    const answer = "Hello.\nI’m sorry, but I **can't**\nassist with it.";
    const found = read(answer).phrases.find(({ group }) => group === 'refuse');
    assert.ok(found !== undefined);
    assert.equal(answer.slice(found.start, found.end), "I **can't**\nassist");
  });

  it('are found in disguise', () => {
    assert.ok(read('I cаn\u200bnot ａｓｓｉｓｔ').phrases.some(({ group }) => group === 'refuse'));
  });

  it('are not found over the hole in a long answer', () => {
    const limits = { head: 100, tail: 100 };
    const answer = `${prose(92)} I cannot${'y'.repeat(50)}assist ${prose(93)}`;
    assert.deepEqual(scan({ input: [], output: [answer] }, limits).phrases, []);
  });

  it('are limited in number', () => {
    assert.equal(read('I cannot assist. '.repeat(500)).phrases.length, 64);
  });
});

describe('the normalised view', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['plain text', 'Hello, World', 'hello, world'],
    ['width and invisible', 'Ｐａ\u200bssword', 'password'],
    ['line ends', 'a\u2028b\u00a0c', 'a\nb c'],
  ];
  for (const [name, answer, expected] of rows) it(name, () => assert.equal(read(answer).normalised.text, expected));

  it('finds the way back', () => {
    const answer = '😀 x\u200b\u200bÉy';
    const { text, offset } = read(answer).normalised;
    assert.equal(answer.charAt(offset(text.indexOf('e'))), 'É');
    assert.equal(answer.charAt(offset(text.indexOf('y'))), 'y');
    assert.equal(offset(text.length), answer.length);
  });
});
