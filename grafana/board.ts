import { DATASOURCE, type PanelLink, type PanelSpec, toPanel } from './panel.js';
import { createQueries, type Queries, type Query, variable } from './promql.js';
import type { Sdk } from './sdk.js';

/** Lines over every graph of a dashboard: when something happened. */
export interface Annotation {
  readonly name: string;
  readonly query: Query;
  readonly colour: string;
  readonly title: string;
  readonly text: string;
}

/** A dashboard as data: one question, its panels in the order in which they answer it. */
export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly PanelSpec[];
  readonly annotations: readonly Annotation[];
}

/** A dashboard as Grafana reads it from a file: the classic schema, version 42. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly [field: string]: unknown;
}

const TAG = 'llm-monitor';
/** What All stands for: every value, also none, so that a metric without the label is not lost. */
const EVERYTHING = '.*';

/** Query builders for panels: whatever is chosen in the dashboard's variables. */
export function boardQueries(): Queries {
  return createQueries({
    job: variable('job'),
    labels: { provider: variable('provider'), model: variable('model') },
  });
}

/** Each variable offers only what our own metrics have, within what is chosen in the variables before it. */
function variables(): readonly { readonly name: string; readonly label: string; readonly query: string }[] {
  const job = variable('job');
  return [
    {
      name: 'job',
      label: 'Job',
      query: createQueries({ job: { op: '=~', value: '.+' } }).values('selfBuildInfo', 'job'),
    },
    { name: 'provider', label: 'Provider', query: createQueries({ job }).values('calls', 'provider') },
    {
      name: 'model',
      label: 'Model',
      query: createQueries({ job, labels: { provider: variable('provider') } }).values('calls', 'model'),
    },
  ];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]));
}

/** Builds a dashboard with the SDK; keys are sorted, so that a change of it is a change of its text and nothing else. */
export function buildBoard(sdk: Sdk, board: Board, links: (panel: number) => readonly PanelLink[]): Dashboard {
  const { dashboard } = sdk;
  const builder = new dashboard.DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags([TAG])
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .readonly()
    .link(
      new dashboard.DashboardLinkBuilder('LLM monitor')
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(new dashboard.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  for (const { name, label, query } of variables()) {
    builder.withVariable(
      new dashboard.QueryVariableBuilder(name)
        .label(label)
        .datasource(DATASOURCE)
        .query({ query, refId: name })
        .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
        .sort(dashboard.VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
        .allValue(EVERYTHING)
        .current({ selected: true, text: ['All'], value: ['$__all'] }),
    );
  }
  for (const { name, query, colour, title, text } of board.annotations) {
    builder.annotation(
      new dashboard.AnnotationQueryBuilder()
        .name(name)
        .datasource(DATASOURCE)
        .enable(true)
        .iconColor(colour)
        .expr(query.text)
        .titleFormat(title)
        .textFormat(text),
    );
  }
  for (const panel of board.panels) builder.withPanel(toPanel(sdk, panel, links(panel.id)));
  return sorted(builder.build()) as Dashboard;
}
