import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Plain, toYaml } from '../../grafana/yaml.js';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A page that a Prometheus can scrape, on loopback. */
export async function serve(page: () => string): Promise<{ readonly target: string; readonly close: () => void }> {
  const server = createHttpServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end(page());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { target: `127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A real Prometheus for the length of a test. */
export class Prometheus {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#process = child;
    this.#folder = folder;
  }

  static async start(program: string, target: string, rules: Plain): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'llm-monitor-prometheus-'));
    const port = await freePort();
    await writeFile(join(folder, 'rules.yaml'), toYaml(rules));
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules.yaml')],
      scrape_configs: [{ job_name: 'llm-monitor', static_configs: [{ targets: [target] }] }],
    };
    await writeFile(join(folder, 'prometheus.yml'), toYaml(config));
    const child = spawn(
      program,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: 'ignore' },
    );
    return new Prometheus(`http://127.0.0.1:${port}`, child, folder);
  }

  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const response = await fetch(`${this.url}/api/v1${path}?${new URLSearchParams(query)}`);
    const body = (await response.json()) as { status: string; data?: unknown; error?: string };
    if (body.status !== 'success') throw new Error(`${body.error ?? response.status}: ${query['query'] ?? path}`);
    return body.data;
  }

  async query(query: string): Promise<readonly Sample[]> {
    return ((await this.get('/query', { query })) as { result: readonly Sample[] }).result;
  }

  /** Waits until a query has an answer; the program needs a moment to start, and rates need samples. */
  async until(query: string, seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const found = await this.query(query).catch(() => []);
      if (found.length > 0) return;
      if (performance.now() > end) throw new Error(`no answer within ${seconds} s to ${query}`);
      await pause(200);
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}
