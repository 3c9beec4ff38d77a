import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skipWithoutShared } from '../../shared.js';
import { scored } from './answers.js';
import { areaUnderCurve, judgeText, rowsOf } from './judge-rows.js';

const judge = (context: string, answer: string, question = '') =>
  judgeText('lexical_support', {
    input: [
      { role: 'tool', text: context },
      { role: 'user', text: question },
    ],
    output: [answer],
  });
const score = (context: string, answer: string) => scored(judge(context, answer)).score;

const CONTEXT =
  'The library opened in 1934 and holds 52,000 books. It was designed by Anna Keller and is open on Sundays.';

describe('lexical support', () => {
  it('is 1 for words of the context and low for others', () => {
    assert.equal(score(CONTEXT, 'The library opened in 1934.'), 1);
    assert.ok(score(CONTEXT, 'Penguins migrate along frozen coasts.') < 0.1);
  });

  const said = 'The library was designed by Anna Keller and opened in 1934.';
  for (const [name, changed, reason] of [
    ['a number', said.replace('1934', '1943'), 'number'],
    ['a name', said.replace('Anna Keller', 'Maria Lopez'), 'name'],
    ['a negation', said.replace('was designed', 'was not designed'), undefined],
  ] as const)
    it(`falls with ${name} that the context does not have`, () => {
      const evaluation = scored(judge(CONTEXT, changed));
      assert.ok(evaluation.score < score(CONTEXT, said) - 0.1, `${evaluation.score}`);
      assert.equal(evaluation.reason, reason);
      for (const { start, end } of evaluation.spans ?? [])
        assert.ok(!CONTEXT.includes(changed.slice(start, end)), changed.slice(start, end));
    });

  it('does not find a number in the middle of another', () => {
    assert.equal(scored(judge(CONTEXT, 'The library opened in 193.')).reason, 'number');
  });

  it('flags a stranger among strangers', () => {
    assert.ok(scored(judge(CONTEXT, 'The museum was painted by Maria Lopez.')).flagged);
    assert.ok(!scored(judge(CONTEXT, said)).flagged);
  });

  it('skips a call without context', () => {
    assert.deepEqual(judge(' ', said), { skipped: 'no_input' });
  });

  it('ranks supported replies first', { skip: skipWithoutShared('data', 'quality', 'groundedness') }, () => {
    const rows = rowsOf('groundedness').filter(({ kind }) => kind === 'begin-wow');
    const of = (label: number) =>
      rows.filter(row => row.label === label).map(row => scored(judge(row.context, row.output, row.input)).score);
    const auc = areaUnderCurve(of(1), of(0));
    assert.ok(auc >= 0.88, `AUC ${auc}`);
  });
});
