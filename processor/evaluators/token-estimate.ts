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
/** Up to three digits are one token. */
const DIGITS = 3;
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

let kinds: Uint8Array | undefined;

function asciiKinds(): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => {
    if (scriptOf(code) >= 0) return LETTER;
    if (code === 0x20) return SPACE;
    if (code >= 0x30 && code <= 0x39) return DIGIT;
    if (code === 0x0a) return NEWLINE;
    return code === 0x0d ? NONE : SIGN;
  });
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
  kinds ??= asciiKinds();
  const letters = new Float64Array(SCRIPTS.length);
  let tokens = 0;
  let latin = 0;
  let ascii = true;
  let read = 0;
  for (const [from, to] of readParts(text)) {
    read += to - from;
    let previous = NONE;
    // Of the present run of digits or signs.
    let run = 0;
    for (let at = from; at < to; at++) {
      const unit = text.charCodeAt(at);
      let kind: number;
      if (unit < 0x80) kind = kinds[unit] as number;
      else {
        ascii = false;
        const code = text.codePointAt(at) as number;
        if (code > 0xffff) at++;
        const script = scriptOf(code);
        kind = script < 0 ? (code > 0xffff ? ASTRAL : SIGN) : LETTER;
        if (script > 0) {
          letters[script] = (letters[script] as number) + (previous === SPACE ? 2 : 1);
          previous = LETTER;
          continue;
        }
      }
      if (kind === LETTER) {
        // One space goes with the word behind it.
        latin += previous === SPACE ? 2 : 1;
      } else if (kind === SPACE) {
        if (previous === SPACE && run++ === 0) tokens += NEXT_SIGN;
        if (previous !== SPACE) run = 0;
      } else if (kind === DIGIT) {
        run = previous === DIGIT ? run + 1 : 0;
        if (run % DIGITS === 0) tokens++;
      } else if (kind === NEWLINE) {
        if (previous !== NEWLINE) tokens += LINE_END;
      } else if (kind === SIGN) tokens += previous === SIGN ? NEXT_SIGN : 1;
      else if (kind === ASTRAL) tokens += ASTRAL_TOKENS;
      else continue;
      previous = kind;
    }
  }
  letters[LATIN] = latin;
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
