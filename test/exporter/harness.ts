import { request } from 'node:http';
import type { TestContext } from 'node:test';
import type { Meter } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { createWiring, type Wiring } from '../../core/wiring.js';
import { MonitorExporter, type MonitorExporterOptions } from '../../exporter/index.js';

export const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0';

export interface Running {
  readonly exporter: MonitorExporter;
  readonly wiring: Wiring;
  readonly provider: MeterProvider;
  readonly meter: Meter;
  /** The text of a scrape; throws unless it is a 200. */
  scrape(openMetrics?: boolean): Promise<string>;
  /** How many errors a part of the monitor has counted. */
  errors(component: string): number;
}

/** An exporter that listens on a free port of loopback until the test ends, with an SDK behind it. */
export async function running(t: TestContext, options: MonitorExporterOptions = {}): Promise<Running> {
  const wiring = options.wiring ?? createWiring();
  const exporter = new MonitorExporter({ processMetrics: false, host: '127.0.0.1', port: 0, ...options, wiring });
  const resource = resourceFromAttributes({ 'service.name': 'help desk', 'host.name': 'h1' });
  const provider = new MeterProvider({ resource, readers: [exporter] });
  t.after(() => provider.shutdown());
  // Nothing of an endpoint keeps a process alive, by design; a test that waits for it must.
  const hold = setInterval(() => {}, 60_000);
  t.after(() => clearInterval(hold));
  if (options.preventServerStart !== true) await exporter.listening;
  return {
    exporter,
    wiring,
    provider,
    meter: provider.getMeter('app', '1.2'),
    async scrape(openMetrics = false) {
      const response = await fetch(`${exporter.url}/metrics`, openMetrics ? { headers: { accept: OPEN_METRICS } } : {});
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
      return text;
    },
    errors: component => wiring.store.value('selfErrors', { component }) ?? 0,
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  json(): Record<string, unknown>;
}

/** A request whose every header is the test's own (`fetch` does not let a test set `Host`). */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: options.method ?? 'GET', headers: options.headers ?? {} }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        const json = (): Record<string, unknown> => JSON.parse(body.toString()) as Record<string, unknown>;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}
