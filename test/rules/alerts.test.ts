import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type Alert, CASE_KINDS } from '../../grafana/alert.js';
import { boards, provisionedFolder } from '../../grafana/dashboards.js';
import { generate } from '../../grafana/generate.js';
import { fastTimings, type GrafanaOptions, resolveOptions } from '../../grafana/options.js';
import { alerts } from '../../grafana/rules.js';
import { toYaml } from '../../grafana/yaml.js';
import { requireTool } from '../tools.js';

/** What alerts are not tested for, and why. Any other gap fails. */
const EXEMPT: Readonly<Record<string, string>> = {
  'LLMMonitorWatchdog below': 'fires always, by design',
  'LLMMonitorWatchdog resolves': 'fires always, by design',
  'LLMMonitorWatchdog idle': 'fires always, by design',
  'LLMMonitorWatchdog vanishes': 'fires always, by design',
  'LLMMonitorAbsent vanishes': 'a series that vanishes is what it is for',
};

const temporary: string[] = [];
after(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true });
});

/** Rules and tests for given options, on disk. */
function written(options: GrafanaOptions): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-monitor-rules-'));
  temporary.push(folder);
  for (const [path, content] of generate(options)) {
    if (!path.startsWith('prometheus/')) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function promtool(tool: string, ...args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(tool, [...args], { maxBuffer: 1 << 24 });
    return { ok: true, text: stdout + stderr };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, text: `${stdout}${stderr}` };
  }
}

const inFolder = (folder: string, kind: 'rules' | 'tests'): string[] =>
  readdirSync(join(folder, 'prometheus', kind)).map(name => join(folder, 'prometheus', kind, name));

describe('cases of alerts', () => {
  it('are there for every alert and kind, but for named exemptions', () => {
    const exempt: string[] = [];
    const firing = (alert: Alert, kind: (typeof CASE_KINDS)[number]): number => {
      const cases = alert.cases[kind];
      if ('exempt' in cases) {
        exempt.push(`${alert.name} ${kind}`);
        return -1;
      }
      assert.ok(cases.length > 0, `${alert.name} has no case "${kind}"`);
      return cases.reduce((sum, one) => sum + one.firing.length, 0);
    };
    for (const alert of alerts(resolveOptions())) {
      for (const kind of CASE_KINDS) {
        const count = firing(alert, kind);
        if (count >= 0) assert.equal(count > 0, kind === 'fires', `${alert.name} ${kind}`);
      }
      const tested = alert.cases.fires;
      assert.ok(!('exempt' in tested));
      for (const rule of alert.rules) {
        assert.ok(
          tested.some(one => one.firing.some(firing => firing.rule === rule)),
          `${alert.name}: "${rule.summary}" never fires in a test`,
        );
      }
    }
    assert.deepEqual(exempt.sort(), Object.keys(EXEMPT).sort());
  });
});

