import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../core/errors.js';
import { parseFeedback } from '../../core/feedback.js';

test('a label, a rating and an array of acceptable texts are read', () => {
  assert.deepEqual(parseFeedback({ call_id: 'c1', label: 'refund' }), {
    kind: 'label',
    by: 'call_id',
    id: 'c1',
    task: 'default',
    label: 'refund',
  });
  assert.deepEqual(
    parseFeedback({
      response_id: 'r',
      task: 'intent',
      label: ['a', 'b'],
      prediction: 'a',
      score: 0.5,
      timestamp: '2026-01-01T00:00:00Z',
    }),
    {
      kind: 'label',
      by: 'response_id',
      id: 'r',
      task: 'intent',
      label: ['a', 'b'],
      prediction: 'a',
      score: 0.5,
      timestamp: 1_767_225_600_000,
    },
  );
  assert.deepEqual(parseFeedback({ span_id: 's', rating: 1 }), {
    kind: 'rating',
    by: 'span_id',
    id: 's',
    task: 'default',
    rating: 1,
  });
  assert.equal((parseFeedback({ call_id: 'c', label: false }) as { label: unknown }).label, false);
});

const WRONG: readonly [string, unknown, RegExp][] = [
  ['no object', 'x', /JSON object/],
  ['null', null, /JSON object/],
  ['an array', [], /JSON object/],
  ['no identifier', { label: 1 }, /exactly one of call_id, response_id and span_id.*got none/],
  ['two identifiers', { call_id: 'a', span_id: 'b', label: 1 }, /got call_id and span_id/],
  ['an empty identifier', { call_id: '', label: 1 }, /call_id is not a text/],
  ['a long identifier', { call_id: 'x'.repeat(300), label: 1 }, /call_id is not a text/],
  ['no label', { call_id: 'a' }, /label is missing/],
  ['an empty array', { call_id: 'a', label: [] }, /label is missing/],
  ['an object as label', { call_id: 'a', label: {} }, /label is missing/],
  ['NaN as label', { call_id: 'a', label: Number.NaN }, /label is missing/],
  ['a rating beyond 1', { call_id: 'a', rating: 5 }, /rating is 5; expected a number from 0 to 1/],
  ['label and rating', { call_id: 'a', rating: 1, label: 1 }, /exclude each other/],
  ['a task with blanks', { call_id: 'a', task: 'a b', label: 1 }, /task is "a b"/],
  ['an unknown field', { call_id: 'a', label: 1, lable: 2 }, /unknown field "lable"/],
  ['a score of text', { call_id: 'a', label: 1, score: '1' }, /score is "1"/],
  ['a time that is none', { call_id: 'a', label: 1, timestamp: 'soon' }, /timestamp is "soon"/],
];

for (const [what, value, message] of WRONG) {
  test(`${what} is refused with what is right`, () => {
    assert.throws(
      () => parseFeedback(value),
      (error: unknown) => MonitorError.is(error) && error.code === 'LABEL_INVALID' && message.test(error.message),
    );
  });
}

test('the text of a label is never in the error', () => {
  assert.throws(
    () => parseFeedback({ call_id: 'a', label: 'secret words', rating: 0.5 }),
    (error: Error) => !error.message.includes('secret words'),
  );
  assert.throws(
    () => parseFeedback({ call_id: 'a', label: `secret words${'x'.repeat(30_000)}` }),
    (error: Error) => !error.message.includes('secret words'),
  );
});
