import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel as SdkPanel, ThresholdsConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Query } from './promql.js';
import type { Sdk } from './sdk.js';

/** The value from which a figure is bad, and on which side; the same number that an alert compares with. */
export interface Threshold {
  readonly bad: 'above' | 'below';
  readonly at: number;
}

/** One query of a panel. `legend` may name labels as `{{model}}`; unit and threshold only where they are not the panel's. */
export interface Target {
  readonly query: Query;
  readonly legend: string;
  readonly unit?: string;
  readonly threshold?: Threshold;
}

/**
 * A panel as data: what it asks, what it says about itself, how it is drawn. The three texts are whole sentences: what it shows,
 * what is normal, what to do otherwise.
 */
export interface PanelSpec {
  readonly id: number;
  readonly kind: 'stat' | 'graph' | 'table';
  readonly title: string;
  readonly shows: string;
  readonly normal: string;
  readonly act: string;
  readonly unit: string;
  readonly at: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly Target[];
  readonly threshold?: Threshold;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  /** Graphs only: series add up to a whole. */
  readonly stacked?: boolean;
  /** Tables only: columns in order, by label, with their headings; `Value` is the figure. */
  readonly columns?: Readonly<Record<string, string>>;
}

export interface PanelLink {
  readonly title: string;
  readonly url: string;
}

/** The data source is always the one that is chosen in the dashboard. */
export const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` } as const;

const COLOURS = { good: 'green', bad: 'red', plain: 'text' } as const;

function steps(threshold: Threshold | undefined): { value: number | null; color: string }[] {
  if (threshold === undefined) return [{ value: null, color: COLOURS.plain }];
  const [low, high] = threshold.bad === 'above' ? [COLOURS.good, COLOURS.bad] : [COLOURS.bad, COLOURS.good];
  return [
    { value: null, color: low },
    { value: threshold.at, color: high },
  ];
}

function thresholds(sdk: Sdk, threshold: Threshold | undefined): Builder<ThresholdsConfig> {
  return new sdk.dashboard.ThresholdsConfigBuilder()
    .mode(sdk.dashboard.ThresholdsMode.Absolute)
    .steps(steps(threshold));
}

/** Reference of the n-th query: A, B, C. */
const refId = (index: number): string => String.fromCharCode(65 + index);

function query(sdk: Sdk, spec: PanelSpec, target: Target, index: number) {
  const builder = new sdk.prometheus.DataqueryBuilder()
    .datasource(DATASOURCE)
    .refId(refId(index))
    .expr(target.query.text)
    .legendFormat(target.legend);
  if (spec.kind === 'table') return builder.instant().format(sdk.prometheus.PromQueryFormat.Table);
  return spec.kind === 'stat' ? builder.instant() : builder.range();
}

function stat(sdk: Sdk) {
  return new sdk.stat.PanelBuilder()
    .graphMode(sdk.common.BigValueGraphMode.None)
    .colorMode(sdk.common.BigValueColorMode.Value)
    .reduceOptions(new sdk.common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
}

function graph(sdk: Sdk, spec: PanelSpec) {
  const builder = new sdk.timeseries.PanelBuilder()
    .lineWidth(1)
    .fillOpacity(spec.stacked === true ? 30 : 5)
    .showPoints(sdk.common.VisibilityMode.Auto)
    .legend(
      new sdk.common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(sdk.common.LegendDisplayMode.List)
        .placement(sdk.common.LegendPlacement.Bottom)
        .calcs(['lastNotNull']),
    )
    .tooltip(
      new sdk.common.VizTooltipOptionsBuilder()
        .mode(sdk.common.TooltipDisplayMode.Multi)
        .sort(sdk.common.SortOrder.Descending),
    );
  // Without it an axis of shares that are all 0 runs to 10,000 %.
  if (spec.unit === 'percentunit' && spec.max === undefined) builder.axisSoftMax(0.1);
  if (spec.stacked === true)
    builder.stacking(new sdk.common.StackingConfigBuilder().mode(sdk.common.StackingMode.Normal));
  if (spec.threshold !== undefined) {
    builder.thresholdsStyle(
      new sdk.common.GraphThresholdsStyleConfigBuilder().mode(sdk.common.GraphThresholdsStyleMode.Dashed),
    );
  }
  return builder;
}

function table(sdk: Sdk, spec: PanelSpec) {
  const columns = Object.entries(spec.columns ?? {});
  return new sdk.table.PanelBuilder().transformations([
    {
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(columns.map(([label], i) => [label, i])),
        renameByName: Object.fromEntries(columns),
      },
    },
  ]);
}

/** What differs from the panel for one of its queries, as an override of that query. */
function overrides(target: Target): { id: string; value: unknown }[] {
  return [
    ...(target.unit === undefined ? [] : [{ id: 'unit', value: target.unit }]),
    ...(target.threshold === undefined
      ? []
      : [{ id: 'thresholds', value: { mode: 'absolute', steps: steps(target.threshold) } }]),
  ];
}

/** A panel of a dashboard, built by the SDK. */
export function toPanel(sdk: Sdk, spec: PanelSpec, links: readonly PanelLink[] = []): Builder<SdkPanel> {
  const builder = spec.kind === 'stat' ? stat(sdk) : spec.kind === 'graph' ? graph(sdk, spec) : table(sdk, spec);
  builder
    .id(spec.id)
    .title(spec.title)
    .description(`${spec.shows}\n\nNormal: ${spec.normal}\n\nOtherwise: ${spec.act}`)
    .datasource(DATASOURCE)
    .gridPos(spec.at)
    .unit(spec.unit)
    .thresholds(thresholds(sdk, spec.threshold))
    .links(
      links.map(({ title, url }) =>
        new sdk.dashboard.DashboardLinkBuilder(title)
          .type(sdk.dashboard.DashboardLinkType.Link)
          .url(url)
          .targetBlank(true),
      ),
    );
  if (spec.min !== undefined) builder.min(spec.min);
  if (spec.max !== undefined) builder.max(spec.max);
  if (spec.decimals !== undefined) builder.decimals(spec.decimals);
  for (const [index, target] of spec.targets.entries()) {
    builder.withTarget(query(sdk, spec, target, index));
    const changes = overrides(target);
    if (changes.length > 0) builder.overrideByQuery(refId(index), changes);
  }
  return builder;
}
