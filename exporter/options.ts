import { isIPv6 } from 'node:net';
import type { ExporterConfig } from '@opentelemetry/exporter-prometheus';
import { MonitorError, showValue } from '../core/errors.js';
import type { FeedbackSink } from '../core/feedback.js';
import type { Wiring } from '../core/wiring.js';
import type { PromRegistry } from './prom.js';

/**
 * The options of `PrometheusExporter`, and ours. Other than there: the default host is loopback, port 0 lets the system choose,
 * `prefix` is for what the app records with OpenTelemetry (our own names stay, because dashboards and rules use them), and
 * `appendTimestamp` is ignored: a series with explicit timestamps would stay visible for minutes after it has vanished.
 */
export interface MonitorExporterOptions extends ExporterConfig {
  /** Where our own metrics live; the process-wide one by default. */
  readonly wiring?: Wiring;
  /** Bearer token for every route but the health ones. */
  readonly token?: string;
  /** Whether process and Node metrics are shown; true by default. */
  readonly processMetrics?: boolean;
  /** prom-client registries of the app, shown on the same endpoint. */
  readonly registries?: readonly PromRegistry[];
  /** Who takes the labels of `POST /v1/feedback`; without one there is no such route. */
  readonly feedback?: FeedbackSink;
  /** Why the app or the monitor is not ready, for `/readyz`; undefined when it is. */
  readonly ready?: () => string | undefined;
  /** Milliseconds a source of metrics may take before a scrape goes on without it; 5,000 by default. */
  readonly collectTimeout?: number;
  /** How many further ports are tried when one is taken; 10 by default. */
  readonly portAttempts?: number;
}

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 9464;
const DEFAULT_COLLECT_TIMEOUT = 5_000;
const DEFAULT_PORT_ATTEMPTS = 10;

function whole(value: number, name: string, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new MonitorError(
    'INVALID_ARGUMENT',
    `${name} is ${showValue(value)}; expected a whole number from ${low} to ${high}`,
  );
}

/** The host without the brackets that an IPv6 address has in a URL: the system's resolver knows no name with them. */
function bare(host: string): string {
  const inner = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return isIPv6(inner) ? inner : host;
}

/** Host and port of the options, else of `OTEL_EXPORTER_PROMETHEUS_HOST` / `_PORT` (empty counts as unset), else loopback and 9464. */
function addressOf(options: MonitorExporterOptions, env: NodeJS.ProcessEnv): { host: string; port: number } {
  const host = bare(options.host || env['OTEL_EXPORTER_PROMETHEUS_HOST'] || DEFAULT_HOST);
  if (options.port !== undefined) return { host, port: whole(options.port, 'port', 0, 65535) };
  const given = env['OTEL_EXPORTER_PROMETHEUS_PORT'];
  if (given === undefined || given.trim() === '') return { host, port: DEFAULT_PORT };
  if (!/^\d{1,5}$/.test(given.trim()) || Number(given) > 65535) {
    const message = `OTEL_EXPORTER_PROMETHEUS_PORT is ${showValue(given)}; expected a whole number from 0 to 65535`;
    throw new MonitorError('CONFIG_INVALID', message);
  }
  return { host, port: Number(given) };
}

function tokenOf(token: string | undefined): string | undefined {
  // The value is a secret, so the message does not show it.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new MonitorError(
      'INVALID_ARGUMENT',
      'token is empty or has characters other than printable ASCII without spaces',
    );
  return token;
}

/**
 * The options with every default in place.
 * @throws MonitorError INVALID_ARGUMENT or CONFIG_INVALID that names the option or variable
 */
export function resolveOptions(options: MonitorExporterOptions, env: NodeJS.ProcessEnv) {
  const endpoint = options.endpoint || '/metrics';
  return {
    ...addressOf(options, env),
    token: tokenOf(options.token),
    path: endpoint.startsWith('/') ? endpoint : `/${endpoint}`,
    prefix: options.prefix ?? '',
    constantLabels: options.withResourceConstantLabels,
    scopeLabels: options.withoutScopeInfo !== true,
    targetInfo: options.withoutTargetInfo !== true,
    processMetrics: options.processMetrics ?? true,
    registries: options.registries ?? [],
    collectTimeout: whole(options.collectTimeout ?? DEFAULT_COLLECT_TIMEOUT, 'collectTimeout', 1, 600_000),
    portAttempts: whole(options.portAttempts ?? DEFAULT_PORT_ATTEMPTS, 'portAttempts', 0, 1_000),
  };
}
