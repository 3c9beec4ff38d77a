import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { METRIC_KEYS, metricDef } from '../../core/catalog.js';
import type { MetricStore } from '../../core/store.js';
import { requireTool } from '../tools.js';
import { type Running, running } from './harness.js';

const SPAN = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

/** Every metric of the catalogue with one series, and what an app may add to it. */
function fill({ wiring, meter }: Running): void {
  const store = wiring.store as MetricStore;
  for (const key of METRIC_KEYS) {
    const { kind, labels, name, unit, help, buckets, convention } = metricDef(key);
    const values = Object.fromEntries(labels.map(label => [label, `v "${label}"\\\n`])) as never;
    if (convention !== undefined) {
      const options = { unit, description: help, advice: { explicitBucketBoundaries: [...(buckets ?? [])] } };
      meter.createHistogram(name, options).record(1, { 'gen_ai.request.model': 'm "1"' });
    } else if (kind === 'counter') store.counter(key as never, values).add(1, SPAN);
    else if (kind === 'updown') store.upDown(key as never, values).add(1);
    else if (kind === 'gauge') store.set(key as never, 1, values);
    else store.histogram(key as never, values).record(0.5, SPAN);
  }
  meter
    .createCounter('hostile', { description: 'line\nfeed' })
    .add(1, { __name__: 'x', le: '1', '': 'e', 'a.b': '1', a_b: '2', t: '\r\u0000\ud800"\\\n' });
}

test('promtool finds nothing to say about a full scrape', async t => {
  const promtool = requireTool(t, 'promtool');
  if (promtool === undefined) return;
  const app = await running(t, { processMetrics: true });
  fill(app);
  await app.scrape();
  const input = await app.scrape();
  assert.ok(input.split('\n').length > 400);
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A Prometheus that scrapes a target five times a second, gone with its data when the test ends. */
async function startPrometheus(
  t: TestContext,
  path: string,
  target: string,
  extra: readonly string[],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-monitor-prometheus-'));
  const port = await freePort();
  const job = `{ job_name: app, static_configs: [{ targets: ["${new URL(target).host}"] }] }`;
  const config = `global: { scrape_interval: 200ms, scrape_timeout: 200ms }\nscrape_configs: [${job}]\n`;
  writeFileSync(join(folder, 'prometheus.yml'), config);
  const child = spawn(
    path,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...extra,
    ],
    { stdio: 'ignore' },
  );
  t.after(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  return `http://127.0.0.1:${port}`;
}

/** Asks until the answer is there; a test that waits in vain fails with the last answer. */
async function ask<T>(url: string, found: (json: unknown) => T | undefined): Promise<T> {
  let last: unknown;
  for (let i = 0; i < 150; i++) {
    try {
      last = await (await fetch(url)).json();
      const result = found(last);
      if (result !== undefined) return result;
    } catch (error) {
      last = error;
    }
    await setTimeout(100);
  }
  throw new Error(`no answer from ${url}; the last was ${JSON.stringify(last)}`);
}

interface QueryAnswer {
  readonly data?: {
    readonly result?: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
  };
}

test('a real Prometheus takes every line, with exemplars', async t => {
  const prometheus = requireTool(t, 'prometheus');
  if (prometheus === undefined) return;
  const app = await running(t, { processMetrics: true });
  fill(app);
  const accepted: string[] = [];
  const lines = (await app.scrape(true)).split('\n').filter(line => line !== '' && !line.startsWith('#')).length;
  const url = await startPrometheus(t, prometheus, app.exporter.url, ['--enable-feature=exemplar-storage']);
  const query = (promql: string): Promise<string> =>
    ask(
      `${url}/api/v1/query?query=${encodeURIComponent(promql)}`,
      json => (json as QueryAnswer).data?.result?.[0]?.value[1],
    );
  assert.equal(await query('up{job="app"} == 1'), '1');
  const scraped = Number(await query('scrape_samples_scraped{job="app"}'));
  // Garbage collection and the scrape's own cost add a few lines after the first one.
  assert.ok(scraped >= lines && scraped <= lines + 40, `${scraped} samples of ${lines} lines`);
  assert.equal(await query('hostile_total{a_b="1;2",key_name_="x",exported_le="1",key_="e"}'), '1');
  assert.equal(await query('llm_monitor_anomaly_score_bucket{le="+Inf"}'), '1');
  const exemplar = await ask(
    `${url}/api/v1/query_exemplars?query=llm_monitor_anomaly_score_bucket&start=${Date.now() / 1000 - 600}&end=${Date.now() / 1000 + 600}`,
    json => (json as { data?: { exemplars: { labels: Record<string, string> }[] }[] }).data?.[0]?.exemplars[0]?.labels,
  );
  assert.deepEqual(exemplar, { trace_id: SPAN.traceId, span_id: SPAN.spanId });
  assert.deepEqual(accepted, []);
});
