import { createRequire } from 'node:module';
import { MonitorError } from '../core/errors.js';

const PEER = '@grafana/grafana-foundation-sdk';
/** The line of the peer that this code was written for. */
const PEER_RANGE = '~0.0.21';

/** The modules of the Foundation SDK that dashboards are built with. */
export interface Sdk {
  readonly common: typeof import('@grafana/grafana-foundation-sdk/common');
  readonly dashboard: typeof import('@grafana/grafana-foundation-sdk/dashboard');
  readonly prometheus: typeof import('@grafana/grafana-foundation-sdk/prometheus');
  readonly stat: typeof import('@grafana/grafana-foundation-sdk/stat');
  readonly table: typeof import('@grafana/grafana-foundation-sdk/table');
  readonly timeseries: typeof import('@grafana/grafana-foundation-sdk/timeseries');
}

const MODULES = ['common', 'dashboard', 'prometheus', 'stat', 'table', 'timeseries'] as const satisfies (keyof Sdk)[];

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
}

/**
 * Loads the Foundation SDK: only here, and only when a dashboard is really built, because it is an optional peer of 12 MB.
 * @throws MonitorError MISSING_PEER with the command that installs it
 */
export function loadSdk(load: (id: string) => unknown = createRequire(import.meta.url)): Sdk {
  try {
    return Object.fromEntries(MODULES.map(name => [name, load(`${PEER}/${name}`)])) as unknown as Sdk;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new MonitorError(
      'MISSING_PEER',
      `dashboards with options of your own are built with ${PEER}, which is not installed; run: npm install --save-dev "${PEER}@${PEER_RANGE}"`,
      { cause: error },
    );
  }
}
