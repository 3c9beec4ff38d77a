import type { LlmCall } from '../../core/call.js';
import type { CallText } from '../../core/content.js';
import { weightsOf } from '../../processor/evaluator-weights.js';
import { answerScript } from '../../processor/evaluators/answer-script.js';
import { completionStatus } from '../../processor/evaluators/completion-status.js';
import { confidence } from '../../processor/evaluators/confidence.js';
import type { Evaluation, Evaluator } from '../../processor/evaluators/evaluator.js';
import { evaluationOf, findAll } from '../../processor/evaluators/finder.js';
import { jsonValidity } from '../../processor/evaluators/json-validity.js';
import { type LinearModel, logistic } from '../../processor/evaluators/linear-model.js';
import { LoopTracker } from '../../processor/evaluators/loop-tracker.js';
import { PII_KINDS } from '../../processor/evaluators/pii.js';
import { findCards } from '../../processor/evaluators/pii-card.js';
import { findEmails } from '../../processor/evaluators/pii-email.js';
import { findIbans } from '../../processor/evaluators/pii-iban.js';
import { findAddresses } from '../../processor/evaluators/pii-ip.js';
import { findLabelled } from '../../processor/evaluators/pii-labelled.js';
import { findMedicare, findSocialSecurity } from '../../processor/evaluators/pii-numbers.js';
import { findPhones } from '../../processor/evaluators/pii-phone.js';
import { plainText } from '../../processor/evaluators/plain-text.js';
import { injectionSequences } from '../../processor/evaluators/prompt-injection-patterns.js';
import { refusal } from '../../processor/evaluators/refusal.js';
import { REFUSAL_PHRASES } from '../../processor/evaluators/refusal-phrases.js';
import { repetition } from '../../processor/evaluators/repetition.js';
import { responseLength } from '../../processor/evaluators/response-length.js';
import type { TextFacts } from '../../processor/evaluators/scan.js';
import { SECRET_KINDS } from '../../processor/evaluators/secrets.js';
import { findAssigned, findHeaders, findUrlPasswords } from '../../processor/evaluators/secrets-assigned.js';
import { findPrivateKeys } from '../../processor/evaluators/secrets-pem.js';
import { findTokens } from '../../processor/evaluators/secrets-tokens.js';
import { estimateTokens } from '../../processor/evaluators/token-estimate.js';
import { typeTokenRatio } from '../../processor/evaluators/type-token-ratio.js';
import { hashWord } from '../../processor/evaluators/word-hash.js';

/**
 * The default evaluators as one would write them first: each for itself, from the text alone, with split, match, Map and Set and
 * one expression a question. Only the reading is theirs; what the figures mean is decided by the evaluators' own code, so that the
 * results are the same (ASCII, words of up to 24 letters, up to 256 of them in a message) and the difference is how they are come by.
 */
export const NAIVE: Readonly<Record<string, (text: CallText, call: LlmCall) => Evaluation>> = {
  completion_status: (text, call) => judge(completionStatus, text, call, completionFacts),
  response_length: (text, call) => judge(responseLength, text, call, answer => ({ length: answer.length })),
  refusal: (text, call) => judge(refusal, text, call, refusalFacts),
  repetition: (text, call) => judge(repetition, text, call, repetitionFacts),
  prompt_injection: text => injectionOf(text),
  pii: ({ output: [answer = ''] }) =>
    evaluationOf(
      findAll(plainText(answer), [
        findEmails,
        findCards,
        findIbans,
        findPhones,
        findLabelled,
        findSocialSecurity,
        findMedicare,
        findAddresses,
      ]),
      PII_KINDS,
    ),
  secrets: ({ output: [answer = ''] }) =>
    evaluationOf(
      findAll(plainText(answer), [findTokens, findAssigned, findHeaders, findPrivateKeys, findUrlPasswords]),
      SECRET_KINDS,
    ),
  json_validity: (text, call) => judge(jsonValidity, text, call, () => ({})),
  confidence: (text, call) => judge(confidence, text, call, () => ({})),
  type_token_ratio: (text, call) =>
    judge(typeTokenRatio, text, call, answer => {
      const words = wordsOf(answer);
      return { words: words.length, distinctWords: new Set(words).size };
    }),
  readability: ({ output: [answer = ''] }) => {
    const words = wordsOf(answer).length;
    if (words < 20) return { skipped: 'too_short' };
    const grade = (0.39 * words) / sentencesOf(answer).length + (11.8 * syllablesOf(answer)) / words - 15.59;
    return { score: Math.min(1, Math.max(0, grade / 30)), flagged: false };
  },
  // A look at each letter, as for an answer in any script.
  answer_script: (text, call) => judge(answerScript, text, call, () => ({ nonAscii: 1 })),
  token_estimate: ({ output: [answer = ''] }) => ({
    score: Math.min(1, Math.log1p(estimateTokens(answer)) / Math.log1p(25_000)),
    flagged: false,
  }),
};

