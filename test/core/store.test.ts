import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS, type OwnKey } from '../../core/catalog.js';
import { MonitorError } from '../../core/errors.js';
import { closedValues } from '../../core/labels.js';
import { createRandom } from '../../core/random.js';
import { HistogramSeries, NumberSeries } from '../../core/series.js';
import { MetricStore } from '../../core/store.js';

const CALL = { provider: 'openai', model: 'gpt-4o', operation: 'chat' } as const;

/** Every number series of a metric as `labels -> value`. */
function numbers(store: MetricStore, name: string): Record<string, number> {
  const family = store.collect().find(one => one.def.name === name);
  return Object.fromEntries(
    [...(family?.series.values() ?? [])].map(series => [
      series.labelValues.join(','),
      series instanceof NumberSeries ? series.value : Number.NaN,
    ]),
  );
}

test('a wrong, forgotten or superfluous label does not compile', () => {
  const store = new MetricStore();
  store.counter('calls', { ...CALL, outcome: 'ok', error_type: '' }).add(1);
  // @ts-expect-error a label is forgotten
  store.counter('calls', { ...CALL, outcome: 'ok' });
  // @ts-expect-error a label is unknown
  store.counter('cost', { provider: 'openai', model: 'gpt-4o', colour: 'red' });
  // @ts-expect-error a closed label has a value that is not on its list
  store.counter('calls', { ...CALL, outcome: 'fine', error_type: '' });
  // @ts-expect-error a histogram is not a counter
  store.counter('qualityScore', { evaluator: 'refusal', model: 'gpt-4o', operation: 'chat' });
  // @ts-expect-error metrics of the conventions go through the Meter
  store.histogram('operationDuration', {});
  assert.ok(store.collect().length > 0);
});

test('handles of one label set add up, those of another do not', () => {
  const store = new MetricStore();
  store.counter('cost', { provider: 'a', model: 'm' }).add(1.5);
  store.counter('cost', { provider: 'a', model: 'm' }).add(1);
  store.counter('cost', { provider: 'a|m', model: '' }).add(7);
  assert.deepEqual(numbers(store, 'llm_monitor.cost.usd'), { 'a,m': 2.5, 'a|m,': 7 });
});

test('label values that a joined key would confuse stay apart', () => {
  const store = new MetricStore();
  store.counter('cost', { provider: 'x\0', model: 'y' }).add(1);
  store.counter('cost', { provider: 'x', model: '\0y' }).add(2);
  assert.deepEqual(numbers(store, 'llm_monitor.cost.usd'), { 'x ,y': 1, 'x, y': 2 });
});

for (const [what, value, reason] of [
  ['NaN', Number.NaN, 'not_finite'],
  ['infinity', Number.POSITIVE_INFINITY, 'not_finite'],
  ['a negative step of a counter', -1, 'negative'],
] as const) {
  test(`${what} is refused and counted, never added`, () => {
    const store = new MetricStore();
    const cost = store.counter('cost', { provider: 'a', model: 'm' });
    cost.add(2);
    cost.add(value);
    assert.equal(store.value('cost', { provider: 'a', model: 'm' }), 2);
    assert.equal(store.value('selfRejected', { field: 'llm_monitor.cost.usd', reason }), 1);
  });
}

test('past the limit, open labels fold into other, closed ones stay, and the folding is counted', () => {
  const store = new MetricStore({ seriesLimit: 2 });
  for (const model of ['a', 'b', 'c', 'd'])
    store.counter('calls', { provider: 'p', model, operation: 'chat', outcome: 'ok', error_type: '' }).add(1);
  assert.deepEqual(numbers(store, 'llm_monitor.calls'), {
    'p,a,chat,ok,': 1,
    'p,b,chat,ok,': 1,
    'other,other,chat,ok,': 2,
  });
  assert.equal(store.value('selfSeriesFolded', { metric: 'llm_monitor.calls' }), 2);
  assert.equal(store.value('selfSeries', { metric: 'llm_monitor.calls' }), 3);
  assert.equal(store.value('selfSeriesLimit', { metric: 'llm_monitor.calls' }), 2);
});

test("past the limit the user's call labels fold too, given or not", () => {
  const store = new MetricStore({ seriesLimit: 1, callLabels: { team: ['search', 'support'], tier: ['free'] } });
  const cost = { provider: 'p', model: 'm' } as const;
  store.counter('cost', cost, { team: 'search', tier: 'free' }).add(1);
  store.counter('cost', cost, { team: 'support', tier: 'free' }).add(2);
  store.counter('cost', cost, { team: 'search' }).add(4);
  store.counter('cost', cost).add(8);
  store.counter('cost', cost, { team: 'search', tier: 'free' }).add(16);
  assert.deepEqual(numbers(store, 'llm_monitor.cost.usd'), { 'p,m,search,free': 17, 'other,other,other,other': 14 });
});

