import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { check, write } from './run.js';

const rows = write([
  { label: 'a', prediction: 'a' },
  { label: 'b', prediction: 'a' },
]);
const DATA = ['--dataset', rows];
const SHOW = [...DATA, '--show', 'accuracy'];
const URL = 'http://127.0.0.1:9/v1';

describe('options of check', () => {
  const wrong: readonly [string, readonly string[], RegExp][] = [
    ['no dataset', ['--min', 'accuracy=0.9'], /--dataset is missing/],
    [
      'a dataset that is not there',
      ['--dataset', `${rows}.not`, '--min', 'accuracy=0.9'],
      /--dataset is .*cannot be read: ENOENT/,
    ],
    ['a folder', ['--dataset', '.', '--min', 'accuracy=0.9'], /cannot be read/],
    ['nothing to check', DATA, /nothing to check; expected --min/],
    ['an unknown option', [...SHOW, '--mni', 'x'], /--mni/],
    ['an argument', [...SHOW, 'more'], /more/],
    [
      'an unknown measure',
      [...DATA, '--min', 'acuracy=0.9'],
      /measure "acuracy" is not known; expected accuracy, balanced_accuracy, .*rmse, flagged\.EVALUATOR.*; evaluators are .*pii/,
    ],
    ['a name that objects have', [...DATA, '--show', 'constructor'], /measure "constructor" is not known/],
    ['an unknown evaluator', [...DATA, '--max', 'flagged.pi=0'], /measure "flagged\.pi" is not known/],
    ['an evaluator without a name', [...DATA, '--max', 'flagged=0'], /measure "flagged" is not known/],
    ['a part of what has none', [...DATA, '--min', 'accuracy.macro=0.9'], /measure "accuracy\.macro" is not known/],
    [
      'a class that no row has',
      [...DATA, '--min', 'f1.c=0.9'],
      /"f1\.c" is of a class that no row has; the labels name a, b/,
    ],
    [
      'no threshold',
      [...DATA, '--min', 'accuracy'],
      /--min "accuracy" has no threshold .*accuracy= and a number from 0 to 1/,
    ],
    ['an empty threshold', [...DATA, '--min', 'accuracy='], /has no threshold/],
    ['percent', [...DATA, '--min', 'accuracy=90'], /number from 0 to 1/],
    ['a threshold that is no number', [...DATA, '--max', 'mae=Infinity'], /a number of at least 0/],
    [
      'measures of two kinds',
      [...DATA, '--min', 'f1.macro=0.9', '--max', 'mae=1'],
      /f1\.macro, mae belong to no one kind of task/,
    ],
    [
      'a kind that lacks the measure',
      [...SHOW, '--kind', 'number'],
      /accuracy need --kind binary or multiclass or text; it is number/,
    ],
    [
      'a bare F1 of many classes',
      [...DATA, '--show', 'f1', '--kind', 'multiclass'],
      /need --kind binary; it is multiclass/,
    ],
    ['an unknown kind', [...SHOW, '--kind', 'regression'], /--kind is "regression"; expected one of binary/],
    ['no positive class', [...DATA, '--show', 'f1'], /name it with --positive/],
    ['one class twice', [...SHOW, '--classes', 'a,a'], /classes is .*different names/],
    ['--strict and --lenient', [...SHOW, '--strict', '--lenient'], /exclude each other/],
    ['a slice by text', [...SHOW, '--slice', 'output'], /--slice is "output"/],
    ['--every-slice alone', [...SHOW, '--every-slice'], /--every-slice needs --slice/],
    ['--model alone', [...SHOW, '--model', 'm'], /--model needs --endpoint/],
    ['--resume alone', [...SHOW, '--resume', 'f'], /--resume needs --command or --endpoint/],
    ['two who answer', [...SHOW, '--command', 'x', '--endpoint', URL], /exclude each other/],
    ['an endpoint without model', [...SHOW, '--endpoint', URL], /--endpoint needs --model/],
    ['no address', [...SHOW, '--endpoint', 'model', '--model', 'm'], /--endpoint is "model"; expected an address/],
    ['an address of files', [...SHOW, '--endpoint', 'file:///etc', '--model', 'm'], /expected an address/],
    [
      'no JSON for a body',
      [...SHOW, '--endpoint', URL, '--model', 'm', '--body', '[1]'],
      /--body is not a JSON object/,
    ],
    [
      'a system message that is not there',
      [...SHOW, '--endpoint', URL, '--model', 'm', '--system', '/nowhere'],
      /--system is "\/nowhere"/,
    ],
    [
      'no concurrency',
      [...SHOW, '--command', 'x', '--concurrency', '0'],
      /--concurrency is "0"; expected a whole number from 1 to 256/,
    ],
    ['half a retry', [...SHOW, '--endpoint', URL, '--model', 'm', '--retries', '0.5'], /--retries is "0\.5"/],
    ['no time', [...SHOW, '--command', 'x', '--timeout', '0'], /--timeout is "0"/],
  ];
  for (const [name, args, message] of wrong) {
    it(`refuses ${name} with 2`, async () => {
      const { code, out, err } = await check(args);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, message);
    });
  }

  it('never shows a password or a key', async () => {
    const address = await check([...SHOW, '--endpoint', 'http://me:sesame@127.0.0.1/v1', '--model', 'm']);
    const key = await check([...SHOW, '--endpoint', URL, '--model', 'm'], { OPENAI_API_KEY: 'sk-sesame\nx' });
    for (const { code, out, err } of [address, key]) {
      assert.equal(code, 2);
      assert.doesNotMatch(out + err, /sesame/);
    }
    assert.match(key.err, /OPENAI_API_KEY has characters/);
  });
});
