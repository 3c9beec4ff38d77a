import { type FeedbackRecord, parseFeedback } from '../core/feedback.js';
import type { MonitorConfig } from './config/load.js';
import { runningMonitor } from './start.js';

export type { LlmCall, Outcome, Prediction, Usage } from '../core/call.js';
export { MonitorError } from '../core/errors.js';
export type { FeedbackRecord, LabelRecord, RatingRecord, TruthValue } from '../core/feedback.js';
export { withCallContext } from '../instrumentation/index.js';
export type { MonitorConfig, TruthWindows } from './config/load.js';
export type { Monitor } from './monitor.js';
export { startMonitor } from './start.js';

/** Gives a configuration its type, in a config file or in code. */
export function defineConfig(config: MonitorConfig): MonitorConfig {
  return config;
}

/** A late label or rating in code: the same fields as `POST /v1/feedback` takes. */
export interface LabelInput {
  readonly call_id?: string;
  readonly response_id?: string;
  readonly span_id?: string;
  readonly task?: string;
  readonly label?: string | number | boolean | readonly (string | number | boolean)[];
  readonly prediction?: string | number | boolean;
  readonly score?: number;
  readonly timestamp?: number | string;
  readonly rating?: number;
}

/**
 * Tells the running monitor what was right, possibly days after the call. What becomes of it (matched, replaced, orphan,
 * expired) is counted in `llm_monitor.truth.labels`.
 * @returns false when no monitor runs in this process: the label went nowhere
 * @throws MonitorError LABEL_INVALID that names the field
 */
export function recordLabel(label: LabelInput): boolean {
  const record: FeedbackRecord = parseFeedback(label);
  const monitor = runningMonitor();
  if (monitor === undefined) return false;
  monitor.processor.accept(record);
  return true;
}
