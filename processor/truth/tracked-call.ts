import type { LlmCall, Prediction } from '../../core/call.js';
import { isSamplingRate, type LabelRecord } from '../../core/feedback.js';
import { MAX_CLASS_NAME, OTHER_CLASS } from './class-names.js';
import type { SliceValues } from './sliding-window.js';
import type { Task } from './task.js';

/** A prediction; null where it was a text that was not kept: no class name, so for a class it is `other`. */
export type Kept = Prediction | null;

/** What is remembered of a call until its label comes. */
export interface TrackedCall {
  /** As a label value. */
  readonly model: string;
  /** What the call carried for any task. */
  readonly prediction: Kept | undefined;
  /** What its answer, or an earlier label, says was predicted, by task. */
  readonly predictions: ReadonlyMap<string, Kept> | undefined;
  /** The answer's text, for tasks that compare it with a reference text. */
  readonly text: string | undefined;
  readonly slices: SliceValues;
  /** The rate at which calls such as this one are given labels, above 0 and up to 1. */
  readonly samplingRate: number;
}

/** Characters of an answer, or of a predicted text, that are kept; of a longer one none are. */
export const MAX_TEXT = 4096;

/** The prediction, if it is small enough to keep. */
export function keepable(prediction: Prediction): Kept {
  return typeof prediction.value === 'string' && prediction.value.length > MAX_TEXT ? null : prediction;
}

/** True for a predicted text that is no class name. */
export function isLong(prediction: Kept | undefined): boolean {
  return typeof prediction?.value === 'string' && prediction.value.length > MAX_CLASS_NAME;
}

/** True for a call that has, or whose app made, something to compare with a label. */
export function canBeLabelled(call: LlmCall): boolean {
  return call.prediction !== undefined || (call.outcome.kind !== 'error' && call.operation !== 'embeddings');
}

/** The rate that the app gave a call: the attribute `sampling_rate`, or `samplingRate`, of its scope. What is no rate is 1. */
export function samplingRateOf({ context }: LlmCall): number {
  const given = Number(context['sampling_rate'] ?? context['samplingRate'] ?? 1);
  return isSamplingRate(given) ? given : 1;
}

/** Calls that a labelled one stands for, by the rate that its label says, else by the call's own. */
export function weightOf({ samplingRate }: LabelRecord, call: TrackedCall): number {
  return 1 / (samplingRate ?? call.samplingRate);
}

/** True for a call that a task expects a label for: any, unless the task reads its predictions itself. */
export function belongs(task: Task, call: TrackedCall): boolean {
  return task.config.prediction === undefined || call.predictions?.has(task.name) === true;
}

function ownPrediction(task: Task, call: TrackedCall): Prediction | undefined {
  const own = call.predictions?.get(task.name);
  const said = own === undefined && task.config.prediction === undefined ? call.prediction : own;
  if (said === null) return task.classifies ? { value: OTHER_CLASS } : undefined;
  return said;
}

/** The class that was predicted when the call ended, for coverage. */
export function predictedClass(task: Task, call: TrackedCall): string | undefined {
  const said = ownPrediction(task, call);
  return said === undefined ? undefined : task.nameOf(said.value);
}

/** What a label is compared with: its own prediction first, then what the call carries or says; undefined if there is nothing. */
export function predictionFor(task: Task, call: TrackedCall, record: LabelRecord): Prediction | undefined {
  const known =
    ownPrediction(task, call) ?? (task.classifies || call.text === undefined ? undefined : { value: call.text });
  const value = record.prediction ?? known?.value;
  if (value === undefined) return undefined;
  // A score belongs to what it was given with.
  const score = record.score ?? (value === known?.value ? known.score : undefined);
  return score === undefined ? { value } : { value, score };
}
