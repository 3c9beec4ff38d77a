import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonitorError } from '../../../core/errors.js';
import { compilePhrases, expandPattern } from '../../../processor/evaluators/phrase-compiler.js';
import { PhraseMatcher } from '../../../processor/evaluators/phrase-matcher.js';
import { hashWord } from '../../../processor/evaluators/word-hash.js';

const GROUPS = {
  greeting: ['(good|very good) (morning|evening) (|to you)', 'hello'],
  parting: ['good evening', 'evening to you all', 'to you'],
};

/** `group length` behind each word at which a phrase ends. */
function found(matcher: PhraseMatcher, text: string): readonly string[] {
  let state = 0;
  const out: string[] = [];
  text.split(' ').forEach((word, index) => {
    const number = matcher.wordNumber(hashWord(word));
    state = number === 0 ? 0 : matcher.next(state, number);
    if (matcher.lengthAt(state) > 0) out.push(`${index} ${matcher.groupAt(state)} ${matcher.lengthAt(state)}`);
  });
  return out;
}

describe('the phrase matcher', () => {
  const matcher = new PhraseMatcher(compilePhrases(GROUPS), Object.keys(GROUPS));
  const rows: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    ['nothing', 'one two', []],
    ['the longest phrase that ends in a word', 'very good morning', ['2 greeting 3']],
    ['the earlier group of two that have the same phrase', 'good evening', ['1 greeting 2']],
    ['a phrase inside another one that goes on', 'good evening to you', ['1 greeting 2', '3 greeting 4']],
    [
      'a phrase that begins inside a broken one',
      'very good evening to you all',
      ['2 greeting 3', '4 greeting 5', '5 parting 4'],
    ],
    ['the end of a phrase that another one began', 'morning to you', ['2 parting 2']],
    ['nothing over a word that no phrase has', 'good old morning', []],
    ['one after the other', 'hello hello good morning', ['0 greeting 1', '1 greeting 1', '3 greeting 2']],
  ];
  for (const [name, text, expected] of rows)
    it(`finds ${name}`, () => assert.deepEqual(found(matcher, text), expected));

  it('finds each phrase that a pattern stands for, whole', () => {
    for (const pattern of Object.values(GROUPS).flat())
      for (const phrase of expandPattern(pattern)) {
        const words = phrase.split(' ').length;
        assert.ok(found(matcher, phrase).at(-1)?.endsWith(` ${words}`), phrase);
      }
  });

  it('gives the same bytes for the same phrases, and reads them at any offset', () => {
    const bytes = compilePhrases(GROUPS);
    assert.deepEqual(compilePhrases(GROUPS), bytes);
    const moved = new Uint8Array(bytes.length + 1);
    moved.set(bytes, 1);
    assert.deepEqual(found(new PhraseMatcher(moved.subarray(1), ['a', 'b']), 'hello'), ['0 a 1']);
  });

  it('refuses other bytes and phrases that are too long', () => {
    const bytes = compilePhrases(GROUPS);
    for (const other of [new Uint8Array(), new Uint8Array(100), bytes.slice(1), bytes.slice(0, -1)])
      assert.throws(
        () => new PhraseMatcher(other, []),
        new MonitorError(
          'STATE_MISMATCH',
          `the tables of phrases have ${other.length} bytes; expected those of compiled phrases`,
        ),
      );
    assert.throws(() => compilePhrases({ long: ['a '.repeat(20)] }), { code: 'INVALID_ARGUMENT' });
  });
});
