import type { Evaluation, Evaluator, EvaluatorInput, TextSpan } from './evaluator.js';
import type { TextFacts } from './scan.js';
import type { LocatedLoop } from './word-stream.js';

/** Signs of a loop: 1 is where it is one, beyond that it is a clearer one. */
interface Sign {
  readonly reason: 'loop' | 'character_run' | 'white_space' | 'low_variety';
  readonly strength: number;
  readonly span?: TextSpan;
}

/** From here on nobody typed a run of one character. */
const RUN = 50;
/** Rules, leaders and numbers get long, but do not end a text in the middle of a line. */
const RULE = { anywhere: 250, ending: 30 };
/** White space at the end: a model that fills its budget, as JSON modes do. */
const WHITE_SPACE = 60;
/** A loop has at least so many rounds and words that were there before, and repeats so much of the answer. */
const LOOP = { rounds: 2.75, surplus: 8, share: 0.25 };
/** One that the answer ends in never got out: the share does not matter, given enough rounds and words. */
const ENDING = { rounds: 6, surplus: 15 };
/** So much of the same is a loop anywhere. */
const ANYWHERE = { rounds: 12, surplus: 36 };
/** A row of numbers is data more often than a loop; it must go on to the very end. */
const NUMBERS = { rounds: 16, surplus: 24 };
/** A loop whose rounds differ in one word, which lists and tables do by nature, must be long and be prose. */
const DRIFTING = { rounds: 5, period: 8, share: 0.5, symbols: 0.02 };
/** Prose of at least so many words in which most groups of three were there before. */
const VARIETY = { words: 100, repeated: 0.75, symbols: 0.04 };

const UNDERSCORE = 0x5f;

function runSign({ longestRun, answer, end }: TextFacts): Sign {
  const { start, length, rule } = longestRun;
  const ownLine = start === 0 || answer.charCodeAt(start - 1) === 0x0a;
  const blank = answer.charCodeAt(start) === UNDERSCORE;
  const ending = start + length >= end.at && !ownLine && !blank;
  const limit = !rule ? RUN : ending ? RULE.ending : RULE.anywhere;
  return {
    reason: 'character_run',
    strength: length / limit,
    span: { start, end: start + length, kind: 'character_run' },
  };
}

/** How far a loop is beyond both marks; 1 is just there. */
function beyond(loop: LocatedLoop, marks: { readonly rounds: number; readonly surplus: number }): number {
  return Math.min((loop.words / loop.period - 1) / (marks.rounds - 1), (loop.words - loop.period) / marks.surplus);
}

function loopSign(loop: LocatedLoop | undefined, facts: TextFacts): Sign {
  if (loop === undefined) return { reason: 'loop', strength: 0 };
  const { answer, end, words } = facts;
  const sign = { reason: 'loop', span: { start: loop.start, end: loop.end, kind: 'loop' } } as const;
  const stretch = answer.slice(loop.start, loop.end);
  if (loop.slips > 0) return { ...sign, strength: driftStrength(loop, stretch, facts) };
  if (!/[a-z]/i.test(stretch) && !/\p{L}/u.test(stretch)) {
    const open = loop === facts.endLoop && !/[\]}>]/.test(answer.slice(loop.end, end.at));
    return { ...sign, strength: open ? beyond(loop, NUMBERS) : 0.3 };
  }
  const share = (loop.words - loop.period) / words;
  const most = Math.min(share / LOOP.share, beyond(loop, LOOP));
  const ending = loop === facts.endLoop ? beyond(loop, ENDING) : 0;
  return { ...sign, strength: Math.max(most, ending, beyond(loop, ANYWHERE)) };
}

function driftStrength(loop: LocatedLoop, stretch: string, { words, listLines }: TextFacts): number {
  const rounds = loop.words / loop.period;
  const regular = listLines * 2 >= rounds || loop.period < DRIFTING.period || symbolShare(stretch) > DRIFTING.symbols;
  const share = (loop.words - loop.period) / words;
  return Math.min(rounds / DRIFTING.rounds, share / DRIFTING.share, regular ? 0.5 : 2);
}

function symbolShare(text: string): number {
  return (text.match(/[^\p{L}\p{N}\s.,!?'’]/gu)?.length ?? 0) / Math.max(1, text.length);
}

function varietySign({ words, trigrams, repeatedTrigrams, symbols, characters, digits }: TextFacts): Sign {
  const prose = words >= VARIETY.words && (symbols + digits) / characters <= VARIETY.symbols;
  const repeated = repeatedTrigrams / Math.max(1, trigrams);
  return { reason: 'low_variety', strength: prose ? repeated / VARIETY.repeated : Math.min(0.5, repeated / 2) };
}

/**
 * Whether a model has fallen into a loop. The score is 0.5 where a loop begins to be one and grows with it; tables, JSON, code
 * and songs repeat a form, not their words without a break, and stay below. Skips an answer without a visible character.
 */
export const repetition: Evaluator = {
  name: 'repetition',
  bad: 'high',
  evaluate({ facts }: EvaluatorInput): Evaluation {
    if (facts.choice < 0) return { skipped: 'no_output' };
    const white: Sign = { reason: 'white_space', strength: (facts.length - facts.end.at) / WHITE_SPACE };
    let worst = white;
    for (const sign of [
      runSign(facts),
      loopSign(facts.loop, facts),
      loopSign(facts.endLoop, facts),
      varietySign(facts),
    ]) {
      if (sign.strength > worst.strength) worst = sign;
    }
    const score = worst.strength / (1 + worst.strength);
    if (worst.strength < 1) return { score, flagged: false };
    return { score, flagged: true, reason: worst.reason, ...(worst.span === undefined ? {} : { spans: [worst.span] }) };
  },
};
