import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { featureSlots, LinearModel, logistic, SLOTS } from '../../../processor/evaluators/linear-model.js';
import { hashWord } from '../../../processor/evaluators/word-hash.js';

const words = (text: string) => Int32Array.from(text.split(' '), hashWord);

describe('the features of a text', () => {
  it('are its words and pairs of words, each once', () => {
    assert.equal(featureSlots(words('red green red green red')).length, 4);
    assert.equal(featureSlots(words('one')).length, 1);
    assert.equal(featureSlots(new Int32Array(0)).length, 0);
  });

  it('do not reach over the part that counts', () => {
    const whole = words('a b c d');
    assert.deepEqual([...featureSlots(whole, 1, 3)], [...featureSlots(words('b c'))]);
  });

  it('are the same whatever came before', () => {
    const before = [...featureSlots(words('a b c'))];
    featureSlots(Int32Array.from({ length: 5000 }, (_, i) => hashWord(`w${i}`)));
    assert.deepEqual([...featureSlots(words('a b c'))], before);
    assert.ok(before.every(slot => slot >= 0 && slot < SLOTS));
  });
});

describe('a linear model', () => {
  const weights = new Float64Array(SLOTS);
  for (const slot of featureSlots(words('bad'))) weights[slot] = 3;
  for (const slot of featureSlots(words('good'))) weights[slot] = -1.5;
  const model = LinearModel.from(weights, 0.25);
  const near = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 1e-3, `${value}`);

  it('adds the weights of what is in a text, over the root of how much that is', () => {
    near(model.logOdds(words('bad')), 3.25);
    near(model.logOdds(words('good')), -1.25);
    near(model.logOdds(words('bad good')), 0.25 + 1.5 / Math.sqrt(3));
    near(model.logOdds(new Int32Array(0)), 0.25);
  });

  it('is the same after it was written and read', () => {
    const again = LinearModel.parse(model.toBytes());
    for (const text of ['bad', 'good', 'bad good', 'other'])
      assert.equal(again.logOdds(words(text)), model.logOdds(words(text)));
    assert.deepEqual(again.toBytes(), model.toBytes());
    assert.equal(model.toBytes().length, 12 + 2 * SLOTS);
  });

  it('refuses bytes that are not its own', () => {
    const bytes = model.toBytes();
    for (const wrong of [
      new Uint8Array(0),
      bytes.subarray(1),
      bytes.map(byte => byte ^ 1),
      new Uint8Array(bytes.length),
    ])
      assert.throws(() => LinearModel.parse(wrong), { code: 'STATE_MISMATCH' });
  });

  it('may have no weight at all', () => {
    assert.equal(LinearModel.from(new Float64Array(SLOTS), 0).logOdds(words('a b')), 0);
  });
});

it('logistic gives 0..1, one half at 0', () => {
  assert.deepEqual([logistic(0), logistic(-1000), logistic(1000)], [0.5, 0, 1]);
});
