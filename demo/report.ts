import type { Incident } from './server/incidents.js';
import type { Notification } from './stack/webhook.js';
import type { TrafficCounts } from './traffic/traffic.js';
import type { Figures, Measure } from './view/figures.js';

/** An incident that was started. Seconds since the demo's start. */
export interface StartedIncident {
  readonly name: Incident;
  readonly at: number;
}

/** What `--json` prints: how it went, for a script. Times in seconds since the start, shares in 0..1; null where unknown. */
export interface Report {
  readonly seconds: number;
  readonly endpoint: string;
  /** Seconds until calls, latency and accuracy all had a figure. */
  readonly figuresAfter: number | null;
  readonly calls: { readonly total: number; readonly errors: Readonly<Record<string, number>> };
  readonly questions: TrafficCounts;
  readonly latency: { readonly p50: number | null; readonly p95: number | null };
  readonly cost: number;
  readonly accuracy: Measure | null;
  readonly intent: { readonly accuracy: number | null; readonly f1: number | null };
  readonly anomaly: { readonly flagged: number; readonly topFeature: string | null };
  readonly monitor: { readonly dropped: number; readonly errors: number };
  readonly incident: StartedIncident | null;
  readonly alerts: readonly ReportedAlert[];
}

export interface ReportedAlert {
  readonly name: string;
  readonly status: Notification['status'];
  readonly severity: string;
  readonly category: string;
  readonly receiver: string;
  /** What the alert is about, beside its name and kind. */
  readonly labels: Readonly<Record<string, string>>;
  readonly at: number;
  /** Seconds after the incident began; null without one or before it. */
  readonly delay: number | null;
  readonly runbook_url: string | null;
  readonly summary: string | null;
}

/** Labels that a report shows elsewhere, or that are the same for all alerts. */
const SHOWN = new Set(['alertname', 'severity', 'category', 'team', 'job', 'instance']);

const tenths = (seconds: number): number => Math.round(10 * seconds) / 10;

/** An alert as the report has it. @param startedAt milliseconds since the epoch */
export function reportAlert(
  { name, status, labels, receiver, annotations, receivedAt }: Notification,
  startedAt: number,
  incident: StartedIncident | undefined,
): ReportedAlert {
  const at = (receivedAt - startedAt) / 1000;
  return {
    name,
    status,
    severity: labels['severity'] ?? '',
    category: labels['category'] ?? '',
    receiver,
    labels: Object.fromEntries(Object.entries(labels).filter(([label]) => !SHOWN.has(label))),
    at: tenths(at),
    delay: incident === undefined || at < incident.at ? null : tenths(at - incident.at),
    runbook_url: annotations['runbook_url'] ?? null,
    summary: annotations['summary'] ?? null,
  };
}

/** An alert as one line for a person. */
export function alertLine(alert: ReportedAlert): string {
  const delay = alert.delay === null ? '' : `, ${alert.delay} s after the incident began`;
  const subject = Object.entries(alert.labels).map(([label, value]) => ` ${label}=${value}`);
  const head = `${alert.status === 'firing' ? 'ALERT' : 'RESOLVED'} ${alert.name}${subject.join('')}`;
  const about = `${alert.severity}, ${alert.category}, to ${alert.receiver}${delay}`;
  const texts = [alert.summary, alert.runbook_url].filter(text => text !== null);
  return [`${head} (${about})`, ...texts.map(text => `  ${text}`)].join('\n');
}

export interface ReportInput {
  readonly seconds: number;
  readonly endpoint: string;
  readonly figuresAfter: number | undefined;
  readonly figures: Figures | undefined;
  readonly questions: TrafficCounts;
  readonly incident: StartedIncident | undefined;
  readonly alerts: readonly ReportedAlert[];
}

export function createReport({ figures, ...input }: ReportInput): Report {
  return {
    seconds: tenths(input.seconds),
    endpoint: input.endpoint,
    figuresAfter: input.figuresAfter === undefined ? null : tenths(input.figuresAfter),
    calls: { total: figures?.calls ?? 0, errors: Object.fromEntries((figures?.errors ?? []).filter(([, n]) => n > 0)) },
    questions: input.questions,
    latency: { p50: figures?.latency.p50 ?? null, p95: figures?.latency.p95 ?? null },
    cost: figures?.cost ?? 0,
    accuracy: figures?.accuracy ?? null,
    intent: { accuracy: figures?.intentAccuracy?.value ?? null, f1: figures?.intentF1 ?? null },
    anomaly: { flagged: figures?.anomaly.flagged ?? 0, topFeature: figures?.anomaly.topFeature ?? null },
    monitor: { dropped: figures?.monitor.dropped ?? 0, errors: figures?.monitor.errors ?? 0 },
    incident: input.incident ?? null,
    alerts: input.alerts,
  };
}

/** How it went, in two or three lines for a person. */
export function reportText({ seconds, calls, accuracy, anomaly, incident, alerts }: Report): string {
  const failed = Object.values(calls.errors).reduce((sum, n) => sum + n, 0);
  const right = accuracy === null ? 'no label yet' : `accuracy ${accuracy.value.toFixed(2)} over the last labels`;
  const firing = alerts.filter(alert => alert.status === 'firing');
  const delays = firing.flatMap(({ name, delay }) => (delay === null ? [] : [`${name} after ${delay} s`]));
  return [
    `${calls.total} calls in ${seconds} s, ${failed} failed, ${right}, ${anomaly.flagged} flagged as anomalous`,
    ...(incident === null ? [] : [`incident ${incident.name} from second ${Math.round(incident.at)} on`]),
    ...(firing.length === 0
      ? []
      : [
          `${firing.length} ${firing.length === 1 ? 'alert' : 'alerts'}${delays.length === 0 ? '' : `: ${delays.join(', ')}`}`,
        ]),
  ].join('\n');
}
