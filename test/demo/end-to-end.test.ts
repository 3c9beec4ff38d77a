import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../demo/report.js';
import { findBinaries } from '../../demo/stack/binaries.js';
import { eventually, isAlive } from './processes/alive.js';

const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
const started: ChildProcess[] = [];
const withoutProc = existsSync('/proc/self/task') ? false : 'needs /proc to see which processes there are';

after(() => {
  for (const child of started) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

function demo(...args: readonly string[]): Run {
  const child = spawn(process.execPath, [MAIN, 'demo', '--port', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text.out += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text.err += part;
  });
  return {
    child,
    out: () => text.out,
    err: () => text.err,
    ended: new Promise(resolve => child.once('close', (code, signal) => resolve({ code, signal }))),
  };
}

/** Waits until the demo has had answers, and gives its address and its processes with all they started. */
async function underWay(run: Run): Promise<{ readonly url: string; readonly processes: readonly number[] }> {
  const going = await eventually(() => /calls [1-9]/.test(run.err()) || run.child.exitCode !== null, 30_000);
  assert.ok(going && run.child.exitCode === null, run.err());
  const url = /curl (http:\S+)\/metrics/.exec(run.err())?.[1] ?? '';
  return { url, processes: descendants(run.child.pid as number) };
}

function descendants(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return children.flatMap(child => [child, ...descendants(child)]);
}

const allGone = (processes: readonly number[]): Promise<boolean> => eventually(() => !processes.some(isAlive), 8000);

describe('llm-monitor demo, for real', () => {
  it('has figures from the monitored app, reports them, and ends with its duration', async () => {
    const run = demo('--duration', '12', '--rate', '12');
    const { url } = await underWay(run);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assert.match(metrics, /llm_monitor_calls_total\{[^}]*model="bankbot"[^}]*outcome="ok"[^}]*\} [1-9]/);
    assert.equal((await run.ended).code, 0, run.err());
    const report = JSON.parse(run.out()) as Report;
    assert.ok(report.calls.total > 20, run.out());
    assert.deepEqual(report.calls.errors, {});
    assert.ok(report.questions.labelsAccepted > 10, run.out());
    assert.equal(report.questions.labelsLost, 0);
    assert.ok(report.accuracy !== null && report.accuracy.value > 0.7 && report.accuracy.value <= 1, run.out());
    assert.ok(report.cost > 0);
    assert.equal(report.incident, null);
    await assert.rejects(fetch(`${url}/metrics`));
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends cleanly on ${signal}, without a process left`, { skip: withoutProc }, async () => {
      const run = demo();
      const { processes } = await underWay(run);
      assert.ok(processes.length >= 2);
      // Twice, as npm and a terminal send it together.
      run.child.kill(signal);
      run.child.kill(signal);
      assert.deepEqual(await run.ended, { code: 0, signal: null });
      assert.ok((JSON.parse(run.out()) as Report).calls.total > 0);
      assert.ok(!processes.some(isAlive));
    });
  }

  it('leaves no process behind when it is killed', { skip: withoutProc }, async () => {
    const run = demo();
    const { processes } = await underWay(run);
    run.child.kill('SIGKILL');
    assert.ok(await allGone(processes), 'a process outlived the demo');
  });

  it('ends with 2 and says why when one of its processes dies', { skip: withoutProc }, async () => {
    const run = demo();
    const { processes } = await underWay(run);
    process.kill(processes[0] as number, 'SIGKILL');
    assert.equal((await run.ended).code, 2);
    assert.match(run.err(), /the model server ended unexpectedly \(SIGKILL\)/);
    assert.ok(!processes.some(isAlive));
  });
});

const missing = typeof findBinaries(process.env['PATH'] ?? '') === 'string';
const skipStack = missing ? 'needs prometheus and prometheus-alertmanager on the PATH' : withoutProc;

describe('llm-monitor demo --stack', { skip: skipStack }, () => {
  it('pages within 60 s of a swapped model and not before, and leaves nothing behind', async () => {
    const run = demo('--stack', '--incident', 'swap', '--incident-after', '20', '--rate', '12', '--duration', '85');
    const { processes } = await underWay(run);
    assert.ok(processes.length >= 5, 'model server, help desk, keeper, Prometheus, Alertmanager');
    await eventually(() => /ALERT LLMAccuracyLow/.test(run.err()) || run.child.exitCode !== null, 90_000);
    run.child.kill('SIGTERM');
    assert.equal((await run.ended).code, 0, run.err());
    const { alerts } = JSON.parse(run.out()) as Report;
    const page = alerts.find(alert => alert.name === 'LLMAccuracyLow');
    assert.ok(page !== undefined, run.err());
    assert.ok(page.delay !== null && page.delay <= 60, `${page.delay} s`);
    assert.deepEqual([page.status, page.severity, page.category], ['firing', 'critical', 'accuracy']);
    assert.match(page.runbook_url ?? '', /LLMAccuracyLow/);
    assert.ok(!processes.some(isAlive));
  });
});
