import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCall } from '../../core/call.js';
import { defaultWiring } from '../../core/wiring.js';
import { type MonitorConfig, startMonitor } from '../../monitor/index.js';

/** Which evaluators ran or skipped for one call under a configuration. */
async function evaluatorsOf(config: MonitorConfig): Promise<string[]> {
  const monitor = startMonitor({ port: 0, processMetrics: false, ...config });
  try {
    await monitor.ready;
    const { call, rejected } = cleanCall(
      {
        id: 'a',
        provider: 'openai',
        operation: 'chat',
        model: { requested: 'm' },
        duration: 1,
        outcome: { kind: 'ok', finishReasons: ['stop'] },
      },
      Date.now(),
    );
    defaultWiring().calls.publish({
      call,
      rejected,
      text: {
        input: [{ role: 'user', text: 'What do I take against a headache?' }],
        output: ['Take one tablet of 400 mg twice a day.'],
      },
    });
    await monitor.flush();
    const exposition = await (await fetch(`${monitor.url}/metrics`)).text();
    return [
      ...new Set(
        [...exposition.matchAll(/llm_monitor_quality_(?:evaluated|skipped)_total\{evaluator="([a-z_]+)"/g)].map(
          match => match[1] as string,
        ),
      ),
    ].sort();
  } finally {
    await monitor.shutdown();
  }
}

test('a preset brings the evaluators that fit, beside the default ones', async () => {
  const online = await evaluatorsOf({});
  const healthcare = await evaluatorsOf({ preset: 'healthcare' });
  assert.ok(online.includes('refusal') && !online.includes('dosage'));
  assert.deepEqual(
    healthcare.filter(name => !online.includes(name)),
    ['advice', 'diagnosis', 'dosage', 'pii_input'],
  );
});

test('a selection changes the preset by + and -, and replaces it by bare names', async () => {
  const changed = await evaluatorsOf({ preset: 'finance', evaluators: ['-refusal', '+dosage'] });
  assert.ok(changed.includes('promise') && changed.includes('dosage') && !changed.includes('refusal'));
  assert.deepEqual(await evaluatorsOf({ preset: 'finance', evaluators: ['refusal'] }), ['refusal']);
  assert.deepEqual(await evaluatorsOf({ preset: 'finance', evaluators: ['none'] }), []);
});
