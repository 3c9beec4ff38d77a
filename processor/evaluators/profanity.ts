import { MonitorError, showValue } from '../../core/errors.js';
import { configured } from './configured.js';
import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { type Found, findAll, search, standsAlone } from './finder.js';
import { judgeAnswers } from './judge-answers.js';

export interface ProfanityOptions {
  /** Words that count besides the built-in ones: letters, digits, hyphens and spaces, whole words, whatever their case. */
  readonly words?: readonly string[];
}

/** A short list: words that an assistant has no clean use for. Names and words with another sense are not in it. */
const WORDS =
  'fuck|fucks|fucked|fucker|fuckers|fucking|motherfucker|motherfuckers|motherfucking|shit|shits|shitty|bullshit|horseshit|asshole|assholes|arsehole|arseholes|bitch|bitches|cunt|cunts|wanker|wankers|dickhead|dickheads|goddamn|bollocks|twat|twats|slut|sluts|whore|whores';
const KINDS = ['profanity'] as const;

/**
 * Whether an answer swears: whole words of a short English list and of yours, in disguise too (marks, width, look-alikes). A
 * word that is quoted counts as well.
 * @throws MonitorError CONFIG_INVALID for a word of yours that is empty or holds other signs
 */
export function createProfanity({ words = [] }: ProfanityOptions = {}): Evaluator {
  for (const word of words)
    if (!/^[\p{L}\p{N}][\p{L}\p{N} -]{0,63}$/u.test(word))
      throw new MonitorError(
        'CONFIG_INVALID',
        `a word of profanity is ${showValue(word)}; expected up to 64 letters, digits, hyphens and spaces`,
      );
  const expression = new RegExp([...WORDS.split('|'), ...words].sort((a, b) => b.length - a.length).join('|'), 'gi');
  const find = (text: string): readonly Found[] =>
    search(text, expression, match => {
      const end = match.index + match[0].length;
      if (!standsAlone(text, match.index, end)) return undefined;
      return { start: match.index, end, kind: 'profanity', confidence: 0.9 };
    });
  return configured({
    name: 'profanity',
    bad: 'high',
    evaluate(input: EvaluatorInput): Evaluation {
      return judgeAnswers(input, plain => findAll(plain, [find]), KINDS);
    },
  });
}

/** The built-in words alone. */
export const profanity: Evaluator = createProfanity();
