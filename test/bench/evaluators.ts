/**
 * What it costs to evaluate: microseconds for the default evaluators over one scan, against the same evaluators written
 * naively (each its own pass with split and plain expressions), interleaved in one run; and how the cost grows with length.
 *
 *     node dist/test/bench/evaluators.js [rounds=31]
 */

import { REFUSAL_PHRASES } from '../../processor/evaluators/refusal-phrases.js';
import { createEvaluators, evaluate } from '../../processor/evaluators/registry.js';
import { callOf, prose } from '../processor/evaluators/answers.js';

const rounds = Number(process.argv[2] ?? 31);
const TEXTS = 200;
const evaluators = createEvaluators();
const call = callOf({ outcome: { kind: 'ok', finishReasons: ['other'] } });
const prompt = prose(800, 99);
// Flat one-byte strings, as a JSON parser makes them, and all different.
const answers = (length: number) =>
  Array.from({ length: TEXTS }, (_, i) => Buffer.from(prose(length, i)).toString('latin1'));

const patterns = Object.values(REFUSAL_PHRASES)
  .flat()
  .map(pattern => new RegExp(`\\b${pattern.replaceAll('(', '(?:').replaceAll(' ', ' ?')}\\b`, 'g'));

function naiveRepetition(answer: string): number {
  const words = answer.toLowerCase().split(/[^a-z0-9]+/);
  const grams = new Map<string, number>();
  for (let i = 2; i < words.length; i++) {
    const gram = `${words[i - 2]} ${words[i - 1]} ${words[i]}`;
    grams.set(gram, (grams.get(gram) ?? 0) + 1);
  }
  let repeated = 0;
  for (const count of grams.values()) repeated += count - 1;
  return repeated / words.length + (/(\S)\1{39,}/.test(answer) ? 1 : 0);
}

function naiveVariety(answer: string): number {
  const words = answer.toLowerCase().split(/\s+/);
  return new Set(words).size / words.length;
}

function naiveRefusal(answer: string): number {
  const text = answer.toLowerCase().replaceAll(/['’]/g, '');
  let found = 0;
  for (const pattern of patterns) found += text.match(pattern)?.length ?? 0;
  return found;
}

function naiveCompletion(answer: string): number {
  const lines = answer.trim().split('\n');
  const fences = lines.filter(line => line.startsWith('```')).length;
  return /[.!?]["')]*$/.test(answer.trim()) && fences % 2 === 0 ? 1 : 0;
}

let sink = 0;
const naive = (answer: string) => {
  sink +=
    naiveRepetition(answer) +
    naiveVariety(answer) +
    naiveRefusal(answer) +
    naiveCompletion(answer) +
    Math.log1p([...answer].length);
};
const ours = (answer: string) => {
  sink += evaluate(evaluators, call, { input: [{ role: 'user', text: prompt }], output: [answer] }).size;
};

const short = answers(1000);
const long = answers(4000);
const CONTESTANTS: Readonly<Record<string, () => void>> = {
  'ours, 1,000': () => short.forEach(ours),
  'naive, 1,000': () => short.forEach(naive),
  'ours, 4,000': () => long.forEach(ours),
};

const samples = new Map(Object.keys(CONTESTANTS).map(name => [name, [] as number[]]));
for (let round = -3; round < rounds; round++) {
  for (const [name, run] of Object.entries(CONTESTANTS)) {
    const begin = performance.now();
    run();
    if (round >= 0) samples.get(name)?.push(((performance.now() - begin) * 1000) / TEXTS);
  }
}

const median = (name: string): number =>
  [...(samples.get(name) ?? [])].sort((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
console.log(
  `${TEXTS} answers and an 800 character prompt, ${rounds} rounds, median us an answer (${sink > 0 ? 'done' : ''})`,
);
for (const name of samples.keys()) console.log(`  ${name.padEnd(14)} ${median(name).toFixed(1).padStart(8)}`);
console.log(`  ours / naive   ${(median('ours, 1,000') / median('naive, 1,000')).toFixed(3).padStart(8)}`);
console.log(`  4,000 / 1,000  ${(median('ours, 4,000') / median('ours, 1,000')).toFixed(2).padStart(8)}`);
