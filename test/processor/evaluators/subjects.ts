import { cleanCall } from '../../../core/call.js';
import type { CallText } from '../../../core/content.js';
import { parseFeedback } from '../../../core/feedback.js';
import { callLabels, duration, selection, whole } from '../../../monitor/config/parse.js';
import type { Evaluator, EvaluatorInput } from '../../../processor/evaluators/evaluator.js';
import { hasDuplicateKey, readLenient } from '../../../processor/evaluators/json-lenient.js';
import { createJsonValidity } from '../../../processor/evaluators/json-validity.js';
import { normalise } from '../../../processor/evaluators/normalise.js';
import { findPii } from '../../../processor/evaluators/pii.js';
import { plainText } from '../../../processor/evaluators/plain-text.js';
import { createProfanity } from '../../../processor/evaluators/profanity.js';
import { redactText } from '../../../processor/evaluators/redact.js';
import { EVALUATORS } from '../../../processor/evaluators/registry.js';
import { createRequiredDisclaimer } from '../../../processor/evaluators/required-disclaimer.js';
import { scan } from '../../../processor/evaluators/scan.js';
import { scriptShares } from '../../../processor/evaluators/script-shares.js';
import { findSecrets } from '../../../processor/evaluators/secrets.js';
import { estimateTokens } from '../../../processor/evaluators/token-estimate.js';
import { classNameOf } from '../../../processor/truth/class-names.js';
import { exactMatch, spaceTokens, squadF1, wordTokens } from '../../../processor/truth/text-match.js';
import { callOf } from './answers.js';

/** A text, and what evaluators are given of it, worked out once for all of them. */
export interface Given {
  readonly text: string;
  readonly input: () => EvaluatorInput;
}

/** Something that reads a text, by name: the run that is to be measured. */
export type Subject = readonly [name: string, prepare: (given: Given) => () => unknown];

/** A finish reason that leaves the judgement of a cut to the text. */
const CALL = callOf({ outcome: { kind: 'ok', finishReasons: ['other'] } });

/** A call in which everything that can be said is the one text. */
export function textOf(text: string): CallText {
  return {
    input: [
      { role: 'tool', text },
      { role: 'user', text },
    ],
    output: [text],
    jsonRequested: true,
    logprobs: [-0.1, -2],
  };
}

export function inputOf(text: string): EvaluatorInput {
  const words = textOf(text);
  return { facts: scan(words), text: words, call: CALL };
}

/** Every evaluator there is, and those with options. */
export const ALL: readonly (readonly [string, Evaluator])[] = [
  ...EVALUATORS,
  ['profanity with words', createProfanity({ words: ['aaaa', 'foo bar', 'ab-c'] })],
  ['required_disclaimer always', createRequiredDisclaimer({ when: 'always' })],
  ['required_disclaimer of advice', createRequiredDisclaimer({ when: ['advice', 'dosage'], where: 'end' })],
  ['json_validity with a schema', createJsonValidity({ schema: value => value !== null })],
];

export function given(text: string): Given {
  let input: EvaluatorInput | undefined;
  return {
    text,
    input: () => {
      if (input !== undefined) return input;
      input = inputOf(text);
      // Views that are worked out at their first use are subjects of their own.
      void input.facts.plain.text.length;
      void input.facts.normalised.text.length;
      return input;
    },
  };
}

export function evaluatorSubject([name, evaluator]: readonly [string, Evaluator]): Subject {
  return [
    name,
    ({ input }) => {
      const whole = input();
      return () => evaluator.evaluate(whole);
    },
  ];
}

const quiet = (run: () => unknown) => () => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};
const label = (fields: object) => quiet(() => parseFeedback({ call_id: 'c', ...fields }));

export const SUBJECTS: readonly Subject[] = [
  ...ALL.map(evaluatorSubject),
  [
    'scan',
    ({ text }) =>
      () =>
        scan({ input: [], output: [text] }),
  ],
  [
    'plain text',
    ({ text }) =>
      () =>
        plainText(text, [[0, text.length]]),
  ],
  [
    'normalised text',
    ({ text }) =>
      () =>
        normalise(text, [[0, text.length]]),
  ],
  [
    'personal data',
    ({ text }) =>
      () =>
        findPii(text),
  ],
  [
    'credentials',
    ({ text }) =>
      () =>
        findSecrets(text),
  ],
  [
    'redaction',
    ({ text }) =>
      () =>
        redactText(text, [], 'redacted'),
  ],
  [
    'lenient JSON',
    ({ text }) =>
      () =>
        readLenient(text, 0),
  ],
  [
    'lenient JSON in a list',
    ({ text }) =>
      () =>
        readLenient(`[${text}`, 0),
  ],
  [
    'duplicate keys',
    ({ text }) => {
      const json = JSON.stringify({ [text]: text, list: Array.from(text) });
      return () => hasDuplicateKey(json);
    },
  ],
  [
    'tokens',
    ({ text }) =>
      () =>
        estimateTokens(text),
  ],
  [
    'scripts',
    ({ text }) =>
      () =>
        scriptShares(text),
  ],
  [
    'words',
    ({ text }) =>
      () =>
        wordTokens(text),
  ],
  [
    'words between spaces',
    ({ text }) =>
      () =>
        spaceTokens(text),
  ],
  [
    'token F1',
    ({ text }) =>
      () =>
        squadF1(text, [text]),
  ],
  [
    'exact match',
    ({ text }) =>
      () =>
        exactMatch(text, [`${text}x`]),
  ],
  [
    'the name of a class',
    ({ text }) =>
      () =>
        classNameOf(text),
  ],
  ['a label', ({ text }) => label({ label: text, prediction: text })],
  ['the task of a label', ({ text }) => label({ label: 'x', task: text })],
  ['the time of a label', ({ text }) => label({ label: 'x', timestamp: text })],
  ['a field nobody knows', ({ text }) => label({ [text]: 1 })],
  [
    'what a call says of itself',
    ({ text }) =>
      () =>
        cleanCall(
          {
            ...{
              id: text,
              provider: text,
              model: { requested: text, answered: text },
              operation: text,
              template: text,
            },
            ...{ serviceTier: text, prediction: { value: text }, context: { a: text }, startedAt: 0, duration: 1 },
          },
          1,
        ),
  ],
  [
    'a selection',
    ({ text }) =>
      () =>
        selection.parse(text),
  ],
  [
    'a duration',
    ({ text }) =>
      () =>
        duration(1000).parse(text),
  ],
  [
    'a number',
    ({ text }) =>
      () =>
        whole(0, 9).parse(text),
  ],
  [
    'call labels',
    ({ text }) =>
      () =>
        callLabels.parse(text),
  ],
];
