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
const ASTRAL = 2;

const LATIN = SCRIPTS.indexOf('latin');
const CYRILLIC = SCRIPTS.indexOf('cyrillic');
const RUSSIAN = /[ыэ]/i;

/** Letters and the spaces between them that a token stands for, where running prose has `ratio` characters a token. */
function lettersPerToken(ratio: number): number {
  return PROSE.letters / (100 / ratio - PROSE.marks);
}

function ratioOf(script: Script, text: string, ascii: boolean): number {
  if (script === 'latin') return latinRatio(text, ascii);
  if (script !== 'cyrillic') return SCRIPT_RATIOS[script];
  return RUSSIAN.test(text.slice(0, 400)) ? CYRILLIC_RATIOS.russian : CYRILLIC_RATIOS.other;
}

/**
 * About how many tokens a text takes, without a tokeniser: letters by their script and, in Latin script, by a guess at the
 * language; digits by threes; signs by runs. Made for prose with the vocabularies of 2024 and later (200,000 tokens), where it
 * is within about 12 % over some sentences of a language; code within about 20 %; older vocabularies take up to three times as
 * many outside Latin script. 0 for an empty text. Of a long text the start and the end are read, and stand for the rest.
 */
export function estimateTokens(text: string): number {
  if (text === '') return 0;
  const letters = new Float64Array(SCRIPTS.length);
  let tokens = 0;
  let ascii = true;
  let read = 0;
  for (const [from, to] of readParts(text)) {
    read += to - from;
    let script = LATIN;
    let digits = 0;
    let signs = 0;
    let space = false;
    for (let at = from; at < to; at++) {
      const unit = text.charCodeAt(at);
      let code = unit;
      if (unit >= 0x80) {
        ascii = false;
        if (unit >= 0xd800 && unit < 0xdc00) {
          code = text.codePointAt(at) as number;
          if (code > 0xffff) at++;
        }
      }
      const found = scriptOf(code);
      if (found >= 0) {
        script = found;
        letters[script] = (letters[script] as number) + (space ? 2 : 1);
        digits = 0;
        signs = 0;
        space = false;
        continue;
      }
      if (unit === 0x20) {
        // One space goes with the word behind it; more are one sign.
        if (space && signs === 0) {
          tokens += NEXT_SIGN;
          signs = 1;
        }
        space = true;
        digits = 0;
      } else if (unit === 0x0a) {
        if (signs !== -1) tokens += LINE_END;
        signs = -1;
        space = false;
        digits = 0;
      } else if (unit >= 0x30 && unit <= 0x39) {
        if (digits % DIGITS === 0) tokens++;
        digits++;
        signs = 0;
        space = false;
      } else if (unit !== 0x0d) {
        tokens += code > 0xffff ? ASTRAL : signs > 0 ? NEXT_SIGN : 1;
        signs = Math.max(1, signs + 1);
        digits = 0;
        space = false;
      }
    }
  }
  SCRIPTS.forEach((script, index) => {
    const count = letters[index] as number;
    if (count > 0) tokens += count / lettersPerToken(ratioOf(script, text, ascii && index !== CYRILLIC));
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
    return { score: Math.min(1, Math.log1p(estimateTokens(facts.answer)) / Math.log1p(FULL)), flagged: false };
  },
};
