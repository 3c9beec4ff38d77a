import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCall, type LlmCall, type RawCall } from '../../core/call.js';
import { ModelNames } from '../../core/model-names.js';
import { MetricStore } from '../../core/store.js';
import { CallMetrics } from '../../processor/call-metrics.js';
import { ModelChange } from '../../processor/model-change.js';

const NOW = 1_790_000_000_000;
const call = (change: RawCall = {}): LlmCall =>
  cleanCall(
    {
      id: 'c',
      provider: 'openai',
      operation: 'chat',
      model: { requested: 'gpt-4o', answered: 'gpt-4o-a' },
      startedAt: NOW,
      duration: 1,
      usage: { input_uncached: 10, cache_read: 3, output: 5, source: 'reported' },
      outcome: { kind: 'ok', finishReasons: ['stop'] },
      ...change,
    },
    NOW,
  ).call;

function setUp(store = new MetricStore(), priced = true) {
  const metrics = new CallMetrics(store, new ModelNames(), priced);
  const record = (one: LlmCall, cost?: number): void => metrics.record(one, metrics.modelLabel(one), cost);
  return { store, record };
}
const labels = { provider: 'openai', model: 'gpt-4o', operation: 'chat' } as const;

test('an answered call moves calls, tokens, cost and finish', () => {
  const { store, record } = setUp();
  record(call(), 0.25);
  assert.equal(store.value('calls', { ...labels, outcome: 'ok', error_type: '' }), 1);
  const tokens = (name: 'input_uncached' | 'cache_read' | 'output'): number | undefined =>
    store.value('tokens', { provider: 'openai', model: 'gpt-4o', class: name, source: 'reported' });
  assert.deepEqual([tokens('input_uncached'), tokens('cache_read'), tokens('output')], [10, 3, 5]);
  assert.equal(store.value('cost', { provider: 'openai', model: 'gpt-4o' }), 0.25);
  assert.equal(store.value('finish', { provider: 'openai', model: 'gpt-4o', reason: 'stop' }), 1);
  assert.equal(store.value('selfUsageMissing', { provider: 'openai' }), undefined);
});

test('every outcome is born at 0 with the first call, so that the first error is an increase', () => {
  const { store, record } = setUp();
  record(call());
  assert.equal(store.value('calls', { ...labels, outcome: 'error', error_type: 'auth' }), 0);
  assert.equal(store.value('calls', { ...labels, outcome: 'aborted', error_type: '' }), 0);
});

test('a model that never answered is other; after its first answer it is itself', () => {
  const { store, record } = setUp();
  record(call({ outcome: { kind: 'error', errorType: 'not_found' }, usage: undefined }));
  assert.equal(store.value('calls', { ...labels, model: 'other', outcome: 'error', error_type: 'not_found' }), 1);
  record(call());
  record(call({ outcome: { kind: 'error', errorType: 'server' }, usage: undefined }));
  assert.equal(store.value('calls', { ...labels, outcome: 'error', error_type: 'server' }), 1);
});

test('a missing or estimated usage is counted, an error without usage is not', () => {
  const { store, record } = setUp();
  record(call({ usage: undefined }));
  record(call({ usage: { output: 4, source: 'estimated' } }));
  record(call({ usage: undefined, outcome: { kind: 'error', errorType: 'server' } }));
  assert.equal(store.value('selfUsageMissing', { provider: 'openai' }), 2);
  assert.equal(store.value('tokens', { provider: 'openai', model: 'gpt-4o', class: 'output', source: 'estimated' }), 4);
});

test('a price that is missing is counted and never a cost of 0; the series is born with the first price', () => {
  const { store, record } = setUp();
  const cost = (): number | undefined => store.value('cost', { provider: 'openai', model: 'gpt-4o' });
  record(call(), undefined);
  assert.equal(store.value('selfPriceMissing', { model: 'gpt-4o' }), 1);
  assert.equal(cost(), undefined);
  record(call(), 0);
  assert.equal(cost(), 0, 'a free model costs 0');
  record(call(), 0.5);
  assert.equal(cost(), 0.5);
});

test('where nobody asks for prices none is missing', () => {
  const { store, record } = setUp(new MetricStore(), false);
  record(call(), undefined);
  assert.equal(store.value('selfPriceMissing', { model: 'gpt-4o' }), undefined);
  assert.equal(store.value('cost', { provider: 'openai', model: 'gpt-4o' }), undefined);
});

test('attempts beyond the first are retries', () => {
  const { store, record } = setUp();
  record(call({ attempts: 3 }));
  record(call({ attempts: 1 }));
  record(call());
  assert.equal(store.value('callsRetries', labels), 2);
});

test('call labels of the user come from the context', () => {
  const { store, record } = setUp(new MetricStore({ callLabels: { team: ['search'] } }));
  record(call({ context: { team: 'search', other: 'x' } }));
  record(call({ context: { team: 'unknown' } }));
  const family = store.collect().find(one => one.key === 'calls');
  const teams = [...(family?.series.values() ?? [])]
    .filter(one => 'value' in one && one.value > 0)
    .map(one => one.labelValues.at(-1));
  assert.deepEqual(teams, ['search', 'other']);
});

test('with call labels of the user a kind of error has a series once it has happened', () => {
  const { store, record } = setUp(new MetricStore({ callLabels: { team: ['search', 'support'] } }));
  const series = (): string[] =>
    [
      ...(store
        .collect()
        .find(one => one.key === 'calls')
        ?.series.values() ?? []),
    ].map(one => [...one.labelValues.slice(-3), 'value' in one ? one.value : ''].join());
  record(call({ context: { team: 'search' } }));
  assert.deepEqual(series(), ['ok,,search,1', 'aborted,,search,0']);
  for (let i = 0; i < 2; i++)
    record(call({ context: { team: 'search' }, outcome: { kind: 'error', errorType: 'auth' } }));
  assert.deepEqual(series(), ['ok,,search,1', 'aborted,,search,0', 'error,auth,search,2']);
});

test('a provider that answers with ever new names does not use up the names of the models that are asked for', () => {
  const store = new MetricStore();
  const changes = new ModelChange(store);
  for (let i = 0; i < 250; i++) changes.observe(call({ model: { requested: 'proxy', answered: `answered-${i}` } }));
  changes.observe(call({ model: { requested: 'gpt-5', answered: 'answered-1' } }));
  const labels = { provider: 'openai', requested_model: 'gpt-5', from: 'answered-1', to: 'answered-1' };
  assert.equal(store.value('modelChanges', labels), 0);
});

test('another answered model than before is a change; the first one, and a repetition, are none', () => {
  const store = new MetricStore();
  const changes = new ModelChange(store);
  assert.equal(changes.observe(call()), undefined);
  assert.equal(changes.observe(call()), undefined);
  assert.equal(changes.observe(call({ model: { requested: 'gpt-4o', answered: 'gpt-4o-b' } })), 'gpt-4o-a');
  assert.equal(changes.observe(call({ model: { requested: 'other', answered: 'gpt-4o-b' } })), undefined);
  assert.equal(
    changes.observe(
      call({ model: { requested: 'gpt-4o', answered: 'odd' }, outcome: { kind: 'error', errorType: 'server' } }),
    ),
    undefined,
  );
  assert.equal(
    store.value('modelChanges', { provider: 'openai', requested_model: 'gpt-4o', from: 'gpt-4o-a', to: 'gpt-4o-b' }),
    1,
  );
});
