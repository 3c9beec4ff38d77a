import type { LlmCall } from '../../core/call.js';
import type { CallText } from '../../core/content.js';
import { MonitorError, showValue } from '../../core/errors.js';
import { checkEvaluation } from './check-evaluation.js';
import type { Evaluation, Evaluator } from './evaluator.js';
import { EVALUATORS } from './registry.js';
import { scan } from './scan.js';

/** What stood around a text, for the evaluators that compare. */
export interface EvaluateTextOptions {
  /** What the user asked: read by `relevance`, `language` and `lexical_support`. */
  readonly input?: string;
  /** What the model was given to answer from, such as retrieved documents: read by `lexical_support`, and by `prompt_injection`. */
  readonly context?: string | readonly string[];
  /** Natural logarithms of the probabilities of the text's tokens: read by `confidence`. */
  readonly logprobs?: readonly number[];
}

/** Of these the text is what a user said, not what a model answered. */
const OF_INPUT: ReadonlySet<string> = new Set(['prompt_injection', 'pii_input']);

/** A call of which nothing is known but that it ended well. */
const CALL: LlmCall = {
  id: '',
  provider: 'unknown',
  operation: 'chat',
  model: { requested: 'unknown' },
  startedAt: 0,
  duration: Number.NaN,
  context: {},
  outcome: { kind: 'ok', finishReasons: [] },
};

/**
 * What one evaluator says of one text: a function to call anywhere, without a monitor, a call or a metric. The text is an
 * answer; for `prompt_injection` and `pii_input` it is a user's message. `json_validity` takes it that JSON was asked for,
 * `completion_status` judges by the words alone.
 * @param evaluator a name, or an evaluator with options such as `createJsonValidity({ schema })`, or one of your own
 * @param text spans are offsets in it, in UTF-16 units; of a text beyond 20,480 the first 16,384 and the last 4,096 are read
 * @returns a score of 0..1, or `skipped` with the reason: `no_input` and `not_reported` tell that an option is missing, an empty
 * text is `no_output`, or a flagged score where an empty answer is a failure
 * @throws MonitorError INVALID_ARGUMENT for a name that is not known (it names those that are), for what is no text, and for
 * an evaluator that answers later; what an evaluator of your own throws
 */
export function evaluateText(
  evaluator: string | Evaluator,
  text: string,
  options: EvaluateTextOptions = {},
): Evaluation {
  const found = typeof evaluator === 'string' ? EVALUATORS.get(evaluator) : evaluator;
  if (typeof found?.evaluate !== 'function' || 'async' in found)
    throw new MonitorError(
      'INVALID_ARGUMENT',
      `evaluator ${showValue(evaluator)} is not known; expected one of ${[...EVALUATORS.keys()].join(', ')}, or an object with a name and a function evaluate that answers at once`,
    );
  const { input, context = [], logprobs } = options;
  const documents = typeof context === 'string' ? [context] : context;
  for (const [name, given] of Object.entries({ text, input: input ?? '', ...documents }))
    if (typeof given !== 'string')
      throw new MonitorError('INVALID_ARGUMENT', `${name} is of type ${typeof given}; expected a text`);
  const ofInput = OF_INPUT.has(found.name);
  const said = ofInput ? text : input;
  const words: CallText = {
    input: [
      ...documents.map(document => ({ role: 'tool' as const, text: document })),
      ...(said === undefined ? [] : [{ role: 'user' as const, text: said }]),
    ],
    output: [ofInput ? '' : text],
    jsonRequested: true,
    ...(logprobs === undefined ? {} : { logprobs }),
  };
  return checkEvaluation(found.name, found.evaluate({ facts: scan(words), text: words, call: CALL }));
}
