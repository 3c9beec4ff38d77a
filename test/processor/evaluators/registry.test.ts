import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Evaluator } from '../../../processor/evaluators/evaluator.js';
import { scoreOf } from '../../../processor/evaluators/evaluator.js';
import { createEvaluators, DEFAULT_EVALUATORS, EVALUATORS, evaluate } from '../../../processor/evaluators/registry.js';
import { callOf, judge, scored } from './answers.js';

const names = (selection?: Parameters<typeof createEvaluators>[0]) =>
  createEvaluators(selection).map(({ name }) => name);
const own: Evaluator = {
  name: 'polite',
  bad: 'low',
  evaluate: ({ facts }) => ({ score: facts.answer.includes('please') ? 1 : 0, flagged: false }),
};
const text = { input: [], output: ['Yes, please.'] };

describe('which evaluators run', () => {
  const rows: readonly (readonly [string, Parameters<typeof createEvaluators>[0], readonly string[]])[] = [
    ['the default set', undefined, DEFAULT_EVALUATORS],
    ['an empty word is the default set', '', DEFAULT_EVALUATORS],
    ['names alone', 'refusal, repetition', ['refusal', 'repetition']],
    ['less one', '-refusal', DEFAULT_EVALUATORS.filter(name => name !== 'refusal')],
    ['plus one that is there', '+refusal', DEFAULT_EVALUATORS],
    ['none', 'none', []],
    ['none plus one', 'none,+refusal', ['refusal']],
    ['a name and one less', ['refusal', 'repetition', '-refusal'], ['repetition']],
    ['one of the user beside the default set', [own], [...DEFAULT_EVALUATORS, 'polite']],
    ['one of the user alone', ['none', own], ['polite']],
  ];
  for (const [name, selection, expected] of rows) it(name, () => assert.deepEqual(names(selection), expected));

  for (const wrong of ['refusals', '+x', '-x', 'Refusal', 'constructor']) {
    it(`refuses ${wrong} and names what is known`, () => {
      assert.throws(() => createEvaluators(wrong), {
        code: 'CONFIG_INVALID',
        message: /completion_status.*repetition/,
      });
    });
  }

  it('refuses an evaluator of the user without a usable name', () => {
    const bad = { ...own, name: 'Not Good' };
    assert.throws(() => createEvaluators([bad]), { code: 'CONFIG_INVALID', message: /Not Good/ });
  });

  it('knows each of the default set', () => {
    for (const name of DEFAULT_EVALUATORS) assert.equal(EVALUATORS.get(name)?.name, name);
  });
});

describe('evaluate', () => {
  const all = createEvaluators([own]);
  const rows: readonly (readonly [string, object, typeof text | undefined, string])[] = [
    ['an error', { outcome: { kind: 'error', errorType: 'timeout' } }, text, 'error'],
    ['an aborted call', { outcome: { kind: 'aborted', by: 'caller' } }, text, 'aborted'],
    ['embeddings', { operation: 'embeddings' }, text, 'operation'],
    ['a call whose words nobody read', {}, undefined, 'no_text'],
  ];
  for (const [name, fields, words, reason] of rows) {
    it(`skips ${name}`, () => {
      const results = evaluate(all, callOf(fields), words);
      assert.deepEqual(
        [...results.values()],
        all.map(() => ({ skipped: reason })),
      );
    });
  }

  it('scores with all, in order, one of the user too', () => {
    const results = evaluate(all, callOf(), text);
    assert.deepEqual([...results.keys()], [...DEFAULT_EVALUATORS, 'polite']);
    assert.equal(scoreOf(results, 'polite'), 1);
  });

  it('reports one that throws and keeps the others', () => {
    const heard: string[] = [];
    const broken: Evaluator = {
      name: 'broken',
      bad: 'high',
      evaluate() {
        throw new Error('no');
      },
    };
    const results = evaluate([broken, ...all], callOf(), text, name => heard.push(name));
    assert.deepEqual(heard, ['broken']);
    assert.deepEqual(results.get('broken'), { skipped: 'threw' });
    assert.equal(scoreOf(results, 'polite'), 1);
  });
});

describe('response length', () => {
  it('grows with the logarithm and ends at 1', () => {
    const score = (length: number) => scored(judge('response_length', 'x'.repeat(length))).score;
    assert.ok(score(10) < score(100) && score(100) < score(1000));
    assert.equal(score(200_000), 1);
    assert.ok(!scored(judge('response_length', 'x')).flagged);
  });

  it('flags an empty answer, unless the reply calls tools', () => {
    assert.deepEqual(judge('response_length', ' ', ['stop']), { score: 0, flagged: true, reason: 'empty' });
    assert.deepEqual(judge('response_length', '', ['tool_call']), { skipped: 'no_output' });
  });
});
