import { levelEvidence } from './evidence.js';
import { TrafficLine } from './traffic-line.js';

/** What the process used since the sample before. */
export interface ResourceSample {
  /** Model calls that ended. */
  readonly calls: number;
  /** Seconds by which the event loop was late, 99th percentile. */
  readonly eventLoopDelay: number;
  /** Seconds of CPU. */
  readonly cpu: number;
  /** Seconds between the two samples. */
  readonly elapsed: number;
  /** Bytes that the process holds now. Of the heap in use nothing is learnt: how much of it is garbage nobody knows. */
  readonly rss: number;
}

export const RESOURCE_SIGNALS = ['event_loop_delay', 'cpu', 'memory'] as const;
export type ResourceSignal = (typeof RESOURCE_SIGNALS)[number];

/** A resource is used more than the traffic explains, or no longer is. */
export interface ResourceChange {
  readonly signal: ResourceSignal;
  readonly begun: boolean;
  readonly evidence: number;
}

/** A minute: what is used in ten seconds depends on whether garbage was collected in them. */
const BLOCK = 6;
/** Blocks before anything is compared: a process that has just started still grows. */
const WARM = 60;
/** Tests of 1,440 blocks a day that may be wrong once in ten days together: log(3 x 1440 / 0.1), and twice that as blocks are alike. */
const THRESHOLD = 22;
const CEILING = 1.5 * THRESHOLD;
/** Seconds of event-loop delay that nobody minds, and of CPU a second that are nothing. */
const LEAST_DELAY = 0.02;
const LEAST_CPU = 0.02;

const { log, max, min } = Math;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface Resource {
  readonly signal: ResourceSignal;
  /** Of a block, in the unit that is compared. */
  readonly read: (block: readonly ResourceSample[]) => number;
  /** The change that matters, in that unit, from what is usual for the traffic. */
  readonly shift: (usual: number) => number;
  readonly least: number;
}

// biome-ignore format: one resource a line reads as a table
const RESOURCES: readonly Resource[] = [
  { signal: 'event_loop_delay', read: block => log(max(LEAST_DELAY, middle(block.map(s => s.eventLoopDelay)))), shift: () => log(3), least: 0.2 },
  { signal: 'cpu', read: block => sum(block.map(s => s.cpu)) / sum(block.map(s => s.elapsed)), shift: usual => max(5 * LEAST_CPU, usual / 2), least: LEAST_CPU },
  { signal: 'memory', read: block => log(middle(block.map(s => s.rss))), shift: () => log(1.5), least: 0.05 },
];

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** Log-likelihood ratios piled up, as in ScopeTests. */
interface Pile {
  readonly line: TrafficLine;
  evidence: number;
  over: number;
  active: boolean;
}

/**
 * Watches what the process itself uses for a lasting rise that its traffic does not explain: each resource is regressed on the
 * calls of the minute, and the residuals are summed up as those of calls are. Pure: the samples come from outside.
 */
export class ResourceWatch {
  readonly #piles: readonly Pile[] = RESOURCES.map(({ least }) => ({
    line: new TrafficLine(least),
    evidence: 0,
    over: 0,
    active: false,
  }));
  #block: ResourceSample[] = [];

  /** @returns what began or ended with it; a sample with a number that makes no sense is left out */
  observe(sample: ResourceSample): readonly ResourceChange[] {
    if (!Object.values(sample).every(value => value >= 0 && value < Number.POSITIVE_INFINITY)) return [];
    if (!(sample.elapsed > 0 && sample.rss > 0)) return [];
    this.#block.push(sample);
    if (this.#block.length < BLOCK) return [];
    const block = this.#block;
    this.#block = [];
    const calls = sum(block.map(s => s.calls));
    const before = new Set(this.active());
    const evidence = new Map<ResourceSignal, number>();
    for (const [r, pile] of this.#piles.entries()) {
      const { signal, read, shift } = RESOURCES[r]!;
      this.#step(pile, calls, read(block), shift);
      evidence.set(signal, max(pile.evidence, evidence.get(signal) ?? 0));
    }
    const after = new Set(this.active());
    return [...evidence]
      .filter(([signal]) => before.has(signal) !== after.has(signal))
      .map(([signal, found]) => ({ signal, begun: after.has(signal), evidence: found }));
  }

  /** What is used more than usual. */
  active(): readonly ResourceSignal[] {
    return [...new Set(RESOURCES.filter((_, r) => this.#piles[r]?.active).map(({ signal }) => signal))];
  }

  #step(pile: Pile, calls: number, value: number, shift: (usual: number) => number): void {
    const { line } = pile;
    if (line.known >= WARM) {
      const usual = line.usual(calls);
      const before = pile.evidence;
      const step = levelEvidence((value - usual) / line.spread, shift(usual) / line.spread);
      pile.evidence = max(0, min(CEILING, before + step));
      if (pile.active) pile.over = max(0, pile.over + before - pile.evidence);
      if (pile.active && (pile.evidence === 0 || pile.over > THRESHOLD)) {
        pile.active = false;
        pile.evidence = 0;
      } else if (!pile.active && pile.evidence > THRESHOLD) {
        pile.active = true;
        pile.over = 0;
      }
    }
    line.learn(calls, value);
  }
}
