import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../core/clock.js';
import type { ResourceSample } from './drift/resource-watch.js';

/** What the process has used, read at one moment. */
export interface ResourceReading {
  /** Seconds by which the event loop was late since the reading before, 99th percentile; NaN where nothing was measured. */
  readonly eventLoopDelay: number;
  /** Seconds of CPU since the process began. */
  readonly cpu: number;
  readonly rss: number;
}

const EVERY = 10_000;
/** Milliseconds between two looks at how late the event loop is. */
const RESOLUTION = 20;

/** Reads this process; the counting of delays stops with `stop`. */
export function processReader(): { read(): ResourceReading; stop(): void } {
  const delays: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  delays.enable();
  return {
    read() {
      const late = delays.percentile(99) / 1e6 - RESOLUTION;
      const { user, system } = process.cpuUsage();
      const rss = process.memoryUsage.rss();
      const eventLoopDelay = delays.count === 0 ? Number.NaN : Math.max(0, late) / 1000;
      delays.reset();
      return { eventLoopDelay, cpu: (user + system) / 1e6, rss };
    },
    stop: () => delays.disable(),
  };
}

/**
 * Samples what the process uses every ten seconds of the clock; the timer keeps nothing alive.
 * @param takeCalls model calls that ended since it was asked before
 * @returns the function that stops it
 */
export function sampleResources(
  clock: Clock,
  takeCalls: () => number,
  onSample: (sample: ResourceSample) => void,
  reader = processReader(),
): () => void {
  let before = { at: clock.monotonic(), cpu: reader.read().cpu };
  let cancel = (): void => {};
  const arm = (): void => {
    cancel = clock.setTimeout(sample, EVERY);
  };
  const sample = (): void => {
    const at = clock.monotonic();
    const { cpu, ...now } = reader.read();
    onSample({ ...now, calls: takeCalls(), cpu: cpu - before.cpu, elapsed: (at - before.at) / 1000 });
    before = { at, cpu };
    arm();
  };
  arm();
  return () => {
    cancel();
    reader.stop();
  };
}
