import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanCall, type LlmCall, type RawCall } from '../../core/call.js';
import type { Evaluations } from '../../processor/evaluators/evaluator.js';
import { contextsOf, FEATURE_NAMES, FEATURE_SCALES, type FeatureName, toFeatures } from '../../processor/features.js';

const NOW = 1_772_409_628_773;

function call(raw: RawCall = {}): LlmCall {
  return cleanCall(
    {
      id: 'c1',
      provider: 'openai',
      operation: 'chat',
      model: { requested: 'gpt-x' },
      startedAt: NOW,
      duration: 4,
      timeToFirstChunk: 1,
      attempts: 1,
      usage: { input_uncached: 50, cache_read: 49, output: 200, reasoning: 99 },
      outcome: { kind: 'ok', finishReasons: ['stop'] },
      ...raw,
    },
    NOW,
  ).call;
}

const EVALUATIONS: Evaluations = new Map([
  ['refusal', { score: 0.25, flagged: false }],
  ['repetition', { score: 0.5, flagged: true }],
  ['completion_status', { score: 1, flagged: false }],
]);
const EXTRAS = { cost: 0.002, characters: 1199 };

function named(vector: Float64Array): Record<FeatureName, number> {
  return Object.fromEntries(FEATURE_NAMES.map((name, i) => [name, vector[i]])) as Record<FeatureName, number>;
}

describe('toFeatures', () => {
  it('reads a whole call: quantities and ratios as logarithms, facts and scores as they are', () => {
    const expected: Record<FeatureName, number> = {
      latency: Math.log(4),
      first_chunk: 0,
      input_tokens: Math.log(100),
      output_tokens: Math.log(300),
      tokens_per_second: Math.log(299 / 3),
      cost: Math.log(0.002),
      characters: Math.log(1200),
      cut_off: 0,
      error: 0,
      retries: 0,
      refusal: 0.25,
      repetition: 0.5,
      completion: 1,
      cost_per_token: Math.log(0.002 / 399),
      characters_per_token: Math.log(1200 / 300),
      latency_per_token: Math.log(4 / 300),
      output_per_input: Math.log(300 / 100),
    };
    const actual = named(toFeatures(call(), EVALUATIONS, EXTRAS));
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const name of FEATURE_NAMES) assert.ok(Math.abs(actual[name] - expected[name]) < 1e-5, name);
  });

  for (const [what, raw, missing] of [
    ['no first chunk', { timeToFirstChunk: undefined }, ['first_chunk', 'tokens_per_second']],
    [
      'no duration',
      { duration: undefined, timeToFirstChunk: undefined },
      ['latency', 'first_chunk', 'tokens_per_second', 'latency_per_token'],
    ],
    ['no attempts', { attempts: undefined }, ['retries']],
    [
      'no usage',
      { usage: undefined },
      [
        'input_tokens',
        'output_tokens',
        'tokens_per_second',
        'cost_per_token',
        'characters_per_token',
        'latency_per_token',
        'output_per_input',
      ],
    ],
    [
      'an error',
      { outcome: { kind: 'error', errorType: 'server' } },
      [
        'output_tokens',
        'tokens_per_second',
        'characters',
        'cut_off',
        'cost_per_token',
        'characters_per_token',
        'latency_per_token',
        'output_per_input',
      ],
    ],
    [
      'an abort',
      { outcome: { kind: 'aborted', by: 'caller' } },
      [
        'output_tokens',
        'tokens_per_second',
        'characters',
        'cut_off',
        'error',
        'cost_per_token',
        'characters_per_token',
        'latency_per_token',
        'output_per_input',
      ],
    ],
  ] as const) {
    it(`leaves missing, never 0, what a call with ${what} does not say`, () => {
      const actual = named(toFeatures(call(raw), EVALUATIONS, EXTRAS));
      assert.deepEqual(
        FEATURE_NAMES.filter(name => Number.isNaN(actual[name])),
        [...missing],
      );
    });
  }

  it('leaves missing what no evaluator scored, no price is known of, and no text was seen of', () => {
    const skipped: Evaluations = new Map([['refusal', { skipped: 'no_text' }]]);
    const actual = named(toFeatures(call(), skipped));
    assert.deepEqual(
      FEATURE_NAMES.filter(name => Number.isNaN(actual[name])),
      ['cost', 'characters', 'refusal', 'repetition', 'completion', 'cost_per_token', 'characters_per_token'],
    );
  });

  it('tells an error, a retry and a cut answer', () => {
    assert.equal(named(toFeatures(call({ outcome: { kind: 'error', errorType: 'server' } }), EVALUATIONS)).error, 1);
    assert.equal(named(toFeatures(call({ attempts: 3 }), EVALUATIONS)).retries, Math.log(3));
    const cut = call({ outcome: { kind: 'ok', finishReasons: ['length'] } });
    assert.equal(named(toFeatures(cut, EVALUATIONS)).cut_off, 1);
  });

  it('stays finite for an empty answer, no cost and no time', () => {
    const odd = call({ duration: 0, timeToFirstChunk: 0, usage: { input_uncached: 0, output: 0 } });
    for (const value of toFeatures(odd, EVALUATIONS, { cost: 0, characters: 0 })) {
      assert.ok(Number.isNaN(value) || Number.isFinite(value));
    }
    assert.equal(named(toFeatures(odd, EVALUATIONS, { cost: 0, characters: 0 })).characters, 0);
  });

  it('has names that may be labels, each once, and a scale for each', () => {
    assert.equal(new Set(FEATURE_NAMES).size, FEATURE_NAMES.length);
    for (const name of FEATURE_NAMES) assert.match(name, /^[a-z][a-z_]{2,40}$/);
    assert.equal(FEATURE_SCALES.length, FEATURE_NAMES.length);
  });
});

describe('contextsOf', () => {
  it('goes from the operation to the model to the template, and stops where nothing is known', () => {
    const [operation, model, template, ...none] = contextsOf(call({ template: 'v1' }));
    assert.equal(operation, 'chat');
    assert.equal(none.length, 0);
    assert.deepEqual(contextsOf(call()), [operation, model]);
    assert.notEqual(contextsOf(call({ template: 'v2' }))[2], template);
    assert.equal(contextsOf(call({ template: 'v2' }))[1], model);
    assert.notEqual(contextsOf(call({ model: { requested: 'other' } }))[1], model);
  });
});
