import type { Evaluation, Evaluator, EvaluatorInput } from './evaluator.js';
import type { TextFacts } from './scan.js';

/** Words that no sentence ends with. */
const UNFINISHED = new Set(
  (
    'a an the and or but nor of to in on at by for from with into onto upon about as than that which who whose whom if when while ' +
    'because although though unless until whether is are was were be been being am has have had do does did will would can could ' +
    'shall should may might must not no very more most such each every any some their its his her our your my this these those ' +
    'between among through during without within against toward towards per via including like also both either neither it he she ' +
    'they we i you there so just even only quite rather too'
  ).split(' '),
);

/** Strips quotation marks, brackets and emphasis that may follow the mark that ends a sentence. */
const CLOSERS = /(?<![\s"'”’»)\]}*_`~])[\s"'”’»)\]}*_`~]+$/u;
const FINAL = /[.!?。！？…؟।:]$/u;
const DANGLING = /[,;([{\-–—=+&/\\<|@#$%^:]$/u;
const LIST_ITEM = /^\s*(?:[-*+•–]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)])\s+\S/u;
const EMPTY_ITEM = /^\s*(?:[-*+•–]|\(?(?:\d{1,3}|[A-Za-z])[.)]?)\s*$/u;
/** What closes an answer without a mark: a result, a hash tag, the end of a block of code, an address. */
const RESULT = /(?:=\s*[-+]?[\d.,]+(?:\s?[\p{L}²³%]{1,3})?|#[\p{L}\p{N}_]{2,})$/u;
const BLOCK_END = /^end\w{0,8}$/i;
const ADDRESS = /https?:\/\/\S/i;
const SINGLE_SCRIPT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

/** How much of the last line says how it ends; longer words and addresses do not matter. */
const TAIL = 60;

/** How sure the words alone make one that an answer is whole: 1 = whole, 0 = cut. */
function looksWhole(facts: TextFacts): number {
  const { end, fences } = facts;
  const line = end.line.trimEnd();
  const tail = line.slice(-TAIL);
  if (facts.omitted === 0 && fences % 2 === 1) return 0.05;
  const first = facts.answer.trimStart().charAt(0);
  if ((first === '{' || first === '[') && /[}\]]$/.test(line)) return 0.97;
  if (EMPTY_ITEM.test(line) && end.previousLine !== '') return 0.05;
  const bare = tail.replace(CLOSERS, '');
  if (FINAL.test(bare)) return bare.endsWith(':') ? 0.3 : 0.97;
  if (bare.length < tail.length && !/['’]$/u.test(tail)) return 0.8;
  if (DANGLING.test(line)) return 0.03;
  const word = /(?<![\p{L}\p{M}'’])[a-z]{1,9}$/iu.exec(tail)?.[0].toLowerCase() ?? '';
  if (UNFINISHED.has(word)) return 0.03;
  if (/\p{Extended_Pictographic}\uFE0F?$/u.test(line)) return 0.9;
  if (RESULT.test(tail) || BLOCK_END.test(tail.trimStart()) || ADDRESS.test(tail.split(/\s/).at(-1) ?? '')) return 0.7;
  return unpunctuated(facts, line);
}

/** An end without a mark: whole if the text before it does without marks as well. */
function unpunctuated(facts: TextFacts, line: string): number {
  const { end, words, lines } = facts;
  if (lines === 1 && words <= 6) return 0.85;
  if (SINGLE_SCRIPT.test(line)) return 0.6;
  const item = LIST_ITEM.test(line);
  const sibling = end.previousLine.trim();
  const bareSibling = sibling !== '' && !/[.!?,;:]["”)]?$/u.test(sibling);
  if (item && LIST_ITEM.test(end.previousLine)) return bareSibling ? lastItem(line) : 0.15;
  if (!bareSibling || lines < 3) return 0.12;
  return end.newline ? 0.7 : 0.4;
}

/** Who asks for a list mostly asks for five, ten or twenty: another number is where it may have broken off. */
function lastItem(line: string): number {
  const number = /^\s*\(?(\d{1,3})[.)]/.exec(line)?.[1];
  return number === undefined || Number(number) % 5 === 0 ? 0.7 : 0.45;
}

/**
 * Whether an answer is whole (1) or was cut off (0). The provider's finish reason decides where there is one; only without one
 * the end of the text is judged, which cannot see a cut behind a full sentence. Skips an answer without words.
 */
export const completionStatus: Evaluator = {
  name: 'completion_status',
  bad: 'low',
  evaluate({ facts, call }: EvaluatorInput): Evaluation {
    const reasons = call.outcome.kind === 'ok' ? call.outcome.finishReasons : [];
    if (reasons.includes('length')) return { score: 0, flagged: true, reason: 'length' };
    if (reasons.includes('content_filter')) return { score: 0, flagged: true, reason: 'content_filter' };
    if (reasons.some(reason => reason === 'stop' || reason === 'tool_call')) return { score: 1, flagged: false };
    if (facts.words === 0) return { skipped: 'no_output' };
    const score = looksWhole(facts);
    return score < 0.5 ? { score, flagged: true, reason: 'text_ends_early' } : { score, flagged: false };
  },
};
