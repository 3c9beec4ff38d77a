import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MonitorError } from '../../core/errors.js';
import { type Child, describeEnding, startChild } from '../processes/child.js';
import { freePort } from '../processes/ports.js';
import { waitUntilReady } from '../processes/ready.js';
import type { Binaries } from './binaries.js';
import type { KeeperOrder } from './keeper.js';

export interface StackOptions {
  readonly binaries: Binaries;
  /** `host:port` to scrape. */
  readonly target: string;
  /** The job label that the rules look for. */
  readonly job: string;
  /** How often to scrape and evaluate, as Prometheus writes it. */
  readonly interval: string;
  /** A rule file. JSON is YAML too. */
  readonly rules: string;
  /** Alertmanager's configuration. */
  readonly alertmanager: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface Stack {
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly keeper: Child;
  stop(): Promise<void>;
}

const PATIENCE = 20_000;
/** Longer than the keeper itself waits for the two. */
const KEEPER_GRACE = 8000;

/**
 * Starts a Prometheus and an Alertmanager of the demo's own, on free loopback ports, with their data in a temporary folder.
 * @throws MonitorError UNAVAILABLE with the last lines of a log where one of them does not come up
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { binaries, target, job, interval, env, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'llm-monitor-demo-'));
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  const file = (name: string): string => join(folder, name);
  const prometheus = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: [file('rules.yml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
    scrape_configs: [{ job_name: job, static_configs: [{ targets: [target] }] }],
  };
  await writeFile(file('prometheus.yml'), JSON.stringify(prometheus, null, 1));
  await writeFile(file('rules.yml'), options.rules);
  await writeFile(file('alertmanager.yml'), options.alertmanager);
  const order: KeeperOrder = {
    folder,
    programs: [
      {
        name: 'alertmanager',
        path: binaries.alertmanager,
        args: [
          `--config.file=${file('alertmanager.yml')}`,
          `--storage.path=${file('alertmanager')}`,
          `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
          // Alone on this machine: no gossip, so no further port.
          '--cluster.listen-address=',
          '--log.level=warn',
        ],
      },
      {
        name: 'prometheus',
        path: binaries.prometheus,
        args: [
          `--config.file=${file('prometheus.yml')}`,
          `--storage.tsdb.path=${file('prometheus')}`,
          '--storage.tsdb.retention.time=6h',
          // An alert that fires before Alertmanager is known is lost until the next time it is sent: a minute by default.
          '--rules.alert.resend-delay=2s',
          `--web.listen-address=127.0.0.1:${prometheusPort}`,
          '--log.level=warn',
        ],
      },
    ],
  };
  let keeper: Child;
  try {
    keeper = await startChild({
      name: 'Prometheus and Alertmanager',
      entry: new URL('./keeper.js', import.meta.url),
      args: [JSON.stringify(order)],
      env,
      announces: /(keeping) /,
      grace: KEEPER_GRACE,
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const stop = async (): Promise<void> => {
    await keeper.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const prometheusUrl = `http://127.0.0.1:${prometheusPort}`;
  const alertmanagerUrl = `http://127.0.0.1:${alertmanagerPort}`;
  const early = new AbortController();
  const waiting = AbortSignal.any([signal, early.signal]);
  void keeper.ended.then(() => early.abort());
  try {
    await waitUntilReady('Alertmanager', `${alertmanagerUrl}/-/ready`, PATIENCE, waiting);
    await waitUntilReady('Prometheus', `${prometheusUrl}/-/ready`, PATIENCE, waiting);
  } catch (error) {
    const ended = early.signal.aborted;
    await stop();
    throw ended && !signal.aborted ? new MonitorError('UNAVAILABLE', describeEnding(await keeper.ended)) : error;
  }
  return { prometheusUrl, alertmanagerUrl, keeper, stop };
}
