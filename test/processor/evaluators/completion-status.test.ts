import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skipWithoutShared } from '../../shared.js';
import { judge, measure, scored } from './answers.js';

describe('completion status', () => {
  const byReason: readonly (readonly [string, string, readonly string[], boolean, string | undefined])[] = [
    ['length flags a full sentence', 'All is well.', ['length'], true, 'length'],
    ['stop clears a half one', 'All is', ['stop'], false, undefined],
    ['a tool call is whole', 'I will look at', ['tool_call'], false, undefined],
    ['a filter cut it', 'All is well.', ['content_filter'], true, 'content_filter'],
    ['one choice of two was cut', 'All is well.', ['stop', 'length'], true, 'length'],
    ['an unknown reason leaves it to the text', 'All is', ['other'], true, 'text_ends_early'],
  ];
  for (const [name, answer, reasons, flagged, reason] of byReason) {
    it(name, () => {
      const found = scored(judge('completion_status', answer, reasons));
      assert.deepEqual([found.flagged, found.reason], [flagged, reason]);
    });
  }

  const cut = [
    'The three parts of the plan are time, money and the',
    'We went home, and then,',
    'First we measure the water. Then we add the flour',
    '```js\nfunction add(a, b) {\n  return a',
    'Buy these:\n- Milk\n- Bread\n-',
    'The result is (a +',
    '{"name": "Ann", "age":',
  ];
  for (const answer of cut)
    it(`cut: ${JSON.stringify(answer.slice(-24))}`, () =>
      assert.ok(scored(judge('completion_status', answer)).flagged));

  const whole = [
    'All is well.',
    'He said "yes."',
    '**Done!**',
    'これで終わりです。',
    'Paris',
    'Buy these:\n- Milk\n- Bread\n- Eggs',
    '```js\nadd(1, 2)\n```',
    '{"name": "Ann", "tags": ["a"]}',
    'Area = 10 x 10\nArea = 100',
    'See you there! 🎉',
    'Is that all?',
  ];
  for (const answer of whole)
    it(`whole: ${JSON.stringify(answer.slice(-24))}`, () =>
      assert.ok(!scored(judge('completion_status', answer)).flagged));

  it('skips an answer without words that has no reason', () => {
    assert.deepEqual(judge('completion_status', ''), { skipped: 'no_output' });
  });

  it('does well on the labelled set, from the text alone', {
    skip: skipWithoutShared('data', 'quality', 'completion'),
  }, () => {
    const { f1, falsePositiveRate } = measure('completion', 'completion_status', 'low');
    assert.ok(f1 >= 0.92, `F1 ${f1}`);
    assert.ok(falsePositiveRate <= 0.05, `false positives ${falsePositiveRate}`);
  });
});
