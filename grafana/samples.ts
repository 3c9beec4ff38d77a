import { type ResolvedOptions, seconds } from './options.js';

/** So many samples, each so much above the one before; `gone` ends the series as a vanished target does. */
export type Segment = readonly [perStep: number | 'gone', steps: number];

/**
 * Values of a series in promtool's notation: the first is `from`, then the segments follow. After `gone` a series comes back at the
 * value it had.
 */
export function samples(from: number, ...segments: readonly Segment[]): string {
  const out = [String(from)];
  let last = from;
  for (const [perStep, steps] of segments) {
    if (steps < 1) continue;
    if (perStep === 'gone') {
      out.push('stale', ...(steps > 1 ? [`_x${steps - 1}`] : []));
      continue;
    }
    out.push(steps > 1 ? `${last + perStep}${perStep < 0 ? '' : '+'}${perStep}x${steps - 1}` : String(last + perStep));
    last += perStep * steps;
  }
  return out.join(' ');
}

/** Values of a gauge: the first of each pair for so many samples. */
export function levels(...parts: readonly Segment[]): string {
  return parts
    .filter(([, steps]) => steps > 0)
    .flatMap(([value, steps]) => {
      if (value === 'gone') return steps > 1 ? ['stale', `_x${steps - 1}`] : ['stale'];
      return [steps > 1 ? `${value}+0x${steps - 1}` : String(value)];
    })
    .join(' ');
}

/** Lengths of time in steps of the scrape interval, the distance of two samples in a test. */
export interface Timeline {
  /** Seconds between two samples. */
  readonly step: number;
  /** Steps that cover a time. */
  readonly steps: (time: number) => number;
  /** Steps until a condition on the rate window that held from the start has surely fired. */
  readonly fired: (hold: number) => number;
  /** Steps until what fired has surely ended, counted from where its cause ended. */
  readonly ended: number;
}

export function timeline({ timings }: ResolvedOptions): Timeline {
  const step = seconds(timings.scrapeInterval);
  const steps = (time: number): number => Math.ceil(time / step);
  const lag = Math.ceil(seconds(timings.evaluationInterval) / step) + 2;
  return {
    step,
    steps,
    fired: hold => steps(seconds(timings.rateWindow)) + steps(hold) + lag,
    ended: steps(seconds(timings.rateWindow)) + steps(seconds(timings.keepFiring)) + lag,
  };
}