function judge(
  evaluator: Evaluator,
  text: CallText,
  call: LlmCall,
  read: (answer: string) => Partial<TextFacts>,
): Evaluation {
  const [answer = ''] = text.output;
  const facts = { answer, choice: /\S/.test(answer) ? 0 : -1, omitted: 0, ...read(answer) } as TextFacts;
  return evaluator.evaluate({ facts, text, call });
}

const MARKER = /^([^\S\n]*)\d+[.)](?=\s|$)/gm;
const WORD = /[a-z0-9](?:'*[a-z0-9])*/g;

/** Without the numbers of lists, which are no words; as long as the text. */
function withoutMarkers(answer: string): string {
  return answer.toLowerCase().replace(MARKER, marker => ' '.repeat(marker.length));
}

function wordsOf(answer: string): readonly string[] {
  return (withoutMarkers(answer).match(WORD) ?? []).map(word => word.replaceAll("'", ''));
}

function sentencesOf(answer: string): readonly string[] {
  return withoutMarkers(answer)
    .split(/(?<=[.!?])(?=[\s"')]|$)|\n/)
    .filter(sentence => /[a-z0-9]/.test(sentence));
}

function listLinesOf(answer: string): number {
  return answer.match(/^[^\S\n]*(?:\d+[.)](?=\s|$)|[-*+][ \t])/gm)?.length ?? 0;
}

function completionFacts(answer: string): Partial<TextFacts> {
  const trimmed = answer.trimEnd();
  const lines = trimmed.split('\n');
  const filled = lines.filter(line => line.trim() !== '');
  return {
    words: wordsOf(answer).length,
    lines: filled.length,
    fences: filled.filter(line => line.trimStart().startsWith('```')).length,
    end: {
      at: trimmed.length,
      last: trimmed.slice(-1),
      line: filled.at(-1)?.slice(-240) ?? '',
      previousLine: filled.at(-2)?.slice(-240) ?? '',
      newline: answer.slice(trimmed.length).includes('\n'),
    },
  };
}

const BETWEEN = '[^a-z0-9]+';

/** A pattern of phrases as one expression. */
function expressionOf(pattern: string): RegExp {
  let source = '';
  let begun = false;
  for (const part of pattern.split(/([(][^)]*[)])/).filter(piece => piece.trim() !== '')) {
    const choices = part.replace(/[()]/g, '').trim().split('|');
    const words = choices.filter(choice => choice !== '').map(choice => choice.replaceAll(' ', BETWEEN));
    const any = `(?:${words.join('|')})`;
    if (!choices.includes('')) {
      source += begun ? BETWEEN + any : any;
      begun = true;
    } else source += begun ? `(?:${BETWEEN}${any})?` : `(?:${any}${BETWEEN})?`;
  }
  return new RegExp(`\\b${source}\\b`, 'g');
}

const phrases = Object.entries(REFUSAL_PHRASES).flatMap(([group, patterns]) =>
  patterns.map(pattern => ({ group, expression: expressionOf(pattern) })),
);

function refusalFacts(answer: string): Partial<TextFacts> {
  const text = withoutMarkers(answer).replaceAll("'", '');
  const ends: number[] = [];
  let length = 0;
  for (const part of text.split(/(?<=[.!?])(?=[\s"')]|$)|(?<=\n)/)) {
    length += part.length;
    if (/[a-z0-9]/.test(part)) ends.push(length);
  }
  // Of phrases that end in the same word the longest counts.
  const found = new Map<number, { group: string; start: number; end: number; sentence: number }>();
  for (const { group, expression } of phrases) {
    for (const match of text.matchAll(expression)) {
      const start = match.index;
      const end = start + match[0].length;
      const other = found.get(end);
      if (other === undefined || other.start > start)
        found.set(end, { group, start, end, sentence: ends.findIndex(at => at >= end) });
    }
  }
  return {
    words: wordsOf(answer).length,
    listLines: listLinesOf(answer),
    phrases: [...found.values()].sort((a, b) => a.end - b.end).slice(0, 64),
  };
}

function repetitionFacts(answer: string): Partial<TextFacts> {
  const matches = [...withoutMarkers(answer).matchAll(WORD)];
  const words = matches.map(match => match[0].replaceAll("'", ''));
  const hashes = Int32Array.from(words, hashWord);
  const lastAt = new Map<string, number>();
  const tracker = new LoopTracker();
  let repeatedTrigrams = 0;
  words.forEach((word, i) => {
    const gram = `${words[i - 2]} ${words[i - 1]} ${word}`;
    const seen = i < 2 ? undefined : lastAt.get(gram);
    if (seen !== undefined) repeatedTrigrams++;
    if (i >= 2) lastAt.set(gram, i);
    tracker.add(hashes, i, seen ?? -1);
  });
  const { longest, ending } = tracker.finish(words.length);
  const located = (loop: typeof longest) => {
    if (loop === undefined) return undefined;
    const last = matches[loop.first + loop.words - 1];
    return { ...loop, start: matches[loop.first]?.index ?? 0, end: (last?.index ?? 0) + (last?.[0].length ?? 0) };
  };
  const runs = [...answer.matchAll(/(\S)\1{7,}/g)].sort((a, b) => b[0].length - a[0].length);
  return {
    length: answer.length,
    characters: [...answer].length,
    words: words.length,
    trigrams: Math.max(0, words.length - 2),
    repeatedTrigrams,
    loop: located(longest),
    endLoop: located(ending),
    longestRun: {
      length: runs[0]?.[0].length ?? 0,
      start: runs[0]?.index ?? 0,
      rule: /[-=_*~#.+|/<>xX0-9]/.test(runs[0]?.[0] ?? ''),
    },
    digits: answer.match(/\d/g)?.length ?? 0,
    symbols: withoutMarkers(answer).match(/[^\sa-z0-9.!?']|(?<![a-z0-9])'/g)?.length ?? 0,
    listLines: listLinesOf(answer),
    end: { at: answer.trimEnd().length, last: '', line: '', previousLine: '', newline: false },
  };
}

function syllablesOf(answer: string): number {
  let count = 0;
  for (const word of answer
    .toLowerCase()
    .replaceAll("'", '')
    .match(/[a-z]+/g) ?? []) {
    const groups = word.match(/[aeiouy]+/g)?.length ?? 0;
    count += Math.max(1, groups > 1 && /[^aeiouyl]e$/.test(word) ? groups - 1 : groups);
  }
  return count;
}

/** What opens a line before a colon counts a second time, as a turn: left out, for no prompt of the bench has it. */
function injectionOf(text: CallText): Evaluation {
  const model = weightsOf('prompt-injection');
  if (model instanceof Error) throw model;
  let worst: Evaluation = { skipped: 'no_input' };
  for (const message of text.input) {
    if (message.role !== 'user' && message.role !== 'tool') continue;
    const found = judgeMessage(message.text, model);
    if ('skipped' in worst || found.score > worst.score) worst = found;
  }
  return worst;
}

const sequences = [...injectionSequences()];

function judgeMessage(message: string, model: LinearModel) {
  const hashes: number[] = [];
  const places: number[] = [];
  let place = 0;
  for (const [piece] of message.toLowerCase().matchAll(/[a-z0-9](?:'*[a-z0-9])*|[.!?\n]/g)) {
    if (/[a-z0-9]/.test(piece)) {
      hashes.push(hashWord(piece.replaceAll("'", '')));
      places.push(place++);
    } else place += piece === '\n' ? 1 : 3;
  }
  const there = new Set(hashes);
  let open = 1;
  let most = 0;
  let reason: string | undefined;
  for (const sequence of sequences) {
    if (!sequence.steps.every(step => [...step].some(word => there.has(word)))) continue;
    let reached = new Set(hashes.flatMap((word, i) => (sequence.steps[0]?.has(word) ? [places[i] as number] : [])));
    for (const step of sequence.steps.slice(1)) {
      const next = new Set<number>();
      hashes.forEach((word, i) => {
        const at = places[i] as number;
        if (step.has(word) && [...reached].some(from => at > from && at - from <= sequence.within)) next.add(at);
      });
      reached = next;
    }
    if (reached.size === 0) continue;
    open *= 1 - sequence.weight;
    if (sequence.weight > most) {
      most = sequence.weight;
      reason = sequence.reason;
    }
  }
  const trained = logistic(model.logOdds(Int32Array.from(hashes)));
  const score = 1 - open * (1 - trained);
  if (score < 0.5) return { score, flagged: false };
  return { score, flagged: true, reason: reason === undefined || 1 - open < trained / 2 ? 'wording' : reason };
}