describe('rules in promtool', () => {
  const variants: readonly (readonly [name: string, options: GrafanaOptions | undefined])[] = [
    ['of the package', undefined],
    ['of a rehearsal, for finance', { preset: 'finance', timings: fastTimings }],
    [
      'with names that need escaping and odd thresholds',
      {
        preset: 'healthcare',
        job: 'a "b" \\c',
        team: 'night shift',
        timings: { ...fastTimings, floorCalls: 7, rateWindow: '30s' },
        thresholds: { latencyP95: 60, errorRatio: 0.333, anomalyRatio: 0.4, accuracy: 0.777, dropRatio: 0.2 },
      },
    ],
  ];
  for (const [name, options] of variants) {
    it(`pass check and tests: ${name}`, async t => {
      const tool = requireTool(t, 'promtool');
      if (tool === undefined) return;
      const folder = options === undefined ? dirname(join(provisionedFolder() ?? '', 'prometheus')) : written(options);
      const checked = await promtool(tool, 'check', 'rules', ...inFolder(folder, 'rules'));
      assert.ok(checked.ok, checked.text);
      const tested = await promtool(tool, 'test', 'rules', ...inFolder(folder, 'tests'));
      assert.ok(tested.ok, tested.text.slice(0, 4000));
      const config = await promtool(tool, 'check', 'config', join(folder, 'prometheus', 'prometheus.yml'));
      assert.ok(config.ok, config.text);
    });
  }

  it('fail their tests when a threshold, a duration or a label is wrong', async t => {
    const tool = requireTool(t, 'promtool');
    if (tool === undefined) return;
    const faults: readonly (readonly [alert: string, from: string | RegExp, to: string])[] = [
      ['LLMErrorRatioHigh', 'error_ratio{job="llm-monitor"} > 0.05', 'error_ratio{job="llm-monitor"} > 0.04'],
      ['LLMAccuracyLow', /< 0\.9/g, '<= 0.9'],
      ['LLMMonitorDown', 'for: 5s', 'for: 1s'],
      ['LLMModelChanged', 'category: drift', 'category: quality'],
      ['LLMAnomalyBurst', '>= 5', '>= 1'],
      ['LLMProviderOutage', 'server|', 'server|bad_request|'],
      ['LLMRateLimited', /="rate_limit"/, '=~"rate_limit|server"'],
      ['LLMAuthFailures', '> 3', '> 2'],
      ['LLMTimeouts', '> 0.02', '> 0.01'],
      ['LLMMonitorSeriesLimitNear', '> 0.9', '>= 0.9'],
      ['LLMMonitorDroppingEvents', '> 0', '> 100000'],
      ['LLMDriftActive', /and (?=\(llm_monitor_drift_detected)/, 'or '],
      ['LLMDriftActive', ' offset 30s', ' offset 1s'],
      ['LLMDriftActive', /increase\(([^[]*)\[30s\]\)/, '$1'],
    ];
    for (const [alert, from, to] of faults) {
      const folder = written({ timings: fastTimings });
      const file = join(folder, 'prometheus', 'rules', 'alerts.yaml');
      const text = readFileSync(file, 'utf8');
      const at = text.indexOf(`- alert: ${alert}`);
      const broken = text.slice(0, at) + text.slice(at).replace(from, to);
      assert.notEqual(broken, text, alert);
      writeFileSync(file, broken);
      const { ok } = await promtool(tool, 'test', 'rules', join(folder, 'prometheus', 'tests', `${alert}.yaml`));
      assert.equal(ok, false, `${alert}: nobody noticed ${to}`);
    }
  });
});

describe('recorded measures of labelled calls', () => {
  it('fail their worked example when a rule is wrong', async t => {
    const tool = requireTool(t, 'promtool');
    if (tool === undefined) return;
    const faults: readonly (readonly [what: string, from: string | RegExp, to: string])[] = [
      [
        'corrections are forgotten',
        /- sum by \(job, task, model, class, outcome\)/,
        '- 0 * sum by (job, task, model, class, outcome)',
      ],
      ['recall is precision', /recall_1d/g, 'precision_1d'],
      ['the macro average is over all classes', /(count by \(job, task, model\) .*) > 0\)/, '$1 >= 0)'],
      ['chance is left out', /(accuracy_1h\{[^}]*\})\s+- job_task_model/, '$1 - 0 * job_task_model'],
      ['all models are one', 'model!="all"', 'model="m-1"'],
      [
        'a text has a precision',
        /\n *and on \(job, task\) sum by \(job, task\) \(llm_monitor_truth_confusion_total\{job="llm-monitor"\}\)/,
        '',
      ],
    ];
    for (const [what, from, to] of faults) {
      const folder = written({});
      const file = join(folder, 'prometheus', 'rules', 'truth.yaml');
      const text = readFileSync(file, 'utf8');
      const broken = text.replace(from, to);
      assert.notEqual(broken, text, what);
      writeFileSync(file, broken);
      assert.ok((await promtool(tool, 'check', 'rules', file)).ok, `${what}: still PromQL`);
      const { ok } = await promtool(tool, 'test', 'rules', join(folder, 'prometheus', 'tests', 'truth.yaml'));
      assert.equal(ok, false, `nobody noticed that ${what}`);
    }
  });
});

describe('every query', () => {
  it('is PromQL: of panels, annotations and runbooks, with empty options too', async t => {
    const tool = requireTool(t, 'promtool');
    if (tool === undefined) return;
    const folder = mkdtempSync(join(tmpdir(), 'llm-monitor-queries-'));
    temporary.push(folder);
    const resolved = resolveOptions({});
    const queries = [
      ...boards(resolved).flatMap(({ panels, annotations }) => [
        ...panels.flatMap(panel => panel.targets.map(target => target.query.text)),
        ...annotations.map(annotation => annotation.query.text),
      ]),
      ...alerts(resolved).flatMap(alert => alert.runbook.diagnosis.flatMap(({ query }) => query?.text ?? [])),
    ];
    assert.ok(queries.length > 40);
    // Variables are tried as nothing, as one value and as everything.
    const rules = ['', 'a', '.*'].flatMap((chosen, round) =>
      queries.map((query, i) => ({
        record: `query_${round}_${i}`,
        expr: query.replace(/\$__\w+/g, '1m').replace(/\$(?:job|provider|model)\b/g, chosen),
      })),
    );
    const file = join(folder, 'queries.yaml');
    writeFileSync(file, toYaml({ groups: [{ name: 'queries', rules }] }));
    const { ok, text } = await promtool(tool, 'check', 'rules', file);
    assert.ok(ok, text);
  });
});
