import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { skipWithoutShared } from '../../shared.js';
import { scored } from './answers.js';
import { areaUnderCurve, judgeText, rowsOf } from './judge-rows.js';

const judge = (question: string, answer: string) =>
  judgeText('relevance', { input: [{ role: 'user', text: question }], output: [answer] });
const score = (question: string, answer: string) => scored(judge(question, answer)).score;

describe('relevance', () => {
  const question = 'When did the city of Rotterdam regulate its harbour?';
  const own = 'Rotterdam introduced harbour regulations in 1872, after the new waterway was dug.';
  const other = 'Photosynthesis turns light into chemical energy that plants store as sugar.';

  it('tells an answer from one to another question', () => {
    assert.ok(score(question, own) > 0.8, String(score(question, own)));
    assert.ok(score(question, other) < 0.2, String(score(question, other)));
  });

  it('sees words through their endings, case and disguise', () => {
    const plain = score('Explain taxation of dividends', 'Dividends are taxed when they are paid.');
    assert.ok(plain > score('Explain taxation of dividends', 'Bonds pay interest when they are held.'));
    assert.equal(score('Explain taxation of dividends', 'DIVIDENDS are taxéd when they are paid.'), plain);
  });

  for (const [asked, met, missed] of [
    ['When was the bridge built?', 'The bridge was built in 1894.', 'The bridge was built of iron.'],
    ['Why is the sky blue?', 'The sky is blue because air scatters light.', 'The sky is blue and wide and far.'],
    ['How many bridges are there?', 'There are seven bridges.', 'There are pretty bridges.'],
  ] as const)
    it(`expects an answer to: ${asked}`, () => assert.ok(score(asked, met) > score(asked, missed)));

  it('compares characters where words have no spaces', () => {
    assert.ok(score('北京的天气怎么样？', '北京今天天气晴朗。') > score('北京的天气怎么样？', '我喜欢吃苹果。'));
  });

  it('takes the last question of the user', () => {
    const input = [
      { role: 'user', text: question },
      { role: 'assistant', text: own },
      { role: 'user', text: 'How do plants store energy from light?' },
      { role: 'tool', text: 'nothing' },
    ] as const;
    assert.ok(scored(judgeText('relevance', { input, output: [other] })).score > 0.6);
  });

  it('skips what has no question', () => {
    assert.deepEqual(judgeText('relevance', { input: [], output: ['x'] }), { skipped: 'no_input' });
    assert.deepEqual(judge('and what about it?', 'Yes.'), { skipped: 'too_short' });
    assert.deepEqual(judge('question', ''), { skipped: 'no_output' });
  });

  it('does not depend on what was judged before', () => {
    const before = score(question, own);
    score('word '.repeat(3000), 'other '.repeat(9000));
    assert.equal(score(question, own), before);
  });

  it('ranks own answers above others', { skip: skipWithoutShared('data', 'quality', 'relevance') }, () => {
    const rows = rowsOf('relevance');
    const auc = (kind?: string) => {
      const of = (label: number) =>
        rows
          .filter(row => row.label === label && (kind === undefined || row.kind === kind))
          .map(row => {
            const evaluation = judge(row.input, row.output);
            return 'skipped' in evaluation ? 0.5 : evaluation.score;
          });
      return areaUnderCurve(of(1), of(0));
    };
    assert.ok(auc('chat') >= 0.93, `chat ${auc('chat')}`);
    assert.ok(auc('selqa') >= 0.9, `selqa ${auc('selqa')}`);
    assert.ok(auc() >= 0.91, `all ${auc()}`);
  });
});
