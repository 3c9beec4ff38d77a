import type { Alert, AlertRule, Step } from './alert.js';
import type { ResolvedOptions } from './options.js';
import type { Query } from './promql.js';
import { alerts, dashboardUrl } from './rules.js';

function block(query: Query): string {
  return `\n\n   \`\`\`promql\n${query.text.replace(/^/gm, '   ')}\n   \`\`\``;
}

function step({ text, query }: Step, index: number): string {
  return `${index + 1}. ${text}${query === undefined ? '' : block(query)}`;
}

function condition({ expr, hold, keepFiring }: AlertRule): string {
  const after = hold === undefined ? 'Fires at once' : `Fires when it has held for ${hold}`;
  const until = keepFiring === undefined ? '' : `, and goes on for ${keepFiring} after it ended`;
  return `\`\`\`promql\n${expr.text}\n\`\`\`\n\n${after}${until}.`;
}

/** One alert as a page for the person it wakes up. */
export function runbook(alert: Alert, options: ResolvedOptions): string {
  const { meaning, impact, diagnosis, mitigation } = alert.runbook;
  const open = dashboardUrl(alert, options, () => '$__all');
  return [
    `# ${alert.name}`,
    `Severity \`${alert.severity}\`, category \`${alert.category}\`. [Panel in Grafana](${open}).`,
    '## Meaning',
    meaning,
    '## Impact',
    impact,
    '## Diagnosis',
    diagnosis.map(step).join('\n'),
    '## Mitigation',
    mitigation.map(line => `- ${line}`).join('\n'),
    '## Condition',
    alert.rules.map(condition).join('\n\nOr:\n\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

/** All runbooks, by the name of their alert. */
export function runbooks(options: ResolvedOptions): ReadonlyMap<string, string> {
  return new Map(alerts(options).map(alert => [alert.name, runbook(alert, options)]));
}
