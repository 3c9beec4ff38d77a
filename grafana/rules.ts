import { type Alert, type AlertFactory, type AlertRule, toTemplate } from './alert.js';
import { targetsAbsent } from './alerts/absent.js';
import { accuracyLow } from './alerts/accuracy-low.js';
import { anomalyBurst } from './alerts/anomaly-burst.js';
import { authFailures } from './alerts/auth-failures.js';
import { blind } from './alerts/blind.js';
import { calibrationOff } from './alerts/calibration-off.js';
import { down } from './alerts/down.js';
import { driftActive } from './alerts/drift-active.js';
import { droppingEvents } from './alerts/dropping-events.js';
import { errorRatioHigh } from './alerts/error-ratio-high.js';
import { latencyP95High } from './alerts/latency-p95-high.js';
import { modelChanged } from './alerts/model-changed.js';
import { personalDataRatioHigh } from './alerts/personal-data-ratio-high.js';
import { promptInjectionBurst } from './alerts/prompt-injection-burst.js';
import { providerOutage } from './alerts/provider-outage.js';
import { rateLimited } from './alerts/rate-limited.js';
import { refusalRatioHigh } from './alerts/refusal-ratio-high.js';
import { secretLeaked } from './alerts/secret-leaked.js';
import { seriesLimitNear } from './alerts/series-limit-near.js';
import { timeouts } from './alerts/timeouts.js';
import { watchdog } from './alerts/watchdog.js';
import { type GrafanaOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { recordings } from './recording.js';
import { truthInterval, truthRecordings } from './truth-recording.js';

/** Every alert, in the order in which a person would look at them: is anybody watching, then what they see. */
const TABLE: readonly AlertFactory[] = [
  watchdog,
  down,
  targetsAbsent,
  blind,
  droppingEvents,
  seriesLimitNear,
  providerOutage,
  authFailures,
  errorRatioHigh,
  rateLimited,
  timeouts,
  latencyP95High,
  accuracyLow,
  calibrationOff,
  anomalyBurst,
  modelChanged,
  driftActive,
  secretLeaked,
  personalDataRatioHigh,
  refusalRatioHigh,
  promptInjectionBurst,
];

/** All alerts for checked options. */
export function alerts(options: ResolvedOptions): readonly Alert[] {
  return TABLE.map(create => create(options));
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url' | 'dashboard_url', string>>;
}

export interface RuleGroup<R> {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly R[];
}

/** A rule file of Prometheus, version 2.42 or later. */
export interface RuleFile<R = RecordingRule | AlertingRule> {
  readonly groups: readonly RuleGroup<R>[];
}

/** Where the alert is explained. */
export function runbookUrl(alert: Alert, options: ResolvedOptions): string {
  return `${options.runbookBaseUrl}/${alert.name}.md`;
}

/** The panel that shows what the alert is about, filtered to its labels; `fill` writes the place of a label. */
export function dashboardUrl(alert: Alert, options: ResolvedOptions, fill: (label: string) => string): string {
  const { uid, panel, variables = [] } = alert.shown;
  const query = [...variables.map(name => `var-${name}=${fill(name)}`), `viewPanel=${panel}`].join('&');
  return `${options.dashboardBaseUrl}/d/${uid}?${query}`;
}

function alertingRule(alert: Alert, rule: AlertRule, options: ResolvedOptions): AlertingRule {
  const own = Object.entries(rule.labels ?? {}).map(([name, text]) => [name, toTemplate(text)]);
  return {
    alert: alert.name,
    expr: rule.expr.text,
    ...(rule.hold === undefined ? {} : { for: rule.hold }),
    ...(rule.keepFiring === undefined ? {} : { keep_firing_for: rule.keepFiring }),
    labels: { severity: alert.severity, category: alert.category, team: options.team, ...Object.fromEntries(own) },
    annotations: {
      summary: rule.summary,
      description: toTemplate(rule.description),
      runbook_url: runbookUrl(alert, options),
      dashboard_url: dashboardUrl(alert, options, name => `{{ $labels.${name} | urlquery }}`),
    },
  };
}

/** Names of the two groups, in the order in which they are to be evaluated. */
export const GROUPS = ['llm-monitor.recording', 'llm-monitor.alerts'] as const;

/** The recording rules alone. */
export function recordingRules(options: ResolvedOptions): RuleFile<RecordingRule> {
  const rules = recordings(options).map(({ name, expr }) => ({ record: name, expr: expr.text }));
  return { groups: [{ name: GROUPS[0], interval: options.timings.evaluationInterval, rules }] };
}

/** Measures from the counters of labelled calls, over an hour and a day: apart, as they are dearer and change slowly. */
export function truthRules(options: ResolvedOptions): RuleFile<RecordingRule> {
  const rules = truthRecordings(options).map(({ name, expr, labels }) => ({
    record: name,
    expr: expr.text,
    ...(labels === undefined ? {} : { labels }),
  }));
  return { groups: [{ name: 'llm-monitor.truth', interval: truthInterval(options), rules }] };
}

/** The alerts alone; they read what the recording rules write. */
export function alertingRules(options: ResolvedOptions): RuleFile<AlertingRule> {
  const rules = alerts(options).flatMap(alert => alert.rules.map(rule => alertingRule(alert, rule, options)));
  return { groups: [{ name: GROUPS[1], interval: options.timings.evaluationInterval, rules }] };
}

/**
 * Recording rules and alerts for Prometheus 2.42 or later, as a plain object: written as JSON or YAML it is a rule file.
 * @throws MonitorError CONFIG_INVALID for an option that is not accepted, by its name
 */
export function rules(options: GrafanaOptions = {}): RuleFile {
  const resolved = resolveOptions(options);
  const files = [recordingRules(resolved), truthRules(resolved), alertingRules(resolved)];
  return { groups: files.flatMap(({ groups }): RuleFile['groups'] => groups) };
}
