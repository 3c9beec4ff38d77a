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

  it('refuses what is no evaluator, or has the name of another', () => {
    const rows: readonly (readonly [unknown, RegExp])[] = [
      [{}, /is \{\}; expected an object with a name and a function evaluate/],
      [null, /is null/],
      ['refusal', /is "refusal"/],
      [{ ...own, name: undefined }, /named undefined/],
      [{ ...own, name: 'two words' }, /named "two words"/],
      [{ ...own, name: 'x'.repeat(65) }, /at most 64/],
      [{ ...own, name: 'refusal' }, /named refusal; expected a name that no other has/],
      [{ ...own, name: 'pii_input' }, /named pii_input/],
      [{ ...own }, /named polite/],
    ];
    for (const [wrong, message] of rows)
      assert.throws(() => createEvaluators('none', [own, wrong as Evaluator]), { code: 'CONFIG_INVALID', message });
    assert.throws(() => createEvaluators('none', {} as never), { code: 'CONFIG_INVALID', message: /array/ });
  });

  it('adds those of the user to what was selected, the same one once', () => {
    const chosen = (...args: Parameters<typeof createEvaluators>) => createEvaluators(...args).map(({ name }) => name);
    assert.deepEqual(chosen(undefined, [own]), [...DEFAULT_EVALUATORS, 'polite']);
    assert.deepEqual(chosen(['refusal'], [own, own]), ['refusal', 'polite']);
    assert.deepEqual(chosen('none', createEvaluators('refusal')), ['refusal']);
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

  /** What one of the user's gives, and whether it was reported. */
  const given = (value: unknown): readonly [unknown, boolean] => {
    let heard = false;
    const odd = { name: 'odd', bad: 'high', evaluate: () => value } as unknown as Evaluator;
    const results = evaluate([odd, own], callOf(), text, () => {
      heard = true;
    });
    assert.equal(scoreOf(results, 'polite'), 1, 'the others score on');
    return [results.get('odd'), heard];
  };

  it('skips what is no evaluation and reports it', () => {
    const fine = { score: 0.5, flagged: false };
    const rows = [
      ...[undefined, null, 1, 'bad', [], {}, { score: 0.5 }, { ...fine, flagged: 1 }, { ...fine, score: '0.5' }],
      ...[Number.NaN, Number.POSITIVE_INFINITY, -0.1, 1.1].map(score => ({ ...fine, score })),
    ];
    for (const row of rows) assert.deepEqual(given(row), [{ skipped: 'threw' }, true], JSON.stringify(row));
    assert.deepEqual(given(fine), [fine, false]);
  });

  it('makes other of a word that may not become a label', () => {
    const fine = { score: 1, flagged: true };
    const free = 'Call +41 44 668 18 00';
    assert.deepEqual(given({ skipped: free }), [{ skipped: 'other' }, false]);
    assert.deepEqual(given({ skipped: 'too_short' }), [{ skipped: 'too_short' }, false]);
    assert.deepEqual(given({ ...fine, reason: free }), [{ ...fine, reason: 'other' }, false]);
    assert.deepEqual(given({ ...fine, reason: 7, spans: [] }), [{ ...fine, reason: 'other', spans: [] }, false]);
    assert.deepEqual(given({ ...fine, spans: free }), [fine, false]);
    assert.deepEqual(given({ ...fine, reason: 'rude_word' }), [{ ...fine, reason: 'rude_word' }, false]);
  });

  it('hears the rejection of one that is asynchronous, and skips it', async () => {
    const unheard: unknown[] = [];
    const hear = (error: unknown): void => void unheard.push(error);
    process.on('unhandledRejection', hear);
    try {
      const skipped = [{ skipped: 'threw' }, true];
      assert.deepEqual(given(Promise.reject(new Error('no'))), skipped);
      assert.deepEqual(given(Promise.resolve({ score: 1, flagged: true })), skipped);
      const lazy: Record<string, unknown> = {};
      lazy['then'] = (_: unknown, reject: (error: Error) => void) => reject(new Error('no'));
      assert.deepEqual(given(lazy), skipped);
      await new Promise(setImmediate);
      assert.deepEqual(unheard, []);
    } finally {
      process.off('unhandledRejection', hear);
    }
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
