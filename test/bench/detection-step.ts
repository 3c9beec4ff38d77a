// Time of a whole step of a call (features, scores, learning) and memory over a million calls: `node dist/test/bench/detection-step.js`.
import { cleanCall } from '../../core/call.js';
import { createRandom } from '../../core/random.js';
import { Detection } from '../../processor/detection.js';
import type { Evaluations } from '../../processor/evaluators/evaluator.js';

const CONTEXTS = 1000;
const WARM = 20_000;
const TIMED = 100_000;
const ALL = 1_000_000;

const random = createRandom(5);
const factor = (): number => Math.exp(random() + random() + random() - 1.5);

/** Calls made before the clock runs, so that only their detection is timed. */
const calls = Array.from({ length: 20_000 }, (_, i) => {
  const output = Math.round(200 * factor());
  const { call } = cleanCall(
    {
      id: `c${i}`,
      provider: 'openai',
      operation: 'chat',
      model: { requested: `model-${i % 4}` },
      startedAt: 1_772_409_628_773 + 1000 * i,
      duration: 0.4 + 0.01 * output * factor(),
      timeToFirstChunk: 0.3 * Math.min(1, factor()),
      usage: { input_uncached: Math.round(500 * factor()), output },
      template: `prompt-${Math.floor(random() * (CONTEXTS / 4))}`,
      context: { team: `team-${i % 3}` },
      outcome: { kind: 'ok', finishReasons: ['stop'] },
    },
    1_772_409_628_773 + 1000 * i,
  );
  const evaluations: Evaluations = new Map([
    ['refusal', { score: 0, flagged: false }],
    ['pii', { score: 0, flagged: false }],
    ['repetition', { score: 0.1 * random(), flagged: false }],
    ['type_token_ratio', { score: 0.5 + 0.1 * random(), flagged: false }],
  ]);
  return { call, evaluations, extras: { cost: output * 1e-5, characters: Math.round(output * 4 * factor()) } };
});

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
};

const detection = new Detection();
const times = new Float64Array(TIMED);
let before = 0;
for (let i = 0; i < ALL; i++) {
  const { call, evaluations, extras } = calls[i % calls.length]!;
  const begin = performance.now();
  detection.observe(call, evaluations, extras);
  const took = performance.now() - begin;
  if (i >= WARM && i < WARM + TIMED) times[i - WARM] = took * 1000;
  // Off a call's path, in slices.
  if (detection.stale) for (const _ of detection.refit());
  if (i === ALL / 10) before = heap();
}
times.sort();
const at = (share: number): string => times[Math.floor(TIMED * share)]!.toFixed(1);
console.log(`a call: p50 ${at(0.5)} us, p90 ${at(0.9)} us, p99 ${at(0.99)} us; ${CONTEXTS} contexts`);
const grown = (heap() - before) / 1e6;
console.log(`memory from call ${ALL / 10} to ${ALL}: ${grown >= 0 ? '+' : ''}${grown.toFixed(1)} MB`);
console.log(`saved state: ${(JSON.stringify(detection.save()).length / 1e6).toFixed(1)} MB`);
