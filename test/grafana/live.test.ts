import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { METRIC_KEYS } from '../../core/catalog.js';
import { metricName } from '../../core/prometheus-names.js';
import { boards, buildDashboards } from '../../grafana/dashboards.js';
import { fastTimings, resolveOptions } from '../../grafana/options.js';
import { RECORDED } from '../../grafana/recording.js';
import { rules } from '../../grafana/rules.js';
import { truthRecorded } from '../../grafana/truth-recording.js';
import type { Plain } from '../../grafana/yaml.js';
import { sharedPath } from '../shared.js';
import { findTool, requireTool } from '../tools.js';
import { exposition } from './exposition.js';
import { Prometheus, serve } from './prometheus.js';

const options = { timings: { ...fastTimings, truthWindow: '500' } };

/** A query of a dashboard with everything chosen, as Grafana sends it at a scrape every second. */
function chosen(query: string): string {
  return query
    .replaceAll('$__rate_interval', '4s')
    .replaceAll('$__range', '5m')
    .replace(/\$(?:job|provider|model)\b/g, '.*');
}

describe('dashboards and rules on a real Prometheus', () => {
  let prometheus: Prometheus | undefined;
  let app: Awaited<ReturnType<typeof serve>> | undefined;

  before(async () => {
    const program = findTool('prometheus');
    if (program === undefined) return;
    const begin = performance.now();
    app = await serve(() => exposition((performance.now() - begin) / 1000));
    prometheus = await Prometheus.start(program, app.target, rules(options) as unknown as Plain);
    await prometheus.until('count_over_time(up{job="llm-monitor"}[1m]) >= 8', 30);
  });

  after(async () => {
    await prometheus?.stop();
    app?.close();
  });

  const running = (t: TestContext): Prometheus | undefined => {
    requireTool(t, 'prometheus');
    return prometheus;
  };

  it('answers every query of every panel', async t => {
    const live = running(t);
    if (live === undefined) return;
    for (const board of boards(resolveOptions(options))) {
      for (const panel of board.panels) {
        for (const { query, legend } of panel.targets) {
          const series = await live.query(chosen(query.text));
          const where = `${board.uid}, ${panel.title}: ${query.text}`;
          assert.ok(series.length > 0, `no data for ${where}`);
          assert.ok(
            series.some(({ value }) => Number.isFinite(Number(value[1]))),
            `no number for ${where}`,
          );
          for (const [, label] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
            assert.ok(
              series.every(({ metric }) => label !== undefined && label in metric),
              `no ${label} in ${where}`,
            );
          }
        }
      }
    }
  });

  it('takes the annotations', async t => {
    const live = running(t);
    if (live === undefined) return;
    for (const { annotations } of boards(resolveOptions(options)))
      for (const { query } of annotations) await live.query(chosen(query.text));
  });

  it('serves every metric of the catalogue under the name that queries use', async t => {
    const live = running(t);
    if (live === undefined) return;
    const names = new Set((await live.get('/label/__name__/values')) as string[]);
    for (const key of METRIC_KEYS) {
      assert.ok(names.has(metricName(key)) || names.has(`${metricName(key)}_count`), `${key} is not exposed`);
    }
  });

  it('evaluates every rule without an error, and records what alerts read', async t => {
    const live = running(t);
    if (live === undefined) return;
    // The measures of labelled calls are recorded more seldom than the rest: not before some seconds.
    await live.until(`{__name__="${truthRecorded('1d').net}"}`, 20);
    const { groups } = (await live.get('/rules')) as {
      groups: { rules: { name: string; health: string; lastError?: string }[] }[];
    };
    const all = groups.flatMap(group => group.rules);
    assert.ok(all.length > 10);
    for (const { name, health, lastError } of all) assert.equal(health, 'ok', `${name}: ${lastError ?? health}`);
    for (const name of Object.values(RECORDED)) {
      assert.ok((await live.query(name)).length > 0, `${name} records nothing`);
    }
  });

  it('fires the Watchdog', async t => {
    const live = running(t);
    if (live === undefined) return;
    await live.until('ALERTS{alertname="LLMMonitorWatchdog", alertstate="firing"}', 10);
  });

  it('passes the check of panels', async t => {
    const live = running(t);
    if (live === undefined) return;
    const check = sharedPath('stack', 'panel-check.mjs');
    if (check === undefined) {
      t.skip('needs ../shared/stack/panel-check.mjs, which is not beside this checkout');
      return;
    }
    const folder = await mkdtemp(join(tmpdir(), 'llm-monitor-boards-'));
    try {
      const files: string[] = [];
      for (const dashboard of buildDashboards(resolveOptions(options))) {
        files.push(join(folder, `${dashboard.uid}.json`));
        await writeFile(files.at(-1) as string, JSON.stringify(dashboard));
      }
      const run = promisify(execFile)(process.execPath, [check, ...files, '--prom', live.url, '--range', '1m']);
      const { stdout } = await run.catch((error: unknown) => error as { stdout: string });
      const report = JSON.parse(stdout) as { dashboards: { violations: unknown[]; executed: number }[] };
      assert.deepEqual(
        report.dashboards.flatMap(({ violations }) => violations),
        [],
      );
      assert.ok(report.dashboards.every(({ executed }) => executed > 0));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
