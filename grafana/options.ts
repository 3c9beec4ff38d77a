import { METRICS } from '../core/catalog.js';
import { MonitorError, showValue } from '../core/errors.js';
import { PRESET_TABLE, PRESETS, type Preset, type PresetName, type Thresholds } from '../core/presets.js';

/** A length of time as Prometheus writes it: a whole number and one unit. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** The thresholds of the preset, and those that only alerts need. Shares in 0..1, times in seconds. */
export interface RuleThresholds extends Thresholds {
  /** Share of calls that may be counted without being evaluated. */
  readonly dropRatio: number;
}

/** How long each condition must hold before it fires. */
export interface Holds {
  readonly down: Duration;
  readonly absent: Duration;
  readonly blind: Duration;
  readonly accuracy: Duration;
  readonly errors: Duration;
  readonly latency: Duration;
  readonly anomaly: Duration;
  readonly outage: Duration;
  readonly auth: Duration;
  readonly drift: Duration;
  readonly quality: Duration;
}

/**
 * Everything about alerts that is time or amount of traffic, and nothing else: a rehearsal on a laptop shortens these and keeps
 * every expression, threshold and label as it is in production.
 */
export interface RuleTimings {
  readonly scrapeInterval: Duration;
  readonly evaluationInterval: Duration;
  /** Range of rates, ratios and quantiles. */
  readonly rateWindow: Duration;
  /** How long a change of the answering model stays visible, and a drift that was told. Longer than `hold.drift`. */
  readonly changeWindow: Duration;
  /** How long one leaked secret stays visible. */
  readonly leakWindow: Duration;
  /** Which sliding window of labelled calls accuracy is judged on: a value of the label `window`. */
  readonly truthWindow: string;
  /** Calls within the rate window below which a share says nothing. */
  readonly floorCalls: number;
  readonly hold: Holds;
  /** How long a ratio keeps firing after it has fallen below its threshold, so that it does not flap. */
  readonly keepFiring: Duration;
}

export interface GrafanaOptions {
  readonly preset?: PresetName;
  /** Over the preset's. */
  readonly thresholds?: Partial<RuleThresholds>;
  /** Prometheus' job of the monitored apps. */
  readonly job?: string;
  /** Who is paged: the label `team` of every alert. */
  readonly team?: string;
  readonly timings?: Partial<Omit<RuleTimings, 'hold'>> & { readonly hold?: Partial<Holds> };
  /** Where the generated runbooks are served; `/NAME.md` is appended. */
  readonly runbookBaseUrl?: string;
  /** Where Grafana is; `/d/UID` is appended. */
  readonly dashboardBaseUrl?: string;
  /** `host:port` of a monitored app, for the example of a scrape configuration. */
  readonly target?: string;
}

/** Options with every value filled in and checked. */
export interface ResolvedOptions {
  readonly preset: PresetName;
  readonly thresholds: RuleThresholds;
  readonly severities: Preset['severities'];
  readonly job: string;
  readonly team: string;
  readonly timings: RuleTimings;
  readonly runbookBaseUrl: string;
  readonly dashboardBaseUrl: string;
  readonly target: string;
}

/** Production: a scrape every 15 s, pages within minutes. */
export const defaultTimings: RuleTimings = {
  scrapeInterval: '15s',
  evaluationInterval: '15s',
  rateWindow: '5m',
  changeWindow: '15m',
  leakWindow: '10m',
  truthWindow: '500',
  floorCalls: 30,
  hold: {
    down: '2m',
    absent: '5m',
    blind: '10m',
    accuracy: '5m',
    errors: '5m',
    latency: '10m',
    anomaly: '5m',
    outage: '3m',
    auth: '2m',
    drift: '1m',
    quality: '5m',
  },
  keepFiring: '15m',
};

/** A rehearsal with a scrape and an evaluation every second: whatever pages in minutes in production pages in seconds. */
export const fastTimings: RuleTimings = {
  scrapeInterval: '1s',
  evaluationInterval: '1s',
  rateWindow: '20s',
  changeWindow: '30s',
  leakWindow: '30s',
  truthWindow: '100',
  floorCalls: 5,
  // A Prometheus that has just started looks for its targets after 5 s, and later where the processor is busy.
  hold: {
    down: '5s',
    absent: '15s',
    blind: '5s',
    accuracy: '2s',
    errors: '3s',
    latency: '5s',
    anomaly: '3s',
    outage: '3s',
    auth: '2s',
    drift: '2s',
    quality: '3s',
  },
  keepFiring: '5s',
};

