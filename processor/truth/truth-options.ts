import { MonitorError, showValue } from '../../core/errors.js';
import type { Wiring } from '../../core/wiring.js';
import type { StateStore } from '../state/state-store.js';
import type { TaskConfig, WindowConfig } from './task-config.js';

export interface GroundTruthOptions {
  /** Where metrics go, and the clock; the process-wide wiring by default. */
  readonly wiring?: Wiring;
  /** Tasks by name. One that is not here is guessed from its first label. */
  readonly tasks?: Readonly<Record<string, TaskConfig>>;
  /** Seconds a call waits for its label; 7 days if absent. */
  readonly labelTtl?: number;
  readonly windows?: WindowConfig;
  /** Attributes of a call that measures are also taken by: `template`, or one that the wiring's store allows as a label; up to 4. */
  readonly slices?: readonly string[];
  /** Calls held at most, waiting or labelled; 100,000 if absent. The oldest goes first; one that waited is counted in `self.dropped`. */
  readonly maxPending?: number;
  /**
   * Where calls wait that other replicas may get the labels of, and that a restart must not forget. With it a label is counted once
   * over all replicas, and a little later than it came (`flush`); `maxPending` bounds what this process remembers beside the store.
   */
  readonly state?: Pick<StateStore, 'labels'>;
}

export const WEEK = 604_800;
export const DEFAULT_PENDING = 100_000;
/** Characters of answers kept for text tasks, and as long as no label has said what kind of task there is. */
export const TEXT_LIMIT = 16_000_000;
export const UNDECIDED_TEXT_LIMIT = 1_000_000;
/** Milliseconds that a flush waits for a shared state that is away. */
export const PATIENCE = 5000;

/** @throws MonitorError CONFIG_INVALID that names the field */
export function positive(field: string, value: number, whole: boolean): number {
  if (value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
  const accepted = whole ? 'a whole number of at least 1' : 'seconds above 0';
  throw new MonitorError('CONFIG_INVALID', `${field} is ${showValue(value)}; expected ${accepted}`);
}
