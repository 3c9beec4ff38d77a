import { MonitorError, showValue } from '../core/errors.js';
import { type Duration, type GrafanaOptions, resolveOptions, seconds } from './options.js';

/**
 * Where notifications of one kind go. Secrets are named by the file they are in, never written into the configuration.
 * `urlFile` needs Alertmanager 0.26 or later.
 */
export type Receiver =
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'webhook'; readonly urlFile: string }
  | { readonly kind: 'slack'; readonly apiUrlFile: string; readonly channel: string }
  | { readonly kind: 'pagerduty'; readonly routingKeyFile: string };

export const ROUTED = ['critical', 'warning', 'info'] as const;
export type Routed = (typeof ROUTED)[number];
export type TeamReceivers = { readonly [S in Routed]?: Receiver };

export interface AlertmanagerOptions extends Pick<GrafanaOptions, 'team'> {
  /** Receivers of the team that alerts carry, and of alerts without a team. */
  readonly receivers?: TeamReceivers & { readonly heartbeat?: Receiver };
  /** Receivers of further teams; a severity that one does not name goes to the default ones. */
  readonly teams?: Readonly<Record<string, TeamReceivers>>;
  readonly groupWait?: Duration;
  readonly groupInterval?: Duration;
  readonly repeatInterval?: Duration;
  /** The same for what does not page. */
  readonly ticketRepeatInterval?: Duration;
  /** How often the heartbeat receiver hears that alerting works. */
  readonly heartbeatInterval?: Duration;
}

interface Route {
  readonly receiver?: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/** A configuration of Alertmanager, as a plain object. */
export interface AlertmanagerConfig {
  readonly global: { readonly resolve_timeout: string };
  readonly route: Route;
  readonly inhibit_rules: readonly InhibitRule[];
  readonly receivers: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
}

const HEARTBEAT = 'heartbeat';

function required(name: string, value: string | undefined): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new MonitorError('CONFIG_INVALID', `${name} is ${showValue(value)}; expected a text that is not empty`);
}

function integration(at: string, to: Receiver, resolved: boolean): Readonly<Record<string, unknown>> {
  const common = { send_resolved: resolved };
  switch (to.kind) {
    case 'webhook': {
      if ('urlFile' in to) return { webhook_configs: [{ url_file: required(`${at}.urlFile`, to.urlFile), ...common }] };
      if (!URL.canParse(required(`${at}.url`, to.url)) || !/^https?:/.test(to.url))
        throw new MonitorError(
          'CONFIG_INVALID',
          `${at}.url is ${showValue(to.url)}; expected an http or https address`,
        );
      return { webhook_configs: [{ url: to.url, ...common }] };
    }
    case 'slack':
      return {
        slack_configs: [
          {
            api_url_file: required(`${at}.apiUrlFile`, to.apiUrlFile),
            channel: required(`${at}.channel`, to.channel),
            title: '[{{ .Status | toUpper }}] {{ .CommonAnnotations.summary }}',
            title_link: '{{ .CommonAnnotations.runbook_url }}',
            text: '{{ range .Alerts }}{{ .Annotations.description }}\n<{{ .Annotations.dashboard_url }}|Dashboard> <{{ .Annotations.runbook_url }}|Runbook>\n{{ end }}',
            ...common,
          },
        ],
      };
    case 'pagerduty':
      return {
        pagerduty_configs: [
          {
            routing_key_file: required(`${at}.routingKeyFile`, to.routingKeyFile),
            severity: '{{ .CommonLabels.severity }}',
            description: '{{ .CommonAnnotations.summary }}',
            links: [
              { href: '{{ .CommonAnnotations.runbook_url }}', text: 'Runbook' },
              { href: '{{ .CommonAnnotations.dashboard_url }}', text: 'Dashboard' },
            ],
            ...common,
          },
        ],
      };
    default:
      throw new MonitorError(
        'CONFIG_INVALID',
        `${at}.kind is ${showValue((to as { kind?: unknown }).kind)}; expected webhook, slack or pagerduty`,
      );
  }
}

/** The placeholder that stands until a receiver is given: a name that never resolves, so that nothing is sent to a stranger. */
const placeholder = (name: string): Receiver => ({ kind: 'webhook', url: `https://alerts.example.invalid/${name}` });

