import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import { MonitorError } from '../../core/errors.js';
import { loadConfig, type MonitorConfig } from '../../monitor/config/load.js';

const folder = mkdtempSync(join(tmpdir(), 'llm-monitor-config-'));
const empty = mkdtempSync(join(tmpdir(), 'llm-monitor-empty-'));
after(() => {
  for (const made of [folder, empty]) rmSync(made, { recursive: true, force: true });
});
writeFileSync(
  join(folder, 'llm-monitor.config.json'),
  JSON.stringify({ port: 1111, preset: 'finance', seriesLimit: 7 }),
);

test('defaults hold when nobody says anything', () => {
  const { settings, notices } = loadConfig({}, {}, empty);
  assert.deepEqual(notices, []);
  assert.equal(settings.port, 9464);
  assert.equal(settings.host, '127.0.0.1');
  assert.equal(settings.preset, 'online');
  assert.equal(settings.labelTtl, 7 * 86_400);
  assert.equal(settings.captureContent, 'none');
  assert.equal(settings.redaction, 'on');
  assert.equal(settings.token, undefined);
});

test('code wins over environment, environment over file, file over default', () => {
  const env = { OTEL_EXPORTER_PROMETHEUS_PORT: '2222', LLM_MONITOR_PRESET: 'healthcare' };
  const { settings, file } = loadConfig({ port: 3333 }, env, folder);
  assert.equal(settings.port, 3333);
  assert.equal(settings.preset, 'healthcare');
  assert.equal(settings.seriesLimit, 7);
  assert.equal(file, join(folder, 'llm-monitor.config.json'));
  assert.equal(loadConfig({}, env, folder).settings.port, 2222);
  assert.equal(loadConfig({}, {}, folder).settings.port, 1111);
});

test('an empty variable counts as unset', () => {
  assert.equal(loadConfig({}, { LLM_MONITOR_PRESET: '' }, empty).settings.preset, 'online');
});

const READ: readonly [string, string, keyof ReturnType<typeof loadConfig>['settings'], unknown][] = [
  ['OTEL_SDK_DISABLED', 'true', 'disabled', true],
  ['OTEL_SDK_DISABLED', 'FALSE', 'disabled', false],
  ['LLM_MONITOR_LABEL_TTL', '90s', 'labelTtl', 90],
  ['LLM_MONITOR_LABEL_TTL', '12h', 'labelTtl', 43_200],
  ['LLM_MONITOR_PROCESS_METRICS', 'off', 'processMetrics', false],
  ['LLM_MONITOR_EVALUATORS', '-refusal, +mine', 'evaluators', ['-refusal', '+mine']],
  [
    'LLM_MONITOR_LABELS',
    'team=search|support;tier=free|pro',
    'labels',
    { team: ['search', 'support'], tier: ['free', 'pro'] },
  ],
  ['OTEL_SEMCONV_STABILITY_OPT_IN', 'http,gen_ai_latest_experimental', 'semconv', 'latest'],
  ['OTEL_SEMCONV_STABILITY_OPT_IN', 'gen_ai_latest_experimental/dup', 'semconv', 'both'],
  ['OTEL_SEMCONV_STABILITY_OPT_IN', 'http/dup', 'semconv', '1.41'],
  ['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT', 'SPAN_AND_EVENT', 'captureContent', 'both'],
  ['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT', 'true', 'captureContent', 'span'],
  ['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT', 'No_Content', 'captureContent', 'none'],
  ['LLM_MONITOR_REDACTION', 'OFF', 'redaction', 'off'],
  ['OTEL_EXPORTER_PROMETHEUS_PORT', '0', 'port', 0],
];
for (const [name, value, setting, expected] of READ) {
  test(`${name}=${value} is ${JSON.stringify(expected)}`, () =>
    assert.deepEqual(loadConfig({}, { [name]: value }, empty).settings[setting], expected));
}

