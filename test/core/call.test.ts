import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCall, inputTokens, outputTokens, type RawCall } from '../../core/call.js';

const NOW = 1_790_000_000_000;
const GOOD: RawCall = {
  id: 'c1',
  provider: 'OpenAI ',
  operation: 'chat',
  model: { requested: 'gpt-4o', answered: 'gpt-4o-2024-08-06' },
  startedAt: NOW - 2000,
  duration: 1.5,
  timeToFirstChunk: 0.4,
  usage: { input_uncached: 10, output: 5, source: 'reported' },
  outcome: { kind: 'ok', finishReasons: ['stop'] },
};

test('a good call passes whole, its provider in lower case', () => {
  const { call, rejected } = cleanCall(GOOD, NOW);
  assert.deepEqual(rejected, []);
  assert.equal(call.provider, 'openai');
  assert.equal(call.timeToFirstChunk, 0.4);
  assert.ok(Object.isFrozen(call) && Object.isFrozen(call.model) && Object.isFrozen(call.outcome));
});

const REFUSED: readonly [string, RawCall, string, string][] = [
  ['NaN duration', { duration: Number.NaN }, 'duration', 'not_a_number'],
  ['negative duration', { duration: -1 }, 'duration', 'negative'],
  ['a duration of days', { duration: 1e9 }, 'duration', 'absurd'],
  ['a missing duration', { duration: undefined }, 'duration', 'missing'],
  ['a first chunk after the end', { timeToFirstChunk: 2 }, 'time_to_first_chunk', 'inconsistent'],
  ['a start in the future', { startedAt: NOW + 3_600_000 }, 'started_at', 'absurd'],
  ['a start in 1970', { startedAt: 5 }, 'started_at', 'absurd'],
  ['negative tokens', { usage: { input_uncached: -4, output: 5 } }, 'input_uncached', 'negative'],
  ['half a token', { usage: { input_uncached: 10, output: 1.5 } }, 'output', 'not_a_number'],
  ['a text for tokens', { usage: { input_uncached: '10', output: 5 } }, 'input_uncached', 'not_a_number'],
  ['an unknown operation', { operation: 'sing' }, 'operation', 'unknown'],
  ['an unknown finish reason', { outcome: { kind: 'ok', finishReasons: ['tired'] } }, 'finish_reason', 'unknown'],
  ['an unknown error type', { outcome: { kind: 'error', errorType: 'odd' } }, 'error_type', 'unknown'],
  ['an unknown outcome', { outcome: { kind: 'maybe' } }, 'outcome', 'unknown'],
  ['a model name of a megabyte', { model: { requested: 'm'.repeat(1e6) } }, 'model', 'too_long'],
  ['a prediction that is an object', { prediction: { value: {} } }, 'prediction', 'unknown'],
  ['a service tier that is a sentence', { serviceTier: 'my card is 4111' }, 'service_tier', 'unknown'],
  ['a prediction score above 1', { prediction: { value: 'yes', score: 2 } }, 'prediction_score', 'absurd'],
];

for (const [what, change, field, reason] of REFUSED) {
  test(`${what} is refused as ${field}/${reason} and the rest of the call counts`, () => {
    const { call, rejected } = cleanCall({ ...GOOD, ...change }, NOW);
    assert.ok(
      rejected.some(one => one.field === field && one.reason === reason),
      JSON.stringify(rejected),
    );
    assert.equal(call.id, 'c1');
    assert.equal(call.provider, 'openai');
  });
}

test('a service tier is one word in lower case, and absent where none is named', () => {
  assert.equal(cleanCall({ ...GOOD, serviceTier: ' Flex' }, NOW).call.serviceTier, 'flex');
  assert.ok(!('serviceTier' in cleanCall({ ...GOOD, serviceTier: null }, NOW).call));
});

test('anything at all gives a call and never throws', () => {
  for (const odd of [
    {},
    { usage: 7, outcome: null, model: 'x', context: [1], startedAt: 'now' },
    { context: { a: { b: 1 } }, id: Symbol('x') },
  ]) {
    const { call } = cleanCall(odd as RawCall, NOW);
    assert.equal(call.model.requested, 'unknown');
    assert.equal(call.outcome.kind, 'error');
  }
});

test('no usage stays undefined, and sums are undefined rather than 0', () => {
  const { call } = cleanCall({ ...GOOD, usage: {} }, NOW);
  assert.equal(call.usage, undefined);
  assert.equal(inputTokens(call.usage), undefined);
  assert.equal(outputTokens({ output: 3, reasoning: 4, source: 'reported' }), 7);
  assert.equal(inputTokens({ input_uncached: 1, cache_read: 2, cache_write: 4, source: 'reported' }), 7);
});
