import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  absent,
  aggregate,
  and,
  compare,
  createQueries,
  divide,
  metricSeries,
  not,
  oneOf,
  or,
  type Query,
  quote,
  share,
  times,
  unless,
  variable,
} from '../../grafana/promql.js';

const q = createQueries({ job: 'app' });

describe('query builders', () => {
  const table: readonly (readonly [what: string, query: Query, text: string])[] = [
    ['a gauge', q.gauge('truthPending'), 'llm_monitor_truth_pending{job="app"}'],
    [
      'a rate by a label of ours',
      q.rate('calls', '5m', { where: { outcome: 'error' }, by: ['model'] }),
      'sum by (model) (rate(llm_monitor_calls_total{job="app", outcome="error"}[5m]))',
    ],
    [
      'the observations of a histogram',
      q.rate('qualityScore', '5m'),
      'sum (rate(llm_monitor_quality_score_count{job="app"}[5m]))',
    ],
    [
      'a quantile, which keeps le',
      q.quantile(0.95, 'selfEvaluationDuration', '5m', { by: ['instance'] }),
      'histogram_quantile(0.95, sum by (le, instance) (rate(llm_monitor_self_evaluation_duration_seconds_bucket{job="app"}[5m])))',
    ],
    [
      'a label of the conventions, filtered under its own name and returned under ours',
      q.quantile(0.5, 'operationDuration', '1m', { where: { model: 'm' }, by: ['model'] }),
      'histogram_quantile(0.5, sum by (le, model) (label_replace(rate(gen_ai_client_operation_duration_seconds_bucket{job="app", gen_ai_request_model="m"}[1m]), "model", "$1", "gen_ai_request_model", "(.*)")))',
    ],
    [
      'growth, which sees the first value of a new series',
      q.growth('modelChanges', '5m'),
      'sum (llm_monitor_model_changes_total{job="app"} and on (job, instance) up{job="app"} offset 5m == 1\n' +
        'unless llm_monitor_model_changes_total{job="app"} offset 5m or increase(llm_monitor_model_changes_total{job="app"}[5m]))',
    ],
    ['absence', absent(q.up()), 'absent(up{job="app"})'],
    ['not a value', q.gauge('truthWindow', { model: not('all') }), 'llm_monitor_truth_window{job="app", model!="all"}'],
    [
      'one of several values, which are not patterns',
      q.gauge('truthPending', { task: oneOf('a.b', 'c') }),
      'llm_monitor_truth_pending{job="app", task=~"a\\\\.b|c"}',
    ],
    ['an empty value', q.gauge('truthCoverage', { class: '' }), 'llm_monitor_truth_coverage{job="app", class=""}'],
  ];
  for (const [what, query, text] of table)
    it(`writes ${what}`, () => assert.equal(query.text.replace(/\n(?=or)/, ' '), text));

  it('escapes what would end a value', () => {
    const hostile = 'a"} or vector(1) #\\\n';
    assert.equal(quote(hostile), '"a\\"} or vector(1) #\\\\\\n"');
    assert.equal(createQueries({ job: hostile }).up().text, `up{job=${quote(hostile)}}`);
  });

  it('leaves variables of a dashboard to Grafana', () => {
    const board = createQueries({ job: variable('job'), labels: { model: variable('model') } });
    assert.equal(
      board.rate('cost', '$__rate_interval').text,
      'sum (rate(llm_monitor_cost_usd_total{job=~"$job", model=~"$model"}[$__rate_interval]))',
    );
  });

  it('scopes only the labels that a metric has', () => {
    const board = createQueries({ job: 'app', labels: { model: 'm', provider: 'p' } });
    assert.equal(board.gauge('truthWindow').text, 'llm_monitor_truth_window{job="app", model="m"}');
    assert.equal(board.gauge('selfQueueDepth').text, 'llm_monitor_self_queue_depth{job="app"}');
  });

  it('offers in a variable only what our own metric has', () => {
    const board = createQueries({ job: variable('job') });
    assert.equal(board.values('calls', 'model'), 'label_values(llm_monitor_calls_total{job=~"$job"}, model)');
    assert.equal(
      board.values('operationDuration', 'model'),
      'label_values(gen_ai_client_operation_duration_seconds{job=~"$job"}, gen_ai_request_model)',
    );
  });

  it('refuses what the catalogue does not have', () => {
    // @ts-expect-error pending calls have no provider
    const label = q.gauge('truthPending', { provider: 'p' });
    // @ts-expect-error the outcome of a label is from a closed list
    const outcome = q.rate('truthOutcomes', '5m', { where: { outcome: 'right' } });
    // @ts-expect-error a gauge has no rate
    const rate = q.rate('truthPending', '5m');
    assert.ok(label && outcome && rate);
  });
});

describe('operators', () => {
  const [a, b, c] = ['truthPending', 'selfQueueDepth', 'detectorReady'].map(key =>
    createQueries({ job: 'j' }).gauge(key as 'truthPending'),
  ) as [Query, Query, Query];
  const short = (query: Query): string =>
    query.text.replaceAll(a.text, 'a').replaceAll(b.text, 'b').replaceAll(c.text, 'c').replaceAll('\n', ' ');
  const table: readonly (readonly [query: Query, text: string])[] = [
    [and(or(a, b), c), '(a or b) and c'],
    [or(and(a, b), c), 'a and b or c'],
    [unless(a, and(b, c)), 'a unless (b and c)'],
    [and(compare(a, '>', 1), b, ['job']), 'a > 1 and on (job) b'],
    [compare(or(a, b), '>', 0), '(a or b) > 0'],
    [compare(compare(a, '>', 1), '<', 2), '(a > 1) < 2'],
    [divide(a, divide(b, c)), 'a / (b / c)'],
    [times(or(a, b), 60), '(a or b) * 60'],
    [aggregate('min', a, ['task']), 'min by (task) (a)'],
    [share(a, b), '(a or b * 0) / (b > 0)'],
  ];
  for (const [query, text] of table) it(`writes ${text}`, () => assert.equal(short(query), text));
});

describe('a series by its full name', () => {
  it('is under the names of its metric', () => {
    assert.equal(
      metricSeries('operationDuration', { job: 'j', instance: 'i', model: 'm' }, 'bucket', '0.5'),
      'gen_ai_client_operation_duration_seconds_bucket{job="j", instance="i", gen_ai_request_model="m", le="0.5"}',
    );
  });
});