const WRONG: readonly [string, string, RegExp][] = [
  ['LLM_MONITOR_PRESET', 'bank', /LLM_MONITOR_PRESET is "bank"; expected online, finance, healthcare/],
  ['LLM_MONITOR_SERIES_LIMIT', 'many', /LLM_MONITOR_SERIES_LIMIT is "many"; expected a whole number from 1 to 100000/],
  ['LLM_MONITOR_SERIES_LIMIT', '0', /LLM_MONITOR_SERIES_LIMIT is "0"/],
  ['LLM_MONITOR_LABEL_TTL', '7 fortnights', /LLM_MONITOR_LABEL_TTL is "7 fortnights"; expected a duration/],
  [
    'OTEL_EXPORTER_PROMETHEUS_PORT',
    '70000',
    /OTEL_EXPORTER_PROMETHEUS_PORT is "70000"; expected a whole number from 0 to 65535/,
  ],
  ['LLM_MONITOR_LABELS', 'team', /LLM_MONITOR_LABELS is "team"; expected label=value\|value/],
  ['LLM_MONITOR_LABELS', 'model=a', /LLM_MONITOR_LABELS/],
  ['LLM_MONITOR_EVALUATORS', 'a b', /LLM_MONITOR_EVALUATORS is "a b"/],
  ['OTEL_SEMCONV_STABILITY_OPT_IN', 'gen_ai_lastest', /OTEL_SEMCONV_STABILITY_OPT_IN is "gen_ai_lastest"/],
  [
    'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT',
    'maybe',
    /CAPTURE_MESSAGE_CONTENT is "maybe"; expected true, false, NO_CONTENT/,
  ],
  ['LLM_MONITOR_REDACTION', 'false', /LLM_MONITOR_REDACTION is "false"; expected on or off/],
  ['OTEL_SDK_DISABLED', 'perhaps', /OTEL_SDK_DISABLED is "perhaps"; expected true or false/],
  [
    'LLM_MONITOR_CONFIG',
    'nowhere.json',
    /LLM_MONITOR_CONFIG is "nowhere.json"; expected the path of a file that exists/,
  ],
];
for (const [name, value, message] of WRONG) {
  test(`${name}=${value} is an error that names the variable, the value and what is accepted`, () => {
    assert.throws(
      () => loadConfig({}, { [name]: value }, empty),
      (error: unknown) => MonitorError.is(error) && error.code === 'CONFIG_INVALID' && message.test(error.message),
    );
  });
}

test('a wrong token is named but never shown', () => {
  assert.throws(
    () => loadConfig({}, { LLM_MONITOR_TOKEN: 'with blank' }, empty),
    (error: Error) => error.message.includes('LLM_MONITOR_TOKEN') && !error.message.includes('with blank'),
  );
});

test('an unknown setting in code or file is an error, an unknown variable of ours a notice', () => {
  assert.throws(() => loadConfig({ prot: 1 } as MonitorConfig, {}, empty), /unknown setting "prot"; known are/);
  const path = join(folder, 'odd.json');
  writeFileSync(path, '{"evalators":"none"}');
  assert.throws(
    () => loadConfig({}, { LLM_MONITOR_CONFIG: path }, empty),
    /odd\.json has the unknown setting "evalators"/,
  );
  const { notices } = loadConfig({}, { LLM_MONITOR_PRESETS: 'finance' }, empty);
  assert.equal(notices.length, 1);
  assert.match(notices[0] as string, /LLM_MONITOR_PRESETS is set but not known/);
});

const LABELS: readonly [string, MonitorConfig, RegExp | undefined][] = [
  ['no labels, however low the limit', { seriesLimit: 1 }, undefined],
  ['labels that just fit', { seriesLimit: 60, labels: { team: ['a', 'b'], tier: ['c', 'd'] } }, undefined],
  [
    'labels one series too many',
    { seriesLimit: 59, labels: { team: ['a', 'b'], tier: ['c', 'd'] } },
    /4 combinations .* 60 series .* is 59;/,
  ],
];
for (const [what, config, line] of LABELS) {
  test(`${what}: ${line === undefined ? 'nothing is told' : 'told with both figures'}`, () => {
    const { notices } = loadConfig(config, {}, empty);
    assert.equal(notices.length, line === undefined ? 0 : 1);
    if (line !== undefined) assert.match(notices[0] as string, line);
  });
}

test('a config module is read without waiting, by default export or by name', () => {
  for (const [name, source] of [
    ['a.mjs', 'export default { port: 4444, truth: { windows: { count: [100] } } };'],
    ['b.mjs', 'export const config = { port: 4444, truth: { windows: { count: [100] } } };'],
    ['c.cjs', 'module.exports = { port: 4444, truth: { windows: { count: [100] } } };'],
  ] as const) {
    const path = join(folder, name);
    writeFileSync(path, source);
    const { settings, code } = loadConfig({}, { LLM_MONITOR_CONFIG: path }, empty);
    assert.equal(settings.port, 4444, name);
    assert.deepEqual(code.truth?.windows, { count: [100] }, name);
  }
});

test('a config file that is no JSON shows nothing of what it holds', () => {
  const path = join(folder, 'slip.json');
  for (const text of [
    '{"port": 1, "token": pass9word, "preset": "finance", "seriesLimit": 7}',
    'pass9',
    '{"token": "pass9\nword"}',
    '{"token": "pass9word" "port": 1}',
  ]) {
    writeFileSync(path, text);
    assert.throws(
      () => loadConfig({}, { LLM_MONITOR_CONFIG: path }, empty),
      (error: Error) => {
        assert.match(error.message, /slip\.json cannot be loaded: \w{2,}/);
        assert.doesNotMatch(inspect(error), /pass9/);
        return true;
      },
    );
  }
});

test('a config file that cannot be loaded says which and why', () => {
  const path = join(folder, 'broken.json');
  writeFileSync(path, '{');
  assert.throws(() => loadConfig({}, { LLM_MONITOR_CONFIG: path }, empty), /broken\.json cannot be loaded/);
  const list = join(folder, 'list.json');
  writeFileSync(list, '[1]');
  assert.throws(() => loadConfig({}, { LLM_MONITOR_CONFIG: list }, empty), /holds \[1\]; expected an object/);
});