/** Alone what the preset does not know. */
const DROP_RATIO = 0.01;

/** Seconds in a duration of the form that Prometheus reads. */
export function seconds(duration: Duration): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration);
  const unit = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 }[match?.[2] ?? ''];
  if (match === null || unit === undefined) {
    throw new MonitorError(
      'INVALID_ARGUMENT',
      `duration is ${showValue(duration)}; expected a number and ms, s, m, h or d`,
    );
  }
  return Number(match[1]) * unit;
}

/** The highest bucket bound of the call duration: no quantile is ever seen above it. */
const LONGEST = Math.max(...METRICS.operationDuration.buckets);

function fail(name: string, value: unknown, accepted: string): never {
  throw new MonitorError('CONFIG_INVALID', `${name} is ${showValue(value)}; expected ${accepted}`);
}

function text(name: string, value: string): string {
  if (typeof value !== 'string' || value.trim() === '' || /[\u0000-\u001f]/.test(value))
    fail(name, value, 'a text that is not empty');
  return value;
}

function url(name: string, value: string): string {
  if (!URL.canParse(text(name, value)) || !/^https?:\/\/[^\s{}"]+$/.test(value))
    fail(name, value, 'an http or https address');
  return value.replace(/(?<!\/)\/+$/, '');
}

function checkDurations(name: string, record: object): void {
  for (const [key, value] of Object.entries(record)) {
    if (key === 'truthWindow' || key === 'floorCalls' || key === 'hold') continue;
    if (typeof value !== 'string' || !/^[1-9]\d*(ms|s|m|h|d)$/.test(value))
      fail(`${name}.${key}`, value, 'a whole number and ms, s, m, h or d, as in "5m"');
  }
}

function checkTimings(timings: RuleTimings): RuleTimings {
  checkDurations('timings', timings);
  checkDurations('timings.hold', timings.hold);
  text('timings.truthWindow', timings.truthWindow);
  if (!Number.isInteger(timings.floorCalls) || timings.floorCalls < 1)
    fail('timings.floorCalls', timings.floorCalls, 'a whole number of at least 1');
  if (seconds(timings.rateWindow) < 4 * seconds(timings.scrapeInterval))
    fail(
      'timings.rateWindow',
      timings.rateWindow,
      `at least four times timings.scrapeInterval (${timings.scrapeInterval})`,
    );
  if (seconds(timings.hold.drift) >= seconds(timings.changeWindow))
    fail('timings.hold.drift', timings.hold.drift, `less than timings.changeWindow (${timings.changeWindow})`);
  return timings;
}

function checkThresholds(thresholds: RuleThresholds): RuleThresholds {
  for (const [key, value] of Object.entries(thresholds) as [keyof RuleThresholds, unknown][]) {
    const top = key === 'latencyP95' ? LONGEST : 1;
    const accepted =
      key === 'latencyP95'
        ? `seconds above 0 and below ${top}, the last bucket of the histogram`
        : 'a number above 0 and below 1';
    if (typeof value !== 'number' || !(value > 0 && value < top)) fail(`thresholds.${key}`, value, accepted);
  }
  return thresholds;
}

/** The parts of `value` that are defined: an option given as undefined means its default. */
function given<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, v]) => v !== undefined)) as Partial<T>;
}

/**
 * Fills in what is not given and checks all of it.
 * @throws MonitorError CONFIG_INVALID, naming the option, its value and what is accepted
 */
export function resolveOptions(options: GrafanaOptions = {}): ResolvedOptions {
  const preset = options.preset ?? 'online';
  if (!PRESETS.includes(preset)) fail('preset', preset, PRESETS.join(', '));
  const { thresholds, severities } = PRESET_TABLE[preset];
  const { hold, ...timings } = options.timings ?? {};
  return {
    preset,
    severities,
    thresholds: checkThresholds({ ...thresholds, dropRatio: DROP_RATIO, ...given(options.thresholds) }),
    job: text('job', options.job ?? 'llm-monitor'),
    team: text('team', options.team ?? 'llm'),
    timings: checkTimings({ ...defaultTimings, ...given(timings), hold: { ...defaultTimings.hold, ...given(hold) } }),
    runbookBaseUrl: url(
      'runbookBaseUrl',
      options.runbookBaseUrl ?? 'https://unpkg.com/otel-llm-monitor/grafana/provisioned/runbooks',
    ),
    dashboardBaseUrl: url('dashboardBaseUrl', options.dashboardBaseUrl ?? 'http://localhost:3000'),
    target: text('target', options.target ?? '127.0.0.1:9464'),
  };
}
