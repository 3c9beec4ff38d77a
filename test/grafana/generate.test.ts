import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { provisionedFolder } from '../../grafana/dashboards.js';
import { generate, rules } from '../../grafana/index.js';
import type { AlertingRule } from '../../grafana/rules.js';

const folder = provisionedFolder() ?? '';

function filesIn(at: string): string[] {
  return readdirSync(at, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(at, join(entry.parentPath, entry.name)))
    .sort();
}

const alerting = (): readonly AlertingRule[] =>
  rules().groups.flatMap(group => group.rules.filter((rule): rule is AlertingRule => 'alert' in rule));

describe('generated files', () => {
  it('are those in the package, byte for byte', () => {
    const files = generate();
    assert.deepEqual(filesIn(folder), [...files.keys()].sort());
    for (const [path, content] of files) {
      assert.ok(
        readFileSync(join(folder, path), 'utf8') === content,
        `${path} is out of date; run: node dist/cli/main.js generate --out grafana/provisioned`,
      );
    }
  });

  it('are YAML that says what the objects say', () => {
    const files = generate();
    const groups = ['recording', 'truth', 'alerts'].flatMap(
      name => (parse(files.get(`prometheus/rules/${name}.yaml`) ?? '') as { groups: unknown[] }).groups,
    );
    assert.deepEqual(groups, rules().groups);
  });

  it('give every alert its labels and annotations', () => {
    const severities = ['critical', 'warning', 'info', 'none'];
    const categories = 'availability latency cost quality safety accuracy drift anomaly monitoring'.split(' ');
    for (const { alert, labels, annotations } of alerting()) {
      assert.ok(severities.includes(labels['severity'] ?? ''), alert);
      assert.ok(categories.includes(labels['category'] ?? ''), alert);
      assert.equal(labels['team'], 'llm');
      assert.doesNotMatch(annotations.summary, /\{\{|\d/, `${alert}: a summary holds no value`);
      for (const text of Object.values(annotations)) assert.notEqual(text, '', alert);
    }
  });

  it('hold a condition for some time, and a ratio a while longer', () => {
    for (const rule of alerting()) {
      const at = rule.alert;
      // The Watchdog always fires; the change of a model and a leaked secret are events, which are over at once.
      if (!['LLMMonitorWatchdog', 'LLMModelChanged', 'LLMSecretLeaked'].includes(at)) assert.ok(rule.for, at);
      if (/:\w*ratio\b|:p95|truth_window/.test(rule.expr)) assert.ok(rule.keep_firing_for, at);
    }
  });

  it('hold the runbook and the panel that each alert leads to', () => {
    const files = generate({
      runbookBaseUrl: 'https://runbooks.example/',
      dashboardBaseUrl: 'https://grafana.example/g/',
    });
    const text = files.get('prometheus/rules/alerts.yaml') ?? '';
    const { groups } = parse(text) as { groups: { rules: AlertingRule[] }[] };
    for (const { alert, annotations } of groups.flatMap(group => group.rules)) {
      const runbook = /^https:\/\/runbooks\.example\/(LLM\w+\.md)$/.exec(annotations.runbook_url)?.[1];
      assert.ok(runbook !== undefined && files.has(`runbooks/${runbook}`), alert);
      const page = /^https:\/\/grafana\.example\/g\/d\/([\w-]+)\?(.*&)?viewPanel=(\d+)$/.exec(
        annotations.dashboard_url,
      );
      const dashboard = JSON.parse(files.get(`dashboards/${page?.[1]}.json`) ?? '{}') as {
        panels?: { id: number }[];
        templating?: { list: { name: string }[] };
      };
      assert.ok(
        dashboard.panels?.some(({ id }) => id === Number(page?.[3])),
        alert,
      );
      for (const [, name] of annotations.dashboard_url.matchAll(/var-(\w+)=/g))
        assert.ok(
          dashboard.templating?.list.some(variable => variable.name === name),
          `${alert}: ${name}`,
        );
    }
  });

  it('hold runbooks with all their parts', () => {
    for (const [path, text] of generate()) {
      if (!path.startsWith('runbooks/')) continue;
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, ['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'Condition'], path);
      for (const part of text.split(/^## .+$/m).slice(1)) assert.ok(part.trim().length > 20, path);
    }
  });

  it('tell Grafana the scrape interval, from which every rate is made', () => {
    const files = generate({ timings: { scrapeInterval: '30s' } });
    assert.match(files.get('provisioning/datasources/llm-monitor.yaml') ?? '', /timeInterval: 30s/);
    assert.match(files.get('prometheus/prometheus.yml') ?? '', /scrape_interval: 30s/);
  });
});
