import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { cleanCall, type LlmCall } from '../../../core/call.js';
import { createRandom } from '../../../core/random.js';
import type { Evaluation } from '../../../processor/evaluators/evaluator.js';
import { createEvaluators, evaluate } from '../../../processor/evaluators/registry.js';
import { sharedPath } from '../../shared.js';

const NOW = Date.parse('2026-11-24');

/** A call that ended well, with what a test wants changed. */
export function callOf(fields: object = {}): LlmCall {
  const raw = {
    id: 'c',
    provider: 'openai',
    model: { requested: 'm' },
    operation: 'chat',
    startedAt: NOW,
    duration: 1,
  };
  return cleanCall({ ...raw, outcome: { kind: 'ok', finishReasons: [] }, ...fields }, NOW).call;
}

/** What one evaluator says of an answer. */
export function judge(name: string, answer: string, finishReasons: readonly string[] = []): Evaluation {
  const call = callOf({ outcome: { kind: 'ok', finishReasons } });
  return evaluate(createEvaluators(name), call, { input: [], output: [answer] }).get(name) as Evaluation;
}

export function scored(evaluation: Evaluation): Exclude<Evaluation, { readonly skipped: unknown }> {
  if ('skipped' in evaluation) throw new Error(`skipped: ${evaluation.skipped}`);
  return evaluation;
}

const WORDS = (
  'time people year way day thing world life hand part child eye woman place work week case point company number group problem ' +
  'fact small large early young able public bad same next good new first last long great little own other old right big high ' +
  'different take see come think look want give use find tell ask seem feel try leave call water river house garden window letter'
).split(' ');

/** Plain prose, the same for the same seed. */
export function prose(length: number, seed = 1): string {
  const random = createRandom(seed);
  let out = '';
  while (out.length < length) {
    const words = Array.from(
      { length: 6 + Math.floor(random() * 10) },
      () => WORDS[Math.floor(random() * WORDS.length)] as string,
    );
    const sentence = words.join(' ');
    out += `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. `;
  }
  return out.slice(0, length);
}

export interface Figures {
  readonly f1: number;
  readonly falsePositiveRate: number;
  /** Flagged rows of those labelled fine, by kind. */
  readonly falseFlags: ReadonlyMap<string, number>;
  readonly auc: number;
}

/** How an evaluator does on a labelled set beside the checkout; partial labels are left out. */
export function measure(set: string, name: string, badEnd: 'high' | 'low'): Figures {
  const file = sharedPath('data', 'quality', set, 'dev.jsonl.gz');
  if (file === undefined) throw new Error(`no data for ${set}`);
  const rows = gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '');
  const scores: { score: number; label: number }[] = [];
  const falseFlags = new Map<string, number>();
  let [tp, fp, fn, tn] = [0, 0, 0, 0];
  for (const line of rows) {
    const row = JSON.parse(line) as { label: number; kind: string; output: string };
    if (row.label !== 0 && row.label !== 1) continue;
    const { score, flagged } = scored(judge(name, row.output));
    scores.push({ score: badEnd === 'high' ? score : 1 - score, label: row.label });
    if (row.label === 1) flagged ? tp++ : fn++;
    else if (flagged) {
      fp++;
      falseFlags.set(row.kind, (falseFlags.get(row.kind) ?? 0) + 1);
    } else tn++;
  }
  return {
    f1: (2 * tp) / (2 * tp + fp + fn),
    falsePositiveRate: fp / (fp + tn),
    falseFlags,
    auc: areaUnderCurve(scores),
  };
}

/** Share of pairs (bad, fine) in the right order, ties half. */
function areaUnderCurve(scores: readonly { readonly score: number; readonly label: number }[]): number {
  const fine = scores.filter(({ label }) => label === 0);
  const bad = scores.filter(({ label }) => label === 1);
  let won = 0;
  for (const b of bad) for (const f of fine) won += b.score > f.score ? 1 : b.score === f.score ? 0.5 : 0;
  return won / (bad.length * fine.length);
}
