/**
 * What it costs to evaluate, in microseconds of CPU: the default evaluators over one scan against the same evaluators written
 * naively (`naive-evaluators.ts`), interleaved in one run; how the cost grows with length; and what each evaluator adds to a scan.
 * Both sides must say the same of every text, or the ratio means nothing: disagreements are printed, and fail the run.
 *
 *     node dist/test/bench/evaluators.js [rounds=31]
 */

import type { CallText } from '../../core/content.js';
import type { Evaluation, Evaluator } from '../../processor/evaluators/evaluator.js';
import { createEvaluators, EVALUATORS, evaluate } from '../../processor/evaluators/registry.js';
import { scan } from '../../processor/evaluators/scan.js';
import { callOf } from '../processor/evaluators/answers.js';
import { NAIVE } from './naive-evaluators.js';
import { answerText, promptText } from './texts.js';

const rounds = Number(process.argv[2] ?? 31);
const TEXTS = 100;
const PROMPT = 800;
const evaluators = createEvaluators();
/** A finish reason that leaves the judgement to the words. */
const call = callOf({ outcome: { kind: 'ok', finishReasons: ['other'] } });

const texts = (answer: number, prompt = 0): readonly CallText[] =>
  Array.from({ length: TEXTS }, (_, i) => ({
    input: prompt === 0 ? [] : [{ role: 'user' as const, text: promptText(prompt, i + 1000) }],
    output: [answerText(answer, i)],
  }));

let sink = 0;

function sameScore(ours: Evaluation | undefined, naive: Evaluation | undefined): boolean {
  if (ours === undefined || naive === undefined) return false;
  if ('skipped' in ours || 'skipped' in naive) return JSON.stringify(ours) === JSON.stringify(naive);
  return Math.abs(ours.score - naive.score) < 1e-9 && ours.flagged === naive.flagged && ours.reason === naive.reason;
}

/** Interleaved rounds of each contestant over its texts. @returns medians and least of microseconds of CPU a text */
function race(contestants: Readonly<Record<string, () => void>>): ReadonlyMap<string, { median: number; low: number }> {
  const samples = new Map(Object.keys(contestants).map(name => [name, [] as number[]]));
  for (let round = -5; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const begin = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(begin);
      if (round >= 0) samples.get(name)?.push((user + system) / TEXTS);
    }
  }
  return new Map(
    [...samples].map(([name, values]) => {
      const sorted = values.sort((a, b) => a - b);
      const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
      return [name, { median: at(0.5), low: at(0.1) }];
    }),
  );
}

const show = (name: string, { median, low }: { median: number; low: number }): void =>
  console.log(`  ${name.padEnd(24)} ${median.toFixed(1).padStart(8)} ${low.toFixed(1).padStart(8)}`);

const both = texts(1000, PROMPT);
let different = 0;
for (const { name } of evaluators) {
  const wrong = both.filter(text => {
    const naive = NAIVE[name]?.(text, call);
    return !sameScore(evaluate(evaluators, call, text).get(name), naive);
  });
  different += wrong.length;
  if (wrong.length > 0) console.log(`${name}: ${wrong.length} of ${TEXTS} texts are judged differently`);
}
if (different > 0) process.exitCode = 1;

const ours = (given: readonly CallText[]) => () => {
  for (const text of given) sink += evaluate(evaluators, call, text).size;
};
const whole = race({
  ours: ours(both),
  naive: () => {
    for (const text of both) for (const { name } of evaluators) sink += NAIVE[name]?.(text, call) === undefined ? 0 : 1;
  },
});
console.log(
  `${evaluators.length} evaluators, ${TEXTS} answers of 1,000 and prompts of ${PROMPT} characters, ${rounds} rounds`,
);
console.log(`  ${'us of CPU'.padEnd(24)} ${'median'.padStart(8)} ${'10 %'.padStart(8)}`);
for (const [name, cost] of whole) show(name, cost);
const ratio = (of: 'median' | 'low'): string =>
  ((whole.get('ours')?.[of] ?? 0) / (whole.get('naive')?.[of] ?? 0)).toFixed(3);
console.log(`  ${'ours / naive'.padEnd(24)} ${ratio('median').padStart(8)} ${ratio('low').padStart(8)}`);

console.log('the answer alone, by its length');
const lengths = race(Object.fromEntries([1000, 4000, 16_000].map(length => [String(length), ours(texts(length))])));
for (const [name, cost] of lengths) show(name, cost);

console.log('what one evaluator adds to the scan, an answer of 1,000 (prompts of 1,000 where it reads those)');
const each: readonly CallText[] = texts(1000, 1000).map(text => ({
  ...text,
  input: [{ role: 'system', text: promptText(1000, 7) }, ...text.input],
  jsonRequested: true,
  logprobs: Array.from({ length: 250 }, (_, i) => (i % 5 === 0 ? -((i * 37) % 100) / 40 : -0.001 * ((i * 13) % 9))),
}));
const scanned = each.map(text => {
  const facts = scan(text);
  return { text, facts, call, plain: facts.plain };
});
const alone = race({
  scan: () => {
    for (const text of each) sink += scan(text).words;
  },
  ...Object.fromEntries(
    [...EVALUATORS.values()].map((evaluator: Evaluator) => [
      `${evaluator.name}${evaluators.includes(evaluator) ? ' *' : ''}`,
      () => {
        for (const input of scanned) sink += 'skipped' in evaluator.evaluate(input) ? 1 : 0;
      },
    ]),
  ),
});
for (const [name, cost] of alone) show(name, cost);
console.log(`  * in the default set (${sink > 0 ? 'done' : ''})`);
