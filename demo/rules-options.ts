import { fastTimings, type GrafanaOptions } from '../grafana/index.js';
import { WINDOW } from './view/figures.js';

/**
 * What the demo asks of the rules that everybody gets: everything happens in seconds, on little traffic. Expressions, thresholds,
 * labels and severities are those of production.
 * @param target `host:port` of the app's monitor
 */
export function rulesOptions(target: string) {
  return {
    preset: 'online',
    job: 'llm-monitor',
    target,
    timings: { ...fastTimings, truthWindow: WINDOW },
  } as const satisfies GrafanaOptions;
}
