import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanCall, type LlmCall, type RawCall } from '../../core/call.js';
import type { Evaluations } from '../../processor/evaluators/evaluator.js';
import {
  contextsOf,
  FEATURE_NAMES,
  FEATURE_SCALES,
  type FeatureName,
  scopesOf,
  toFeatures,
} from '../../processor/features.js';

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
  ['type_token_ratio', { score: 0.6, flagged: false }],
  ['pii', { score: 0.9, flagged: true }],
  ['secrets', { score: 0, flagged: false }],
  ['prompt_injection', { score: 0.1, flagged: false }],
  ['json_validity', { score: 0.5, flagged: true }],
  ['confidence', { score: 0.8, flagged: false }],
]);
const EXTRAS = { cost: 0.002, characters: 1199, expectedCost: 0.001 };

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
      tokens_per_second: Math.log(299.5 / 3.002),
      cost_per_token: Math.log(0.0020001 / 0.0010001),
      characters_per_token: Math.log(1200 / 300),
      cut_off: 0,
      filtered: 0,
      rate_limited: 0,
      timed_out: 0,
      server_error: 0,
      rejected: 0,
      aborted: 0,
      retried: 0,
      refusal: 0.25,
      repetition: 0.5,
      variety: 0.6,
      pii: 0.9,
      secrets: 0,
      injection: 0.1,
      invalid_json: 0.5,
      confidence: 0.8,
    };
    const actual = named(toFeatures(call(), EVALUATIONS, EXTRAS));
    assert.deepEqual(Object.keys(actual), Object.keys(expected));
    for (const name of FEATURE_NAMES) assert.ok(Math.abs(actual[name] - expected[name]) < 1e-5, name);
  });

  for (const [what, raw, missing] of [
    ['no first chunk', { timeToFirstChunk: undefined }, ['first_chunk']],
    [
      'no duration',
      { duration: undefined, timeToFirstChunk: undefined },
      ['latency', 'first_chunk', 'tokens_per_second'],
    ],
    ['no attempts', { attempts: undefined }, ['retried']],
    ['no usage', { usage: undefined }, ['input_tokens', 'output_tokens', 'tokens_per_second', 'characters_per_token']],
    [
      'an error',
      { outcome: { kind: 'error', errorType: 'server' } },
      ['latency', 'output_tokens', 'tokens_per_second', 'characters_per_token', 'cut_off', 'filtered'],
    ],
    [
      'an abort',
      { outcome: { kind: 'aborted', by: 'caller' } },
      [
        'latency',
        'output_tokens',
        'tokens_per_second',
        'characters_per_token',
        'cut_off',
        'filtered',
        'rate_limited',
        'timed_out',
        'server_error',
        'rejected',
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
      [
        'cost_per_token',
        'characters_per_token',
        'refusal',
        'repetition',
        'variety',
        'pii',
        'secrets',
        'injection',
        'invalid_json',
        'confidence',
      ],
    );
  });

  for (const [raw, feature] of [
    [{ outcome: { kind: 'error', errorType: 'server' } }, 'server_error'],
    [{ outcome: { kind: 'error', errorType: 'overloaded' } }, 'rate_limited'],
    [{ outcome: { kind: 'error', errorType: 'connection' } }, 'timed_out'],
    [{ outcome: { kind: 'error', errorType: 'context_length' } }, 'rejected'],
    [{ outcome: { kind: 'aborted', by: 'abandoned' } }, 'aborted'],
    [{ attempts: 3 }, 'retried'],
    [{ outcome: { kind: 'ok', finishReasons: ['length'] } }, 'cut_off'],
    [{ outcome: { kind: 'ok', finishReasons: ['content_filter'] } }, 'filtered'],
  ] as const)
    it(`tells ${feature}, and nothing else of its kind`, () => {
      const facts = [
        'cut_off',
        'filtered',
        'rate_limited',
        'timed_out',
        'server_error',
        'rejected',
        'aborted',
        'retried',
      ] as const;
      const actual = named(toFeatures(call(raw), EVALUATIONS));
      assert.deepEqual(
        facts.filter(name => actual[name] === 1),
        [feature],
      );
    });

  it('stays finite for an empty answer, no cost and no time', () => {
    const odd = call({ duration: 0, timeToFirstChunk: 0, usage: { input_uncached: 0, output: 0 } });
    for (const value of toFeatures(odd, EVALUATIONS, { cost: 0, characters: 0, expectedCost: 0 })) {
      assert.ok(Number.isNaN(value) || Number.isFinite(value));
    }
  });

  it('has names that may be labels, each once, and a scale for each', () => {
    assert.equal(new Set(FEATURE_NAMES).size, FEATURE_NAMES.length);
    for (const name of FEATURE_NAMES) assert.match(name, /^[a-z][a-z_]{2,40}$/);
    assert.equal(FEATURE_SCALES.length, FEATURE_NAMES.length);
  });
});

describe('contextsOf', () => {
  it('goes from the operation by the model or the template to both', () => {
    const { model, prompt } = contextsOf(call({ template: 'answers@1' }));
    assert.equal(model[0], 'chat');
    assert.equal(prompt[0], 'chat');
    assert.equal(model.at(-1), prompt.at(-1));
    const other = contextsOf(call({ template: 'answers@1', model: { requested: 'other' } }));
    assert.deepEqual(other.prompt.slice(0, -1), prompt.slice(0, -1));
    assert.notEqual(other.prompt.at(-1), prompt.at(-1));
    assert.notEqual(other.model[1], model[1]);
  });

  it('has a new version of a template start from its family', () => {
    const [first, second] = ['answers@1', 'answers@2'].map(template => contextsOf(call({ template })).prompt);
    assert.equal(first?.[1], second?.[1]);
    assert.notEqual(first?.[2], second?.[2]);
    assert.notEqual(contextsOf(call({ template: 'mails@1' })).prompt[1], first?.[1]);
  });

  it('stops at the model where no template is known', () => {
    const { model, prompt } = contextsOf(call());
    assert.equal(model.length, 2);
    assert.deepEqual(prompt, model);
  });
});

describe('scopesOf', () => {
  it('names the model, the family of the template, and a few attributes of the caller', () => {
    const context = { team: 'search', tier: 'pro', a: '1', b: '2' };
    const scopes = scopesOf(call({ template: 'answers@3', context }));
    assert.deepEqual(scopes.slice(0, 3), [
      { kind: 'model', key: 'mgpt-x' },
      { kind: 'prompt', key: 'panswers' },
      { kind: 'attribute', key: 'ateam=search' },
    ]);
    assert.equal(scopes.length, 5);
    assert.deepEqual(scopesOf(call()), [{ kind: 'model', key: 'mgpt-x' }]);
  });
});
