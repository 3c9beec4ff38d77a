import type { PromRegistry } from './prom.js';

/** Gauges whose name ends as a counter's must: prom-client's older names of nodejs_active_{handles,requests,resources}, which stay. */
export const MISNAMED: ReadonlySet<string> = new Set([
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]);

/** Milliseconds between two looks at the event loop: at prom-client's own 10 ms an idle process pays 0.7 % of a core, at this 0.1 %. */
const PRECISION = 100;

let registry: Promise<PromRegistry> | undefined;

/**
 * prom-client's process and Node metrics in a registry that nobody else sees. Loaded at the first scrape, and one a process:
 * what it starts cannot be stopped.
 */
export function processRegistry(): Promise<PromRegistry> {
  registry ??= import('prom-client').then(({ Registry, collectDefaultMetrics }) => {
    const own = new Registry();
    collectDefaultMetrics({ register: own, eventLoopMonitoringPrecision: PRECISION });
    return own;
  });
  return registry;
}
