import type { Json } from '../../core/json.js';
import { LruMap } from './lru-map.js';
import { packBytes, readDoubles, readHead } from './state.js';

/** Slots of a line: its two slopes, the covariance (three numbers), calls, and the usual relative error. */
const SLOTS = 7;
/** What the slopes are counted in, so that all numbers are near 1: USD a million tokens. */
const UNIT = 1e-6;
const START_VARIANCE = 1e4;
const FORGETTING = 0.999;
/** Calls before a line says anything. */
const YOUNG = 10;
/** An error of more than so many usual ones, and more than 5 %, turns the line only a little. */
const OUTLYING = { errors: 4, least: 0.05, weight: 0.3 };

/**
 * What a call should have cost, from what its model's calls cost before: a line through the origin a model, in input and output
 * tokens, fitted to relative errors by robust recursive least squares.
 */
export class CostLine {
  readonly #lines: LruMap<Float64Array>;

  /** @param models lines that are kept, those used last */
  constructor(models = 200) {
    this.#lines = new LruMap(models);
  }

  /** @returns USD; NaN while too little is known, or where a count is missing */
  expected(model: string, input: number, output: number): number {
    const line = this.#lines.get(model);
    if (line === undefined || line[5]! < YOUNG) return Number.NaN;
    return Math.max(0, line[0]! * input + line[1]! * output) * UNIT;
  }

  learn(model: string, input: number, output: number, cost: number): void {
    if (!(cost > 0) || !(input + output >= 0)) return;
    let line = this.#lines.get(model);
    if (line === undefined) {
      line = Float64Array.of(0, 0, START_VARIANCE, 0, START_VARIANCE, 0, 1);
      this.#lines.set(model, line);
    }
    const [a, b, p, q, r, n, usual] = line as unknown as [number, number, number, number, number, number, number];
    const x = (input / cost) * UNIT;
    const y = (output / cost) * UNIT;
    const gainX = p * x + q * y;
    const gainY = q * x + r * y;
    const scale = FORGETTING + x * gainX + y * gainY;
    const limit = Math.max(OUTLYING.least, OUTLYING.errors * usual);
    let error = 1 - (a * x + b * y);
    const size = Math.abs(error);
    line[6] = usual + Math.max(1 / (n + 1), 0.02) * (Math.min(size, limit) - usual);
    if (n > 5 && size > limit) error = Math.sign(error) * limit * OUTLYING.weight;
    line[0] = a + (gainX / scale) * error;
    line[1] = b + (gainY / scale) * error;
    line[5] = n + 1;
    const next = [p - (gainX * gainX) / scale, q - (gainX * gainY) / scale, r - (gainY * gainY) / scale];
    // Where all calls are alike one direction is never seen: forgetting must not let its variance grow without end.
    if (Math.max(next[0]!, next[2]!) < START_VARIANCE * 5)
      for (let k = 0; k < 3; k++) line[2 + k] = next[k]! / FORGETTING;
  }

  save(): Json {
    return this.#lines.entries().map(([model, line]) => [model, packBytes(line)]);
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const lines = (Array.isArray(state) ? (state as readonly Json[]) : []).map(entry => {
      const [model, line] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
      return [String(model), readDoubles(readHead({ line: line ?? null }, {}), 'line', SLOTS)] as const;
    });
    this.#lines.clear();
    for (const [model, line] of lines) this.#lines.set(model, line);
  }
}
