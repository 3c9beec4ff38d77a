import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { phraseTables, readWeights, type WeightsName, weightsOf } from '../../processor/evaluator-weights.js';
import { LinearModel } from '../../processor/evaluators/linear-model.js';
import { compilePhrases } from '../../processor/evaluators/phrase-compiler.js';
import { BUILT_IN_PHRASES } from '../../processor/evaluators/phrases.js';
import { skipWithoutShared } from '../shared.js';

const NAMES: readonly WeightsName[] = ['prompt-injection', 'refusal'];

describe('weights', () => {
  for (const name of NAMES) {
    it(`of ${name} are there, read once`, () => {
      const model = weightsOf(name);
      assert.ok(model instanceof LinearModel);
      assert.equal(weightsOf(name), model);
    });

    it(`of ${name} are what the training gives, byte for byte`, { skip: skipWithoutShared('data', 'quality') }, () => {
      const script = fileURLToPath(new URL(`../training/${name}.js`, import.meta.url));
      const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    });
  }

  it('of the phrases are what the compiler gives, byte for byte', () => {
    const tables = phraseTables();
    assert.ok(!(tables instanceof Error));
    const compiled = compilePhrases(BUILT_IN_PHRASES);
    assert.ok(Buffer.from(compiled).equals(tables), 'run node dist/test/training/phrases.js');
  });

  it('that are missing or of another kind give an error and do not throw', () => {
    assert.ok(readWeights(new URL('./nothing.bin', import.meta.url)) instanceof Error);
    assert.ok(readWeights(new URL(import.meta.url)) instanceof Error);
  });
});
