import { cleanCall } from '../../core/call.js';
import { createWiring } from '../../core/wiring.js';
import { GroundTruth } from '../../processor/truth/ground-truth.js';

// What a million calls that wait for their labels cost: memory, and the time to take a call and a label in.
const CALLS = 1_000_000;
const LABELS = 100_000;
const CLASSES = ['card', 'loan', 'transfer', 'lost_card', 'opening_hours'];

const collect = (globalThis as { gc?: () => void }).gc;
const rss = (): number => {
  collect?.();
  collect?.();
  return process.memoryUsage().rss / 1e6;
};
const hex = (n: number, length: number): string => n.toString(16).padStart(length, '0');

function call(i: number) {
  const raw = {
    id: `a1b2c3d4e5f6-${i.toString(36)}`,
    responseId: `chatcmpl-${hex(Math.imul(i, 2654435761) >>> 0, 8)}${hex(i, 21)}`,
    spanId: hex(i, 16),
    provider: 'openai',
    operation: 'chat',
    model: { requested: i % 3 === 0 ? 'gpt-4o' : 'gpt-4o-mini' },
    startedAt: 1_790_000_000_000 + i,
    duration: 1,
    prediction: { value: `${CLASSES[i % 5]}`, score: (i % 1000) / 1000 },
    outcome: { kind: 'ok', finishReasons: ['stop'] },
  };
  return cleanCall(raw, 1_790_000_000_000 + i).call;
}

const before = rss();
const truth = new GroundTruth({
  wiring: createWiring(),
  maxPending: CALLS,
  tasks: { intent: { kind: 'multiclass', classes: CLASSES } },
});
let longest = 0;
const timed = (count: number, run: (i: number) => void): number => {
  let spent = 0;
  for (let i = 0; i < count; i++) {
    const begin = performance.now();
    run(i);
    const took = performance.now() - begin;
    spent += took;
    longest = Math.max(longest, took);
  }
  return (spent * 1000) / count;
};
const calls = Array.from({ length: 1000 }, (_, i) => call(i));
let made = 0;
const observing = timed(CALLS, () => {
  if (made % 1000 === 0) for (let i = 0; i < 1000; i++) calls[i] = call(made + i);
  truth.observe(calls[made++ % 1000] as (typeof calls)[number]);
});
calls.length = 0;
const waiting = rss() - before;
console.log(
  `${CALLS} calls wait: ${waiting.toFixed(0)} MB of RSS, ${((waiting * 1e6) / CALLS).toFixed(0)} bytes a call`,
);
console.log(`a call is taken in within ${observing.toFixed(2)} us in the mean, longest ${longest.toFixed(1)} ms`);
longest = 0;
const step = CALLS / LABELS;
const labelling = timed(LABELS, i => {
  const id = call(i * step).responseId ?? '';
  truth.accept({ kind: 'label', by: 'response_id', id, task: 'intent', label: CLASSES[i % 5] as string });
});
console.log(`a label within ${labelling.toFixed(2)} us (making its id included), longest ${longest.toFixed(1)} ms`);
console.log(`with ${LABELS} of them labelled: ${(rss() - before).toFixed(0)} MB`);
truth.stop();
