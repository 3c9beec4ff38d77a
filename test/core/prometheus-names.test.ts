import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRIC_KEYS, metricDef } from '../../core/catalog.js';
import { labelName, metricName, prometheusName, sanitizeName } from '../../core/prometheus-names.js';

// The table of the compatibility specification's rules, name by name.
for (const [name, unit, monotonic, expected] of [
  ['gen_ai.client.operation.duration', 's', false, 'gen_ai_client_operation_duration_seconds'],
  ['gen_ai.client.token.usage', '{token}', false, 'gen_ai_client_token_usage'],
  ['llm_monitor.cost.usd', '', true, 'llm_monitor_cost_usd_total'],
  ['llm_monitor.truth.label_delay', 's', false, 'llm_monitor_truth_label_delay_seconds'],
  ['jobs_total', '', true, 'jobs_total'],
  ['jobs_seconds', 's', true, 'jobs_seconds_total'],
  ['process.memory', 'By', false, 'process_memory_bytes'],
  ['rate', 'By/s', false, 'rate_bytes_per_second'],
  ['a..b--c', '1', false, 'a_b_c'],
  ['9lives', '', false, '_9lives'],
] as const) {
  test(`${name} (${unit || 'no unit'}) is ${expected}`, () =>
    assert.equal(prometheusName(name, unit, monotonic), expected));
}

test('names of the catalogue are unique, lower-case and end as their kind asks', () => {
  const names = METRIC_KEYS.map(metricName);
  assert.equal(new Set(names).size, names.length);
  for (const key of METRIC_KEYS) {
    const def = metricDef(key);
    assert.match(metricName(key), /^[a-z][a-z0-9_]*$/);
    assert.equal(metricName(key).endsWith('_total'), def.kind === 'counter', def.name);
    assert.equal(def.kind === 'histogram', def.buckets !== undefined, def.name);
    if (def.buckets !== undefined)
      assert.deepEqual(
        [...def.buckets].sort((a, b) => a - b),
        [...def.buckets],
      );
    assert.ok(def.help.length > 10 && !def.help.endsWith('.'), def.name);
  }
});

test('a logical label has the name of the conventions on their metrics and ours elsewhere', () => {
  assert.equal(labelName('operationDuration', 'model'), 'gen_ai_request_model');
  assert.equal(labelName('calls', 'model'), 'model');
  assert.equal(sanitizeName('gen_ai.request.model'), 'gen_ai_request_model');
});
