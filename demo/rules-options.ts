import { fastTimings, type GrafanaOptions } from '../grafana/index.js';
import { WINDOW } from './view/figures.js';

/**
 * What the demo asks of the rules that everybody gets: everything happens in seconds, on little traffic, and with a latency
 * that fits a model of 15 ms. Expressions, labels and severities are those of production.
 * @param target `host:port` of the app's monitor
 */
export function rulesOptions(target: string) {
  return {
    preset: 'online',
    job: 'llm-monitor',
    target,
    thresholds: { latencyP95: 2 },
    timings: {
      ...fastTimings,
      truthWindow: WINDOW,
      // A Prometheus that has just started looks for its targets after 5 s, and later where the processor is busy.
      hold: { ...fastTimings.hold, absent: '20s', down: '5s' },
    },
  } as const satisfies GrafanaOptions;
}
