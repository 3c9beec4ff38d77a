import type { MessageText } from '../../core/content.js';
import { weightsOf } from '../evaluator-weights.js';
import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { type LinearModel, logistic } from './linear-model.js';
import { type PromptWords, promptWordsInSteps } from './message-words.js';
import { type InjectionReason, injectionSequences } from './prompt-injection-patterns.js';
import { SequenceMatcher, type WordSequence } from './prompt-injection-sequences.js';
import { finish } from './steps.js';

/** How much of a call's messages is read, in UTF-16 units: of each its head and its tail, the newest message first. */
const LIMIT = { all: 20_480, tail: 4096, messages: 64 };
/** Messages are judged by windows of so many words, so that a long document does not thin out one sentence in it. */
const WINDOW = 256;
const STRIDE = 192;
/** Above what 1 in 500 harmless rows reached in folds that the training had not seen (0.45). */
const FLAG = 0.5;
/** More characters that show nothing but spell ASCII than a few flags of regions hold. */
const HIDDEN_TAGS = 24;
const HIDDEN_WEIGHT = 0.5;

/** What a message tries, as a word that may become a label; `wording` where only the model of words says so. */
export type PromptInjectionReason = InjectionReason | 'hides_text' | 'wording';

export interface InjectionVerdict {
  /** 1 less the product of what each sequence of words leaves open; 0 without any. */
  readonly patterns: number;
  /** The probability of the model of words; 0 where there is none. */
  readonly model: number;
  /** Both: 1 - (1 - patterns)(1 - model). */
  readonly score: number;
  /** Of the sequence that weighs most. */
  readonly reason: InjectionReason | undefined;
}

let matcher: SequenceMatcher<InjectionReason> | undefined;

/** Compiles the sequences of words, a piece a step; what a message needs of them at once otherwise takes some milliseconds. */
export function* warmPromptInjection(): Generator<void> {
  if (matcher !== undefined) return;
  const sequences: WordSequence<InjectionReason>[] = [];
  for (const sequence of injectionSequences()) {
    sequences.push(sequence);
    yield;
  }
  matcher ??= new SequenceMatcher(sequences);
}

/**
 * Judges the words of one message by its worst window.
 * @param model undefined to judge by patterns alone
 */
export function judgeWords(words: PromptWords, model: LinearModel | undefined): InjectionVerdict {
  return finish(judgeWindows(words, model));
}

function* judgeWindows(words: PromptWords, model: LinearModel | undefined): Generator<void, InjectionVerdict> {
  let worst = judgeWindow(words, 0, Math.min(words.length, WINDOW), model);
  for (let from = STRIDE; from + WINDOW - STRIDE < words.length; from += STRIDE) {
    // Shared words would be others when the next step comes.
    if (!words.shared) yield;
    const verdict = judgeWindow(words, from, Math.min(from + WINDOW, words.length), model);
    if (verdict.score > worst.score) worst = verdict;
  }
  return worst;
}

function judgeWindow(words: PromptWords, from: number, to: number, model: LinearModel | undefined): InjectionVerdict {
  matcher ??= new SequenceMatcher([...injectionSequences()]);
  let open = 1;
  let reason: InjectionReason | undefined;
  let most = 0;
  for (const sequence of matcher.find(words, from, to)) {
    open *= 1 - sequence.weight;
    if (sequence.weight > most) {
      most = sequence.weight;
      reason = sequence.reason;
    }
  }
  const trained = model === undefined || to === 0 ? 0 : logistic(model.logOdds(words.hashes, from, to));
  return { patterns: 1 - open, model: trained, score: 1 - open * (1 - trained), reason };
}

/**
 * Whether a message that came from outside (a user's, or a tool's and so a retrieved text) tries to override instructions, to
 * see the prompt, to lift limits or to switch the model's role. Patterns of words give the reason, a model of hashed words the
 * rank. System prompts and answers are not judged: what they say is the app's own. The worst message counts, whichever turn it
 * came in; a foreign task in ordinary words inside a mail is not found. English first; German and some Romance phrases.
 * Skips a call without words from outside.
 * @param weights the trained model; an error makes it judge by patterns alone, and is reported with each call
 */
export function createPromptInjection(weights: () => LinearModel | Error): Evaluator {
  return {
    name: 'prompt_injection',
    bad: 'high',
    evaluate: input => finish(evaluateInSteps(input)),
    evaluateInSteps,
  };
  function* evaluateInSteps({ text, report }: EvaluatorInput): Generator<void, Evaluation> {
    const found = weights();
    if (found instanceof Error) report?.('prompt_injection', found);
    const worst = yield* worstMessage(text.input, found instanceof Error ? undefined : found);
    if (worst === undefined) return { skipped: 'no_input' };
    const { score, reason } = worst;
    return score >= FLAG ? { score, flagged: true, reason } : { score, flagged: false };
  }
}

export const promptInjection: Evaluator = createPromptInjection(() => weightsOf('prompt-injection'));

interface Finding {
  readonly score: number;
  readonly reason: PromptInjectionReason;
}

/** @returns undefined where no message from outside has words */
function* worstMessage(
  messages: readonly MessageText[],
  model: LinearModel | undefined,
): Generator<void, Finding | undefined> {
  let worst: Finding | undefined;
  let left = LIMIT.all;
  const oldest = Math.max(0, messages.length - LIMIT.messages);
  for (let i = messages.length - 1; i >= oldest && left > 0; i--) {
    const { role, text } = messages[i] as MessageText;
    if (role !== 'user' && role !== 'tool') continue;
    const parts = partsOf(text, left);
    left -= Math.min(text.length, left);
    const found = yield* judgeMessage(text, parts, model);
    if (found !== undefined && (worst === undefined || found.score > worst.score)) worst = found;
  }
  return worst;
}

type Parts = readonly (readonly [number, number])[];

function partsOf(text: string, left: number): Parts {
  if (text.length <= left) return [[0, text.length]];
  const tail = Math.min(LIMIT.tail, left >>> 2);
  return [
    [0, left - tail],
    [text.length - tail, text.length],
  ];
}

/** @returns undefined for a message without words */
function* judgeMessage(
  text: string,
  parts: Parts,
  model: LinearModel | undefined,
): Generator<void, Finding | undefined> {
  const plain = yield* promptWordsInSteps(text, parts);
  const { tags } = plain;
  const shown = plain.length === 0 ? undefined : withReason(yield* judgeWindows(plain, model));
  if (tags === 0) return shown;
  const spelt = yield* promptWordsInSteps(text, parts, 'spelt');
  if (spelt.length === 0) return shown;
  const hidden = withReason(yield* judgeWindows(spelt, model));
  const worst = shown === undefined || hidden.score > shown.score ? hidden : shown;
  if (tags < HIDDEN_TAGS) return worst;
  return { score: 1 - (1 - worst.score) * (1 - HIDDEN_WEIGHT), reason: 'hides_text' };
}

/** A weak pattern beside a sure model is not the reason. */
function withReason({ score, patterns, model, reason }: InjectionVerdict): Finding {
  return { score, reason: reason === undefined || patterns < model / 2 ? 'wording' : reason };
}
