import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openStateStore } from '../../processor/state/open.js';
import { startPostgres, startRedis, until } from '../processor/state/servers.js';
import { beside } from './child.js';
import { ModelServer } from './server.js';

// Whole processes: an app with the preload, killed and started anew, and two replicas of it, over each kind of store.
const REGISTER = new URL('../../monitor/register.js', import.meta.url).href;
const SERVICE = 'desk';
/** Scenarios of the model server whose replies have ids of their own. */
const CALLS = ['chat', 'two', 'json', 'cut'] as const;

interface App {
  readonly child: ChildProcess;
  readonly url: string;
  /** Makes a call. @returns the id of its response */
  call(scenario: string, prediction: string): Promise<string>;
  label(id: string, label: string): Promise<void>;
  /** Series of a metric by their labels. */
  read(metric: string): Promise<ReadonlyMap<string, number>>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

async function startApp(t: TestContext, server: ModelServer, state: string, instance: string): Promise<App> {
  const child = fork(beside(import.meta.url, 'state-child.js'), [], {
    execArgv: ['--import', REGISTER],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_V8_COVERAGE: '',
      LLM_MONITOR_STATE: state,
      OTEL_SERVICE_NAME: SERVICE,
      OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=${instance}`,
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  t.after(() => child.kill('SIGKILL'));
  const next = async <T>(): Promise<T> => ((await once(child, 'message')) as [T])[0];
  const { url } = await next<{ url: string }>();
  return {
    child,
    url,
    async call(scenario, prediction) {
      const answered = next<{ id: string }>();
      child.send({ baseURL: server.baseURL(scenario, `${instance}-${scenario}`), prediction });
      return (await answered).id;
    },
    async label(id, label) {
      const body = JSON.stringify({ response_id: id, task: 'intent', label });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/v1/feedback`, { method: 'POST', headers, body });
      assert.equal(response.status, 202);
    },
    async read(metric) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const out = new Map<string, number>();
      for (const line of text.split('\n')) {
        const match = /^(\w+)\{(.*)\} (\S+)$/.exec(line);
        if (match?.[1] === metric) out.set(match[2] as string, Number(match[3]));
      }
      return out;
    },
    async kill(signal) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}

/** The sum of the series that hold a word. */
function sum(series: ReadonlyMap<string, number>, word: string): number {
  let total = 0;
  for (const [labels, value] of series) if (labels.includes(word)) total += value;
  return total;
}

async function labelled(app: App): Promise<number> {
  return sum(await app.read('llm_monitor_truth_labels_total'), 'task="intent"');
}

async function testState(t: TestContext, state: string): Promise<void> {
  const server = await ModelServer.start();
  t.after(() => server.close());
  const store = openStateStore(state, { service: SERVICE, ttl: 7 * 86_400_000 });
  t.after(() => store.close());
  const held = (count: number) => until(async () => (await store.labels.size()) === count, `putting ${count} calls in`);
  let ids: string[] = [];

  await t.test('a call whose app was killed finds its label in the next one', async t => {
    const first = await startApp(t, server, state, 'a');
    for (const scenario of CALLS) ids.push(await first.call(scenario, 'card'));
    assert.equal(new Set(ids).size, CALLS.length);
    await held(ids.length);
    await first.kill('SIGKILL');
    const next = await startApp(t, server, state, 'a');
    for (const id of ids) await next.label(id, 'card');
    await until(async () => (await labelled(next)) === ids.length, 'joining the labels');
    assert.equal(sum(await next.read('llm_monitor_truth_labels_total'), 'result="matched"'), ids.length);
    assert.equal(sum(await next.read('llm_monitor_truth_outcomes_total'), 'outcome="tp"'), ids.length);

    const window = (app: App) => app.read('llm_monitor_truth_window');
    const before = [...(await window(next))].filter(([labels]) => labels.includes('window="500"'));
    assert.ok(before.length > 0);
    await next.kill('SIGTERM');
    const last = await startApp(t, server, state, 'a');
    await until(async () => (await window(last)).size > 0, 'taking up the windows');
    const after = await window(last);
    for (const [labels, value] of before) assert.equal(after.get(labels), value, labels);
    const other = await startApp(t, server, state, 'b');
    await other.call('chat', 'card');
    await until(async () => (await store.labels.size()) === ids.length + 1, 'putting a call in');
    assert.equal((await window(other)).size, 0, "windows are not a colleague's");
  });

  await t.test('a label that two replicas get at once counts once', async t => {
    const before = await store.labels.size();
    const replicas = await Promise.all(['c', 'd'].map(name => startApp(t, server, state, name)));
    const [c, d] = replicas as [App, App];
    ids = [];
    for (const scenario of CALLS) ids.push(await c.call(scenario, 'loan'));
    await held(before + ids.length);
    await Promise.all(ids.flatMap(id => [c.label(id, 'loan'), d.label(id, 'loan')]));
    await until(async () => (await labelled(c)) + (await labelled(d)) === 2 * ids.length, 'joining the labels');
    let net = 0;
    for (const app of replicas) {
      net += sum(await app.read('llm_monitor_truth_outcomes_total'), 'outcome="tp"');
      net -= sum(await app.read('llm_monitor_truth_corrected_total'), 'outcome="tp"');
    }
    assert.equal(net, ids.length);
    const matched = await Promise.all(
      replicas.map(async app => sum(await app.read('llm_monitor_truth_labels_total'), 'result="matched"')),
    );
    assert.equal((matched[0] ?? 0) + (matched[1] ?? 0), ids.length);
  });
}

test('an app over a folder', { timeout: 300_000 }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-monitor-state-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  await testState(t, folder);
});

test('an app over Redis', { timeout: 300_000 }, async t => {
  const server = await startRedis(t);
  if (server !== undefined) await testState(t, server.url);
});

test('an app over PostgreSQL', { timeout: 300_000 }, async t => {
  const server = await startPostgres(t);
  if (server !== undefined) await testState(t, server.url);
});
