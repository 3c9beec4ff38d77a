import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { alertmanager } from '../../grafana/alertmanager.js';
import { type Plain, toYaml } from '../../grafana/yaml.js';
import { findTool, requireTool } from '../tools.js';

type Labels = Readonly<Record<string, string>>;
const job = 'llm-monitor';
const critical = (alertname: string, more: Labels): Labels => ({ alertname, job, severity: 'critical', ...more });
const warning = (alertname: string, more: Labels): Labels => ({ alertname, job, severity: 'warning', ...more });

/** Each alert with what mutes it; each world is a job of its own, so that they do not meet. */
const WORLDS: readonly (readonly [
  what: string,
  sources: readonly Labels[],
  muted: readonly Labels[],
  heard: readonly Labels[],
])[] = [
  [
    'what pages for a model mutes its tickets, not those of another model, and not a cause',
    [critical('LLMAccuracyLow', { model: 'm', category: 'accuracy' })],
    [warning('LLMLatencyP95High', { model: 'm', category: 'latency' })],
    [
      warning('LLMLatencyP95High', { model: 'n', category: 'latency' }),
      warning('LLMModelChanged', { model: 'm', category: 'drift' }),
      warning('Other', { category: 'latency' }),
    ],
  ],
  [
    'a target that is down mutes what is said of it, and nothing else',
    [critical('LLMMonitorDown', { instance: 'a' })],
    [critical('LLMMonitorBlind', { instance: 'a', reason: 'stalled' })],
    [
      critical('LLMMonitorBlind', { instance: 'b', reason: 'stalled' }),
      critical('LLMMonitorDown', { instance: 'c' }),
      warning('LLMAnomalyBurst', { model: 'm', category: 'anomaly' }),
    ],
  ],
  [
    'a job without targets mutes what is left of it',
    [critical('LLMMonitorAbsent', {})],
    [critical('LLMErrorRatioHigh', { model: 'm' }), warning('LLMModelChanged', { model: 'm', category: 'drift' })],
    [],
  ],
];

describe('inhibition in a real Alertmanager', () => {
  const program = findTool('prometheus-alertmanager') ?? findTool('alertmanager');
  let child: ChildProcess | undefined;
  let folder = '';
  let url = '';

  before(async () => {
    if (program === undefined) return;
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    url = `http://127.0.0.1:${port}`;
    folder = await mkdtemp(join(tmpdir(), 'llm-monitor-alertmanager-'));
    await writeFile(join(folder, 'alertmanager.yml'), toYaml(alertmanager({ groupWait: '1h' }) as unknown as Plain));
    const flags = [`--config.file=${join(folder, 'alertmanager.yml')}`, `--storage.path=${join(folder, 'data')}`];
    child = spawn(program, [...flags, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='], {
      stdio: 'ignore',
    });
    const end = performance.now() + 20_000;
    while (!(await fetch(`${url}/-/ready`).catch(() => undefined))?.ok) {
      if (performance.now() > end) throw new Error('Alertmanager did not start within 20 s');
      await pause(100);
    }
  });

  after(async () => {
    if (child !== undefined) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  for (const [index, [what, sources, muted, heard]] of WORLDS.entries()) {
    it(what, async t => {
      if (program === undefined) {
        requireTool(t, 'alertmanager');
        return;
      }
      const world = (labels: Labels): Labels => ({ ...labels, job: `${job}-${index}`, team: 'llm' });
      const all = [...sources, ...muted, ...heard].map(world);
      const body = JSON.stringify(all.map(labels => ({ labels })));
      const headers = { 'content-type': 'application/json' };
      const posted = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body });
      assert.equal(posted.status, 200);
      const filter = encodeURIComponent(`job="${job}-${index}"`);
      let found: { labels: Labels; status: { inhibitedBy: readonly string[] } }[] = [];
      for (let tries = 0; found.length < all.length && tries < 100; tries++) {
        found = (await (await fetch(`${url}/api/v2/alerts?filter=${filter}`)).json()) as typeof found;
        if (found.length < all.length) await pause(100);
      }
      const name = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort());
      const quiet = found.filter(({ status }) => status.inhibitedBy.length > 0).map(({ labels }) => name(labels));
      assert.equal(found.length, all.length);
      assert.deepEqual(quiet.sort(), muted.map(world).map(name).sort());
    });
  }
});
