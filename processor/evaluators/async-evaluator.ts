import type { LlmCall } from '../../core/call.js';
import type { CallText } from '../../core/content.js';
import { MonitorError, showValue } from '../../core/errors.js';
import type { TokenClass } from '../../core/labels.js';
import type { Evaluation, Evaluator } from './evaluator.js';

/** What a judgement took of a model that somebody pays for. */
export interface Spend {
  /** By exclusive class. */
  readonly tokens: { readonly [C in TokenClass]?: number };
  readonly source: 'reported' | 'estimated';
  /** US dollars; absent where no price is known, never 0 for that. */
  readonly usd?: number;
}

/** What an evaluator that runs beside the app sees. */
export interface AsyncEvaluatorInput {
  readonly call: LlmCall;
  readonly text: CallText;
  /** Hears what the judgement took; counted apart from what the app spends. May be told after the judgement was given up. */
  readonly spent?: (spend: Spend) => void;
}

/**
 * Scores the text of a call by asking somebody else: a model, a service. It runs off the path of everybody, a few at a time, on
 * a share of the calls; what comes too late or fails is a skipped call. Its scores come after anomaly detection has seen the
 * call, and are no part of it.
 */
export interface AsyncEvaluator {
  /** Becomes the label `evaluator`: lower case and underscores. */
  readonly name: string;
  readonly async: true;
  /** Which end of the score is bad. */
  readonly bad: 'high' | 'low' | 'neither';
  /** Share of the calls that are judged, 0..1; 1 if absent. Of the same call every evaluator of the same share judges. */
  readonly sample?: number;
  /** Milliseconds after which a judgement is given up; 30,000 if absent. */
  readonly timeout?: number;
  /** Judgements at a time; 2 if absent. */
  readonly concurrency?: number;
  /** US dollars it may spend within 24 hours, where it keeps to such a budget: shown as `llm_monitor.budget.usd`. */
  readonly usdPerDay?: number;
  /** False where it asks no model through the client of an SDK: its calls then need no mark, which costs every promise on Node 20. */
  readonly usesClient?: boolean;
  /** @param signal aborts when the judgement is given up; what comes afterwards is not heard */
  evaluate(input: AsyncEvaluatorInput, signal: AbortSignal): Promise<Evaluation>;
}

/** One that scores in process, or one that runs beside it. */
export type AnyEvaluator = Evaluator | AsyncEvaluator;

export const ASYNC_DEFAULTS = { sample: 1, timeout: 30_000, concurrency: 2 } as const;

const LIMITS = { sample: [0, 1], timeout: [1, 600_000], concurrency: [1, 64] } as const;

/** Whether an evaluator runs beside the app. */
export function isAsync(evaluator: AnyEvaluator): evaluator is AsyncEvaluator {
  return evaluator.async === true;
}

/** @throws MonitorError CONFIG_INVALID for a setting outside of what is accepted */
export function checkAsync(evaluator: AsyncEvaluator): void {
  for (const setting of ['sample', 'timeout', 'concurrency'] as const) {
    const given: unknown = evaluator[setting] ?? ASYNC_DEFAULTS[setting];
    const [least, most] = LIMITS[setting];
    const whole = setting !== 'concurrency' || Number.isInteger(given);
    if (!(typeof given === 'number' && given >= least && given <= most && whole))
      throw new MonitorError(
        'CONFIG_INVALID',
        `${setting} of evaluator ${evaluator.name} is ${showValue(given)}; expected a number from ${least} to ${most}`,
      );
  }
}
