import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createJsonValidity, type JsonSchema } from '../../../processor/evaluators/json-validity.js';
import { createEvaluators, evaluate } from '../../../processor/evaluators/registry.js';
import { skipWithoutShared } from '../../shared.js';
import { callOf, scored } from './answers.js';
import { rowsOf } from './judge-rows.js';

function judge(output: string, jsonRequested = true, schema?: JsonSchema) {
  const evaluators = schema === undefined ? createEvaluators('json_validity') : [createJsonValidity({ schema })];
  const errors: unknown[] = [];
  const text = { input: [], output: [output], jsonRequested };
  const results = evaluate(evaluators, callOf(), text, (_, error) => errors.push(error));
  return { evaluation: results.get('json_validity') ?? assert.fail(), errors };
}

const verdict = (output: string, schema?: JsonSchema) => {
  const { score, flagged, reason } = scored(judge(output, true, schema).evaluation);
  assert.equal(flagged, score < 1);
  return [score, reason];
};

describe('JSON validity', () => {
  const rows: readonly (readonly [string, string, number, string | undefined])[] = [
    ['an object', '{"a": [1, "}"]}', 1, undefined],
    ['a bare value', ' "yes" ', 1, undefined],
    ['a key twice', '{"a": 1, "b": {"a": 2}, "\\u0061": 3}', 1, 'duplicate_key'],
    ['the same key in two objects', '[{"a": 1}, {"a": 2}]', 1, undefined],
    ['a fence', '```json\n{"a": 1}\n```', 0.5, 'fenced'],
    ['words around it', 'Here you are:\n{"a": {"b": 1}}\nAnything else?', 0.5, 'prose'],
    ['a fence with words around it', 'Here:\n```\n[{"a": 1}]\n```\nDone.', 0.5, 'fenced'],
    ['a comma too many', '{"a": [1, 2,],}', 0.5, 'trailing_comma'],
    ['single quotes', `{'a': 'it\\'s "b"'}`, 0.5, 'single_quotes'],
    ["Python's words", '{"a": True, "b": None}', 0.5, 'python_literal'],
    ['comments', '{"a": 1, // one\n/* two */ "b": 2}', 0.5, 'comment'],
    ['a comment sign in a string', '{"a": "http://x", "b": "1,}"}', 1, undefined],
    ['one that was cut', '{"a": [{"b": 1}], "c"', 0, 'cut_off'],
    ['two', '{"a": 1}\n{"a": 1}', 0, 'several_values'],
    ['two commas in a row', '{"a": 1,, "b": 2}', 0, 'not_json'],
    ['only a comma', '[,]', 0, 'not_json'],
    ['a number that JSON has not', '{"a": NaN}', 0, 'not_json'],
    ['a bracket too many', '{"a": 1}}', 0, 'not_json'],
    ['prose', 'I cannot do that.', 0, 'not_json'],
    ['prose with a mark', 'As shown in [1] and [2, 3], {} is empty {sic}.', 0, 'not_json'],
    ['nothing', '  ', 0, 'not_json'],
  ];
  for (const [name, output, score, reason] of rows)
    it(`${score}: ${name}`, () => assert.deepEqual(verdict(output), [score, reason]));

  it('is only asked where JSON was asked for', () => {
    assert.deepEqual(judge('prose', false).evaluation, { skipped: 'not_asked' });
  });

  it('takes deep and long texts', () => {
    assert.equal(verdict('['.repeat(100_000))[0], 0);
    assert.equal(verdict('[{"a": '.repeat(20_000))[0], 0);
    assert.deepEqual(judge(`"${'a'.repeat(300_000)}"`).evaluation, { skipped: 'too_long' });
  });

  const isPoint = (value: unknown) => typeof value === 'object' && value !== null && 'x' in value;
  const standard: JsonSchema = {
    '~standard': { validate: value => (isPoint(value) ? {} : { issues: [{ message: 'x' }] }) },
  };
  for (const [name, schema] of [
    ['a function', isPoint],
    ['a Standard Schema', standard],
  ] as const) {
    it(`asks ${name}`, () => {
      assert.deepEqual(verdict('{"x": 1}', schema), [1, undefined]);
      assert.deepEqual(verdict('{"y": 1}', schema), [0, 'schema']);
      assert.deepEqual(verdict('```\n{"x": 1}\n```', schema), [0.5, 'fenced']);
      assert.deepEqual(verdict('```\n{"y": 1}\n```', schema), [0, 'schema']);
      assert.deepEqual(verdict('no', schema), [0, 'not_json']);
    });
  }

  it('reports a schema that answers with a promise', () => {
    const { evaluation, errors } = judge('{}', true, async () => true);
    assert.deepEqual(evaluation, { skipped: 'threw' });
    assert.equal((errors[0] as { code?: string }).code, 'INVALID_ARGUMENT');
  });

  it('takes the place of the one without a schema', () => {
    const own = createJsonValidity({ schema: isPoint });
    assert.deepEqual(createEvaluators(['json_validity', own]), [own]);
    assert.throws(() => createEvaluators([own, createJsonValidity()]), { code: 'CONFIG_INVALID' });
  });

  it('is right on the labelled set', { skip: skipWithoutShared('data', 'quality', 'json') }, () => {
    for (const { id, kind, output, label } of rowsOf('json')) {
      const [score] = verdict(output);
      // A test suite of the syntax knows no half: what can be recovered is not valid.
      if (kind === 'syntax') assert.equal(score === 1, label === 1, id);
      else assert.equal(score, label, id);
    }
  });
});
