import type { Json } from '../../core/json.js';
import { createRandom } from '../../core/random.js';
import { packBytes, readDoubles, readHead, readNumber } from '../detectors/state.js';
import { between, type DriftDetector, type DriftVerdict, QUIET } from './drift-detector.js';

export interface KswinOptions {
  /** Share of looks that may be wrong; 0.005 if absent. */
  readonly alpha?: number;
  /** Values remembered; 100 if absent. */
  readonly windowSize?: number;
  /** Of those, the latest that are compared with as many of the others; 30 if absent. */
  readonly statSize?: number;
  /** 1 if absent. The same seed and values give the same verdicts. */
  readonly seed?: number;
}

/** A distance that is too small to matter, however sure it is. */
const LEAST_DISTANCE = 0.1;

/**
 * The two-sample Kolmogorov-Smirnov statistic: how far the shares of values below a point are apart at most, and on which side.
 * @returns `distance` in 0..1; `up` where the second sample has the larger values. 0 for an empty sample
 */
export function ksDistance(
  a: readonly number[],
  b: readonly number[],
): { readonly distance: number; readonly up: boolean } {
  const [x, y] = [[...a].sort((p, q) => p - q), [...b].sort((p, q) => p - q)];
  let [i, j, above, below] = [0, 0, 0, 0];
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i]!, y[j]!);
    while (i < x.length && x[i]! <= at) i++;
    while (j < y.length && y[j]! <= at) j++;
    above = Math.max(above, i / x.length - j / y.length);
    below = Math.max(below, j / y.length - i / x.length);
  }
  return { distance: Math.max(above, below), up: above >= below };
}

/**
 * The chance that two samples of one law are so far apart, by Kolmogorov's limit with Stephens' correction: within 0.01 of the
 * exact one from 10 values each.
 * @see Stephens 1970, J. R. Stat. Soc. B 32(1):115-122
 */
export function ksChance(distance: number, n: number, m: number): number {
  const root = Math.sqrt((n * m) / (n + m));
  const t = (root + 0.12 + 0.11 / root) * distance;
  // The series does not converge near 0, where the chance is 1.
  if (t < 0.3) return 1;
  let chance = 0;
  for (let k = 1; k <= 100; k++) chance += 2 * (-1) ** (k - 1) * Math.exp(-2 * k * k * t * t);
  return Math.max(0, Math.min(1, chance));
}

/**
 * Kolmogorov-Smirnov windowing: compares the latest values of a window with as many drawn from the older ones, whatever their
 * law, so that a change of the spread is seen too. After a change only the latest values stay. One look a value, so that `alpha`
 * must be far smaller than a share of wrong changes that would be fine.
 * @see Raab, Heusinger, Schleif 2020, Neurocomputing 416:340-351
 */
export class Kswin implements DriftDetector {
  readonly #alpha: number;
  readonly #windowSize: number;
  readonly #statSize: number;
  readonly #seed: number;
  #window: number[] = [];
  #random: ReturnType<typeof createRandom>;

  /** @throws MonitorError INVALID_ARGUMENT */
  constructor({ alpha = 0.005, windowSize = 100, statSize = 30, seed = 1 }: KswinOptions = {}) {
    this.#alpha = between('alpha', alpha, 0, 1);
    this.#windowSize = Math.floor(between('windowSize', windowSize, 1));
    this.#statSize = Math.floor(between('statSize', statSize, 1, this.#windowSize / 2 + 1));
    this.#seed = seed;
    this.#random = createRandom(seed);
  }

  update(x: number, _at = 0): DriftVerdict {
    if (!Number.isFinite(x)) return QUIET;
    this.#window.push(x);
    if (this.#window.length > this.#windowSize) this.#window.shift();
    if (this.#window.length < this.#windowSize) return QUIET;
    const latest = this.#window.slice(-this.#statSize);
    const { distance, up } = ksDistance(this.#draw(), latest);
    const chance = ksChance(distance, this.#statSize, this.#statSize);
    const evidence = Math.log(Math.max(chance, Number.MIN_VALUE)) / Math.log(this.#alpha);
    if (chance > this.#alpha || distance <= LEAST_DISTANCE) return { state: 'quiet', evidence: Math.min(1, evidence) };
    this.#window = latest;
    return { state: up ? 'up' : 'down', evidence };
  }

  reset(): void {
    this.#window = [];
    this.#random = createRandom(this.#seed);
  }

  save(): Json {
    const window = packBytes(Float64Array.from(this.#window));
    return { kind: 'kswin', version: 1, size: this.#window.length, window, random: this.#random.state() };
  }

  restore(state: Json): void {
    const saved = readHead(state, { kind: 'kswin', version: 1 });
    this.#window = [...readDoubles(saved, 'window', readNumber(saved, 'size', 0, this.#windowSize))];
    this.#random = createRandom(readNumber(saved, 'random', 0));
  }

  /** As many of the older values, each at most once. */
  #draw(): readonly number[] {
    const older = this.#window.slice(0, -this.#statSize);
    for (let i = 0; i < this.#statSize; i++) {
      const j = i + Math.floor(this.#random() * (older.length - i));
      [older[i], older[j]] = [older[j]!, older[i]!];
    }
    return older.slice(0, this.#statSize);
  }
}