test('whatever the label sets are, a metric stays within its limit and the combinations of its closed labels', () => {
  const random = createRandom(20_260_801);
  const pick = (values: readonly string[]): string => values[Math.floor(random() * values.length)] as string;
  const many = (prefix: string): string[] => Array.from({ length: 50 }, (_, i) => `${prefix}${i}`);
  const callLabels = { team: many('t'), tier: many('l'), zone: many('z') };
  const keys: readonly OwnKey[] = [
    'calls',
    'tokens',
    'cost',
    'callsInFlight',
    'finish',
    'truthOutcomes',
    'qualityScore',
  ];
  for (const seriesLimit of [1, 7, 60]) {
    const store = new MetricStore({ seriesLimit, callLabels });
    for (const key of keys) {
      const { kind, labels } = METRICS[key];
      let combinations = 1;
      for (const label of labels) {
        const values = closedValues(label);
        if (values !== undefined) combinations *= new Set([...values, 'other']).size;
      }
      const bound = seriesLimit + combinations;
      for (let i = 0; i < 3 * bound + 300; i++) {
        const set: Record<string, string> = {};
        for (const label of labels) set[label] = pick([...(closedValues(label) ?? many('v')), 'not on the list', '']);
        const extra: Record<string, string> = {};
        for (const [name, values] of Object.entries(callLabels))
          if (random() < 0.7) extra[name] = pick([...values, 'x']);
        // The types would keep most of these label sets out; a caller in JavaScript has no types.
        if (kind === 'histogram') store.histogram(key as 'qualityScore', set as never).record(1);
        else if (kind === 'updown') store.upDown(key as 'callsInFlight', set as never).add(1);
        else store.counter(key as 'calls', set as never, extra).add(1);
      }
      const size = store.collect().find(family => family.key === key)?.series.size ?? 0;
      assert.ok(size > seriesLimit && size <= bound, `${key}: ${size} series, limit ${seriesLimit}, bound ${bound}`);
    }
  }
});

test('a gauge set to undefined or NaN vanishes', () => {
  const store = new MetricStore();
  store.set('detectorReady', 1, { detector: 'isolation_forest' });
  assert.deepEqual(numbers(store, 'llm_monitor.detector.ready'), { isolation_forest: 1 });
  store.set('detectorReady', undefined, { detector: 'isolation_forest' });
  assert.deepEqual(numbers(store, 'llm_monitor.detector.ready'), {});
  store.set('detectorReady', Number.NaN, { detector: 'isolation_forest' });
  assert.deepEqual(numbers(store, 'llm_monitor.detector.ready'), {});
});

test('a histogram counts each value in the first bucket that holds it', () => {
  const store = new MetricStore();
  const score = store.histogram('qualityScore', { evaluator: 'refusal', model: 'm', operation: 'chat' });
  for (const value of [0, 0.05, 0.051, 1, 1.5, Number.NaN]) score.record(value);
  const family = store.collect().find(one => one.key === 'qualityScore');
  const series = [...(family?.series.values() ?? [])][0];
  assert.ok(series instanceof HistogramSeries);
  assert.deepEqual([...series.counts], [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
  assert.equal(series.count, 5);
  assert.ok(Math.abs(series.sum - 2.601) < 1e-12);
});

test('call labels of the user are written on the call, token and cost metrics, unlisted values as other', () => {
  const store = new MetricStore({ callLabels: { team: ['search', 'support'] } });
  const labels = { ...CALL, outcome: 'ok', error_type: '' } as const;
  store.counter('calls', labels, { team: 'search' }).add(1);
  store.counter('calls', labels, { team: 'somebody', stray: 'x' }).add(1);
  store.counter('calls', labels).add(1);
  assert.deepEqual(numbers(store, 'llm_monitor.calls'), {
    'openai,gpt-4o,chat,ok,,search': 1,
    'openai,gpt-4o,chat,ok,,other': 1,
    'openai,gpt-4o,chat,ok,,': 1,
  });
});

test('a collector that throws is counted and hides nothing', () => {
  const store = new MetricStore();
  store.onCollect(() => {
    throw new Error('broken');
  });
  store.onCollect(() => store.set('selfQueueDepth', 3, {}));
  assert.deepEqual(numbers(store, 'llm_monitor.self.queue.depth'), { '': 3 });
  assert.equal(store.value('selfErrors', { component: 'collect' }), 1);
});

test('long and malformed label values are cut and made well-formed', () => {
  const store = new MetricStore();
  store.counter('cost', { provider: 'p'.repeat(500), model: '\ud800\n' }).add(1);
  const [key] = Object.keys(numbers(store, 'llm_monitor.cost.usd'));
  assert.equal(key, `${'p'.repeat(128)},\ufffd `);
});

test('a limit that makes no sense is an error that names it', () => {
  assert.throws(
    () => new MetricStore({ seriesLimit: 0 }),
    (error: unknown) => MonitorError.is(error) && /seriesLimit is 0/.test(error.message),
  );
});
