import type { LabelsOf } from '../../core/catalog.js';
import { type Estimate, type Interval, meanInterval, shareInterval } from './interval.js';

/** One value of the gauge `truth.window`, with its 95 % interval where the measure has one. */
export interface WindowMeasure {
  readonly measure: string;
  readonly average: LabelsOf<'truthWindow'>['average'];
  readonly class: string;
  readonly value: number;
  readonly interval?: Interval | undefined;
}

/** A measure that is of no class and no average. */
export function plain(measure: string, value: number, interval?: Interval): WindowMeasure {
  return { measure, average: '', class: '', value, interval };
}

/** A mean of figures in 0..1, which may vary less than a proportion does. */
export function asShare(measure: string, found: Estimate | undefined): WindowMeasure[] {
  if (found === undefined) return [];
  return [plain(measure, found.value, shareInterval({ ...found, cases: Number.POSITIVE_INFINITY }))];
}

/** A figure without an upper bound. */
export function asMean(measure: string, found: Estimate | undefined): WindowMeasure[] {
  return found === undefined ? [] : [plain(measure, found.value, meanInterval(found))];
}