const matches = (label: string, op: '=' | '!=' | '=~' | '!~', value: string): string =>
  `${label}${op}"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;

/** Routes by severity; the first is also where a severity goes that none names. */
function severityRoutes(name: (severity: Routed) => string, ticketRepeat: Duration): readonly Route[] {
  return ROUTED.map(severity => ({
    matchers: [matches('severity', '=', severity)],
    receiver: name(severity),
    // Only what pages is worth repeating soon.
    ...(severity === 'critical' ? {} : { repeat_interval: ticketRepeat }),
  }));
}

const INHIBITIONS: readonly InhibitRule[] = [
  {
    // What pages for a model makes its tickets noise. A cause, such as a swapped model, is not noise.
    source_matchers: [matches('severity', '=', 'critical'), matches('model', '!=', '')],
    target_matchers: [
      matches('severity', '=~', 'warning|info'),
      matches('model', '!=', ''),
      matches('category', '!=', 'drift'),
    ],
    equal: ['job', 'model'],
  },
  {
    source_matchers: [matches('alertname', '=', 'LLMMonitorDown')],
    target_matchers: [matches('alertname', '!~', 'LLMMonitorDown|LLMMonitorWatchdog')],
    equal: ['job', 'instance'],
  },
  {
    source_matchers: [matches('alertname', '=', 'LLMMonitorAbsent')],
    target_matchers: [matches('alertname', '!~', 'LLMMonitorAbsent|LLMMonitorWatchdog')],
    equal: ['job'],
  },
];

/**
 * A configuration of Alertmanager 0.25 or later, as a plain object: routes by team, then by severity, the Watchdog to a dead
 * man's switch, and what makes other alerts noise mutes them. Receivers that are not given are placeholders that reach nobody.
 * @throws MonitorError CONFIG_INVALID for what is missing or not accepted, by its name
 */
export function alertmanager(options: AlertmanagerOptions = {}): AlertmanagerConfig {
  const { team } = resolveOptions(options.team === undefined ? {} : { team: options.team });
  const ticketRepeat = options.ticketRepeatInterval ?? '1d';
  const teams = Object.entries(options.teams ?? {}).filter(([name]) => name !== team);
  const own: TeamReceivers = { ...options.receivers, ...options.teams?.[team] };
  const named = (who: string, severity: Routed): string => `${who}-${severity}`;
  const receivers: AlertmanagerConfig['receivers'][number][] = [];
  const receive = (name: string, at: string, to: Receiver | undefined, resolved = true): void => {
    receivers.push({ name, ...integration(at, to ?? placeholder(name), resolved) });
  };
  for (const severity of ROUTED) receive(named(team, severity), `receivers.${severity}`, own[severity]);
  receive(HEARTBEAT, 'receivers.heartbeat', options.receivers?.heartbeat, false);
  for (const [name, list] of teams) {
    for (const severity of ROUTED) {
      if (list[severity] !== undefined) receive(named(name, severity), `teams.${name}.${severity}`, list[severity]);
    }
  }
  const defaults = (severity: Routed): string => named(team, severity);
  const heartbeat = options.heartbeatInterval ?? '1m';
  return {
    global: { resolve_timeout: '5m' },
    route: {
      receiver: defaults('warning'),
      group_by: ['alertname', 'job', 'model'],
      group_wait: options.groupWait ?? '30s',
      group_interval: options.groupInterval ?? '5m',
      repeat_interval: options.repeatInterval ?? '4h',
      routes: [
        {
          matchers: [matches('alertname', '=', 'LLMMonitorWatchdog')],
          receiver: HEARTBEAT,
          group_wait: '0s',
          group_interval: heartbeat,
          // Equal to group_interval it would be found not yet due at every other flush.
          repeat_interval: `${Math.ceil(seconds(heartbeat) * 900)}ms`,
        },
        ...teams.map(([name, list]) => ({
          matchers: [matches('team', '=', name)],
          receiver: list.warning === undefined ? defaults('warning') : named(name, 'warning'),
          routes: severityRoutes(
            severity => (list[severity] === undefined ? defaults(severity) : named(name, severity)),
            ticketRepeat,
          ),
        })),
        {
          matchers: [matches('team', '=', team)],
          receiver: defaults('warning'),
          routes: severityRoutes(defaults, ticketRepeat),
        },
        ...severityRoutes(defaults, ticketRepeat),
      ],
    },
    inhibit_rules: INHIBITIONS,
    receivers,
  };
}
