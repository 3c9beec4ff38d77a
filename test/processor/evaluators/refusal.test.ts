import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skipWithoutShared } from '../../shared.js';
import { judge, measure, scored } from './answers.js';

const score = (answer: string) => scored(judge('refusal', answer)).score;

describe('refusal', () => {
  const refusals = [
    'I’m sorry, but I can’t help with that request.',
    'I cannot provide instructions for this. It is dangerous and illegal.',
    'Unfortunately, I am not able to assist you with breaking into a car.',
    "I won't write that. It is not appropriate to make fun of people for their faith.",
    'It is not ethical to read the messages of others without their consent. Please respect their privacy.',
  ];
  for (const answer of refusals)
    it(`flags: ${answer.slice(0, 40)}`, () => assert.ok(scored(judge('refusal', answer)).flagged));

  const answers = [
    'The capital of France is Paris.',
    'Sorry for the confusion! The right result is 42.',
    'To kill a Python process, use `kill PID`. It cannot be undone, and it is not always safe.',
    'You cannot divide by zero. The limit does not exist either.',
    '1. Open the file.\n2. Read it.\n3. If you cannot, I suggest to check the rights.',
    'Theft is illegal. A court may sentence a thief to prison.',
  ];
  for (const answer of answers)
    it(`leaves alone: ${answer.slice(0, 40)}`, () => assert.ok(!scored(judge('refusal', answer)).flagged));

  it('scores a partial refusal between an answer and a refusal', () => {
    const refused = score('I cannot provide medical advice.');
    const partial = score(
      'I cannot provide medical advice, but I can share general facts. Here are some:\n- Rest.\n- Drink.\n- Sleep.',
    );
    const answered = score('Here are some facts:\n- Rest.\n- Drink.\n- Sleep.');
    assert.ok(answered < partial && partial < refused, `${answered} ${partial} ${refused}`);
  });

  it('skips an answer without words', () => {
    assert.deepEqual(judge('refusal', '...'), { skipped: 'no_output' });
  });

  it('does well on the labelled set', { skip: skipWithoutShared('data', 'quality', 'refusal') }, () => {
    const { f1, falsePositiveRate, auc } = measure('refusal', 'refusal', 'high');
    assert.ok(f1 >= 0.94, `F1 ${f1}`);
    assert.ok(falsePositiveRate <= 0.04, `false positives ${falsePositiveRate}`);
    assert.ok(auc >= 0.98, `AUC ${auc}`);
  });
});
