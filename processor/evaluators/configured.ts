import type { Evaluator } from './evaluator.js';

const made = new WeakSet<Evaluator>();

/** Marks an evaluator of ours that was made with options of a user: it takes the place of the one without, under its name. */
export function configured(evaluator: Evaluator): Evaluator {
  made.add(evaluator);
  return evaluator;
}

/** Whether an evaluator is one of ours with options of a user. */
export function isConfigured(evaluator: Evaluator): boolean {
  return made.has(evaluator);
}
