import { type Alert, CASE_KINDS, type Case, type Firing, fillIn, urlQuery } from './alert.js';
import type { ResolvedOptions } from './options.js';
import { alerts, dashboardUrl, GROUPS, runbookUrl } from './rules.js';

/** A test file of promtool. */
export interface RuleTestFile {
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  readonly group_eval_order: readonly string[];
  readonly tests: readonly {
    readonly name: string;
    readonly interval: string;
    readonly input_series: readonly { readonly series: string; readonly values: string }[];
    readonly alert_rule_test: readonly {
      readonly eval_time: string;
      readonly alertname: string;
      readonly exp_alerts: readonly {
        readonly exp_labels: Readonly<Record<string, string>>;
        readonly exp_annotations: Readonly<Record<string, string>>;
      }[];
    }[];
  }[];
}

function expected(alert: Alert, { rule, labels, value }: Firing, options: ResolvedOptions) {
  const own = Object.entries(rule.labels ?? {}).map(([name, text]) => [name, fillIn(text, labels, value)]);
  const { severity, category } = alert;
  const filled = { ...labels, ...Object.fromEntries(own) };
  return {
    exp_labels: { ...filled, severity, category, team: options.team },
    exp_annotations: {
      summary: rule.summary,
      description: fillIn(rule.description, labels, value),
      runbook_url: runbookUrl(alert, options),
      dashboard_url: dashboardUrl(alert, options, name => urlQuery(filled[name] ?? '')),
    },
  };
}

function test(alert: Alert, kind: string, one: Case, options: ResolvedOptions): RuleTestFile['tests'][number] {
  return {
    name: `${alert.name} ${kind}: ${one.title}`,
    interval: options.timings.scrapeInterval,
    // An empty list of values is not accepted: a series without samples is left out.
    input_series: one.series.filter(({ values }) => values !== ''),
    alert_rule_test: [
      {
        eval_time: `${Math.round(one.at * 1000)}ms`,
        alertname: alert.name,
        exp_alerts: one.firing.map(firing => expected(alert, firing, options)),
      },
    ],
  };
}

/** The tests of one alert for `promtool test rules`. `ruleFiles` are named from the folder that the test file is in. */
function testFile(alert: Alert, ruleFiles: readonly string[], options: ResolvedOptions): RuleTestFile {
  const tests = CASE_KINDS.flatMap(kind => {
    const cases = alert.cases[kind];
    return 'exempt' in cases ? [] : cases.map(one => test(alert, kind, one, options));
  });
  return {
    rule_files: ruleFiles,
    evaluation_interval: options.timings.evaluationInterval,
    group_eval_order: GROUPS,
    tests,
  };
}

/** Tests of all alerts, by alert. */
export function ruleTests(options: ResolvedOptions, ruleFiles: readonly string[]): ReadonlyMap<string, RuleTestFile> {
  return new Map(alerts(options).map(alert => [alert.name, testFile(alert, ruleFiles, options)]));
}
