import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MonitorError } from '../core/errors.js';
import { type Board, buildBoard, type Dashboard } from './board.js';
import { overview } from './boards/overview.js';
import { type GrafanaOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { alerts, runbookUrl } from './rules.js';
import { loadSdk, type Sdk } from './sdk.js';

/** Every dashboard. */
const TABLE: readonly ((options: ResolvedOptions) => Board)[] = [overview];

/** All dashboards as data, for checked options. */
export function boards(options: ResolvedOptions): readonly Board[] {
  return TABLE.map(create => create(options));
}

/** Builds all dashboards; a panel that an alert leads to links back to the alert's runbook. */
export function buildDashboards(options: ResolvedOptions, sdk: Sdk = loadSdk()): readonly Dashboard[] {
  const all = alerts(options);
  return boards(options).map(board =>
    buildBoard(sdk, board, panel =>
      all
        .filter(alert => alert.shown.uid === board.uid && alert.shown.panel === panel)
        .map(alert => ({ title: `Runbook: ${alert.name}`, url: runbookUrl(alert, options) })),
    ),
  );
}

/** The folder with the default output, which is part of the package; undefined in a tree where it is not made yet. */
export function provisionedFolder(): string | undefined {
  for (let at = dirname(fileURLToPath(import.meta.url)); dirname(at) !== at; at = dirname(at)) {
    const candidate = join(at, 'grafana', 'provisioned');
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

/** The default dashboards as they are in the package, read without the SDK. */
export function provisionedDashboards(): readonly Dashboard[] | undefined {
  const folder = provisionedFolder();
  if (folder === undefined) return undefined;
  const files = boards(resolveOptions()).map(({ uid }) => join(folder, 'dashboards', `${uid}.json`));
  if (!files.every(file => existsSync(file))) return undefined;
  return files.map(file => JSON.parse(readFileSync(file, 'utf8')) as Dashboard);
}

/** True for options that say what the defaults say. */
export function isDefault(options: ResolvedOptions): boolean {
  return JSON.stringify(options) === JSON.stringify(resolveOptions());
}

/** Dashboards by the SDK where it is there, by the package where the options are the defaults. */
export function dashboardsFor(options: ResolvedOptions): readonly Dashboard[] {
  try {
    return buildDashboards(options);
  } catch (error) {
    const ready = MonitorError.is(error) && isDefault(options) ? provisionedDashboards() : undefined;
    if (ready === undefined) throw error;
    return ready;
  }
}

/**
 * Dashboards for Grafana, as plain objects: the classic schema, to be provisioned from files. The default ones come with the
 * package; options of one's own need `@grafana/grafana-foundation-sdk`.
 * @throws MonitorError CONFIG_INVALID for an option that is not accepted; MISSING_PEER without the SDK
 */
export function dashboards(options: GrafanaOptions = {}): readonly Dashboard[] {
  const resolved = resolveOptions(options);
  return (isDefault(resolved) ? provisionedDashboards() : undefined) ?? buildDashboards(resolved);
}
