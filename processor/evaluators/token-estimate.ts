import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import { readParts } from './scan.js';
import { SCRIPTS, type Script, scriptOf } from './script-shares.js';
import { CYRILLIC_RATIOS, latinRatio, SCRIPT_RATIOS } from './token-ratios.js';

/** Tokens at which the score is 1; a longer answer scores 1 too. */
const FULL = 25_000;
/** Of 100 characters of prose so many tokens are marks and figures, and so many characters are not. */
const PROSE = { marks: 2.8, letters: 97 };
/** The first sign of a run is a token, of the signs behind it about every other one. */
const NEXT_SIGN = 0.45;
/** A line end often joins the full stop before it, an indentation the line end. */
const LINE_END = 0.6;
/** An emoji or another astral sign. */
const ASTRAL_TOKENS = 2;

const NONE = 0;
const LETTER = 1;
const SPACE = 2;
const DIGIT = 3;
const NEWLINE = 4;
const SIGN = 5;
const ASTRAL = 6;

/** Beside the kinds, what may stand before a character: the second and the third digit of a token, and a space behind another. */
const DIGIT_2 = 7;
const DIGIT_3 = 8;
const SPACES = 9;
const STATES = 10;
const KINDS = 8;

/** What a character adds, as numbers that hold two counts each, as a scan reads less than 32,768 characters. */
const LATIN_LETTER = 1;
const TOKEN = 1 << 16;
const NEW_LINE = 1;
const MORE_SIGNS = 1 << 16;

interface Steps {
  /** The kind of each ASCII character. */
  readonly kinds: Uint8Array;
  /** By state * KINDS + kind. */
  readonly next: Uint8Array;
  readonly counts: Int32Array;
  readonly signs: Int32Array;
}

let steps: Steps | undefined;

/** A branch a character costs five times as much as tables. */
function stepTables(): Steps {
  const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
    if (scriptOf(code) >= 0) return LETTER;
    if (code === 0x20) return SPACE;
    if (code >= 0x30 && code <= 0x39) return DIGIT;
    if (code === 0x0a) return NEWLINE;
    return code === 0x0d ? NONE : SIGN;
  });
  const next = new Uint8Array(STATES * KINDS);
  const counts = new Int32Array(STATES * KINDS);
  const signs = new Int32Array(STATES * KINDS);
  for (let state = 0; state < STATES; state++) {
    const put = (kind: number, to: number, count = 0, sign = 0): void => {
      next[state * KINDS + kind] = to;
      counts[state * KINDS + kind] = count;
      signs[state * KINDS + kind] = sign;
    };
    const spaced = state === SPACE || state === SPACES;
    put(NONE, state);
    // One space goes with the word behind it.
    put(LETTER, LETTER, spaced ? 2 * LATIN_LETTER : LATIN_LETTER);
    put(SPACE, spaced ? SPACES : SPACE, 0, state === SPACE ? MORE_SIGNS : 0);
    if (state === DIGIT) put(DIGIT, DIGIT_2);
    else if (state === DIGIT_2) put(DIGIT, DIGIT_3);
    else put(DIGIT, DIGIT, TOKEN);
    put(NEWLINE, NEWLINE, 0, state === NEWLINE ? 0 : NEW_LINE);
    put(SIGN, SIGN, state === SIGN ? 0 : TOKEN, state === SIGN ? MORE_SIGNS : 0);
    put(ASTRAL, ASTRAL);
  }
  return { kinds, next, counts, signs };
}

const LATIN = SCRIPTS.indexOf('latin');
const RUSSIAN = /[ыэ]/i;

/** Letters and the spaces between them that a token stands for, where running prose has `ratio` characters a token. */
function lettersPerToken(ratio: number): number {
  return PROSE.letters / (100 / ratio - PROSE.marks);
}

function ratioOf(script: Script, text: string, ascii: boolean, words: Int32Array | undefined): number {
  if (script === 'latin') return latinRatio(text, ascii, words);
  if (script !== 'cyrillic') return SCRIPT_RATIOS[script];
  return RUSSIAN.test(text.slice(0, 400)) ? CYRILLIC_RATIOS.russian : CYRILLIC_RATIOS.other;
}

/**
 * About how many tokens a text takes, without a tokeniser: letters by their script and, in Latin script, by a guess at the
 * language; digits by threes; signs by runs. Made for prose with the vocabularies of 2024 and later (200,000 tokens), where it
 * is within about 12 % over some sentences of a language; code within about 20 %; older vocabularies take up to three times as
 * many outside Latin script. 0 for an empty text. Of a long text the start and the end are read, and stand for the rest.
 * @param words hashes of its words as a scan gives them, where there was one
 */
export function estimateTokens(text: string, words?: Int32Array): number {
  if (text === '') return 0;
  steps ??= stepTables();
  const { kinds, next, counts, signs } = steps;
  const letters = new Float64Array(SCRIPTS.length);
  let ascii = true;
  let astral = 0;
  let read = 0;
  let counted = 0;
  let signed = 0;
  for (const [from, to] of readParts(text)) {
    read += to - from;
    let state = NONE;
    for (let at = from; at < to; at++) {
      const unit = text.charCodeAt(at);
      let kind: number;
      if (unit < 0x80) kind = kinds[unit] as number;
      else {
        ascii = false;
        const code = text.codePointAt(at) as number;
        if (code > 0xffff) at++;
        const script = scriptOf(code);
        if (script > 0) {
          letters[script] = (letters[script] as number) + (state === SPACE || state === SPACES ? 2 : 1);
          state = LETTER;
          continue;
        }
        kind = script === LATIN ? LETTER : code > 0xffff ? ASTRAL : SIGN;
        if (kind === ASTRAL) astral++;
      }
      const step = state * KINDS + kind;
      state = next[step] as number;
      counted += counts[step] as number;
      signed += signs[step] as number;
    }
  }
  let tokens = (counted >>> 16) + astral * ASTRAL_TOKENS + (signed & 0xffff) * LINE_END + (signed >>> 16) * NEXT_SIGN;
  letters[LATIN] = counted & 0xffff;
  SCRIPTS.forEach((script, index) => {
    const count = letters[index] as number;
    if (count > 0) tokens += count / lettersPerToken(ratioOf(script, text, ascii, words));
  });
  return Math.max(1, Math.round((tokens * text.length) / read));
}

/**
 * About how many tokens an answer takes, on a logarithmic scale for drift and anomaly detection: log(1 + tokens) /
 * log(1 + 25,000), at most 1; 25 tokens are 0.32, 250 are 0.55. Unlike `response_length` it sees a change of language or from
 * prose to data. Neither end is bad; never a flag. Skips an answer without a visible character.
 */
export const tokenEstimate: Evaluator = {
  name: 'token_estimate',
  bad: 'neither',
  evaluate({ facts }: EvaluatorInput): Evaluation {
    if (facts.choice < 0) return { skipped: 'no_output' };
    return {
      score: Math.min(1, Math.log1p(estimateTokens(facts.answer, facts.wordHashes)) / Math.log1p(FULL)),
      flagged: false,
    };
  },
};
