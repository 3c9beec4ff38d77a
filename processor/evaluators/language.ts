import { lastUserText } from '../../core/content.js';
import { configured } from './configured.js';
import type { Evaluation, Evaluator, EvaluatorInput, SkipReason } from './evaluator.js';

/** What a text is written in. */
export interface DetectedLanguage {
  /** ISO 639-1; undefined where nothing fits. */
  readonly language: string | undefined;
  readonly reliable: boolean;
}

/** Says what a text is written in. Never throws. */
export type LanguageDetector = (text: string) => DetectedLanguage;

export interface LanguageOptions {
  /** ISO 639-1 codes an answer may be in; that of the question if absent. */
  readonly expected?: readonly string[];
}

/** Fewer letters say little: of two words the language is right in four cases of five. */
const MIN_LETTERS = 12;
/** Characters of scripts in which one is a syllable or a word count for so many letters. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
const DENSE_LETTERS = 3;
/** The start of a text says its language. */
const SAMPLE = 1000;
/** With the vowel signs of Indic scripts, which are no letters of their own. */
const LETTER = /[\p{L}\p{M}]/gu;

function lettersOf(text: string): number {
  const dense = text.match(DENSE)?.length ?? 0;
  return (text.match(LETTER)?.length ?? 0) + dense * (DENSE_LETTERS - 1);
}

/**
 * Whether an answer is in the language of the question, or in one of yours: 1 it is, 0 it is not and is flagged, 0.5 nobody can
 * tell. `reason` is the language of the answer (ISO 639-1, of the detector's closed list). Skips a text of fewer than 12
 * letters (4 in Chinese, Japanese and Korean); without a detector it skips with the reason that `detector` gives.
 */
export function createLanguage(
  detector: (input: EvaluatorInput) => LanguageDetector | SkipReason,
  { expected }: LanguageOptions = {},
): Evaluator {
  return configured({
    name: 'language',
    bad: 'low',
    evaluate(input: EvaluatorInput): Evaluation {
      const { facts, text } = input;
      if (facts.choice < 0) return { skipped: 'no_output' };
      const answer = facts.answer.slice(0, SAMPLE);
      if (lettersOf(answer) < MIN_LETTERS) return { skipped: 'too_short' };
      const detect = detector(input);
      if (typeof detect === 'string') return { skipped: detect };
      const found = detect(answer);
      if (found.language === undefined) return { score: 0.5, flagged: false };
      const reason = found.language;
      const question = expected === undefined ? lastUserText(text).slice(-SAMPLE) : '';
      const asked = question === '' ? undefined : detect(question);
      const wanted = expected ?? (asked?.reliable === true && asked.language !== undefined ? [asked.language] : []);
      if (wanted.includes(reason)) return { score: 1, flagged: false, reason };
      if (wanted.length === 0 || !found.reliable) return { score: 0.5, flagged: false, reason };
      return { score: 0, flagged: true, reason };
    },
  });
}
