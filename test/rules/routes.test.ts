import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type AlertmanagerOptions, alertmanager } from '../../grafana/alertmanager.js';
import { provisionedFolder } from '../../grafana/dashboards.js';
import { resolveOptions } from '../../grafana/options.js';
import { alertingRules } from '../../grafana/rules.js';
import { type Plain, toYaml } from '../../grafana/yaml.js';
import { requireTool } from '../tools.js';

const OWN: AlertmanagerOptions = {
  receivers: {
    critical: { kind: 'pagerduty', routingKeyFile: '/secrets/pagerduty' },
    warning: { kind: 'slack', apiUrlFile: '/secrets/slack', channel: '#llm' },
    info: { kind: 'webhook', url: 'http://127.0.0.1:9999/info' },
    heartbeat: { kind: 'webhook', url: 'http://127.0.0.1:9999/heartbeat' },
  },
  teams: { 'search "x"': { critical: { kind: 'webhook', url: 'http://127.0.0.1:9999/search' } } },
};

describe('Alertmanager configuration in amtool', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'llm-monitor-routes-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const amtool = async (tool: string, ...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(tool, [...args])).stdout.trim();
  const configured = (options: AlertmanagerOptions): string => {
    const file = join(folder, 'alertmanager.yml');
    writeFileSync(file, toYaml(alertmanager(options) as unknown as Plain));
    return file;
  };

  it('is accepted, the one of the package and one with every kind of receiver', async t => {
    const tool = requireTool(t, 'amtool');
    if (tool === undefined) return;
    const shipped = join(provisionedFolder() ?? '', 'alertmanager', 'alertmanager.yml');
    for (const file of [shipped, configured(OWN)]) assert.match(await amtool(tool, 'check-config', file), /SUCCESS/);
  });

  const routes: readonly (readonly [labels: readonly string[], receiver: string])[] = [
    [['team=llm', 'severity=critical'], 'llm-critical'],
    [['team=llm', 'severity=warning'], 'llm-warning'],
    [['team=llm', 'severity=info'], 'llm-info'],
    [['team=llm', 'severity=none', 'alertname=LLMMonitorWatchdog'], 'heartbeat'],
    [['team=llm', 'severity=unheard'], 'llm-warning'],
    [['team=search "x"', 'severity=critical'], 'search "x"-critical'],
    [['team=search "x"', 'severity=warning'], 'llm-warning'],
    [['team=nobody', 'severity=critical'], 'llm-critical'],
    [['severity=info'], 'llm-info'],
    [['alertname=Other'], 'llm-warning'],
  ];
  for (const [labels, receiver] of routes) {
    it(`sends ${labels.join(', ')} to ${receiver}`, async t => {
      const tool = requireTool(t, 'amtool');
      if (tool === undefined) return;
      const args = labels.map(label => label.replace(/=(.*)$/, (_, value: string) => `=${JSON.stringify(value)}`));
      assert.equal(
        await amtool(tool, 'config', 'routes', 'test', `--config.file=${configured(OWN)}`, ...args),
        receiver,
      );
    });
  }

  it('sends every alert of ours where its severity says', async t => {
    const tool = requireTool(t, 'amtool');
    if (tool === undefined) return;
    const file = configured({});
    for (const { alert, labels } of alertingRules(resolveOptions()).groups.flatMap(group => group.rules)) {
      const { severity = '', team = '' } = labels;
      const receiver = await amtool(
        tool,
        'config',
        'routes',
        'test',
        `--config.file=${file}`,
        `alertname=${alert}`,
        `severity=${severity}`,
        `team=${team}`,
      );
      assert.equal(receiver, severity === 'none' ? 'heartbeat' : `llm-${severity}`, alert);
    }
  });
});
