// Cost of a call's step through the drift watch, alone and with detection, and its memory: `node dist/test/bench/drift.js`.
// With `--long` a million calls of a thousand contexts.
import { Detection } from '../../processor/detection.js';
import { DriftWatch } from '../../processor/drift/drift-watch.js';
import type { DriftFacts } from '../../processor/drift/signals.js';
import { type CallPlan, Service } from '../processor/drift/service.js';

const CALLS = 20_000;
const WARM = 4000;

function made(calls: number, plan: (i: number) => CallPlan = () => ({})): readonly (readonly [DriftFacts, number])[] {
  const service = new Service(1);
  return Array.from({ length: calls }, (_, i) => [service.next(plan(i)).facts, service.now] as const);
}

function quantiles(times: Float64Array): string {
  const sorted = times.slice(WARM).sort();
  const at = (q: number): string => sorted[Math.floor(q * sorted.length)]!.toFixed(1);
  return `p50 ${at(0.5)} us, p99 ${at(0.99)} us`;
}

function time(
  calls: readonly (readonly [DriftFacts, number])[],
  step: (facts: DriftFacts, now: number) => void,
): string {
  const times = new Float64Array(calls.length);
  for (const [i, [facts, now]] of calls.entries()) {
    const begin = performance.now();
    step(facts, now);
    times[i] = (performance.now() - begin) * 1000;
  }
  return quantiles(times);
}

/** Every call of another context: a thousand models and templates, tenants and features, and a name for each call. */
const crowd = (i: number): CallPlan => ({
  model: `m${i % 1000}`,
  template: `t${i % 991}`,
  context: { feature: `f${i % 30}`, tenant: `t${i % 983}`, request: `r${i}` },
});

const few = made(CALLS);
const alone = new DriftWatch();
console.log(`drift alone: ${time(few, (facts, now) => alone.observe(facts, now))}`);
const [detection, drift] = [new Detection(), new DriftWatch()];
const both = time(few, (facts, now) => {
  const { call, evaluations, extras } = facts;
  detection.observe(call, evaluations, extras, now);
  drift.observe(facts, now);
  if (detection.stale) for (const _ of detection.refit());
});
console.log(`features, detection and drift: ${both}`);
const crowded = new DriftWatch();
console.log(
  `drift alone, a thousand contexts: ${time(made(CALLS, crowd), (facts, now) => crowded.observe(facts, now))}`,
);

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
const total = process.argv.includes('--long') ? 1_000_000 : 100_000;
const service = new Service(2);
const marks: string[] = [];
for (let i = 0; i < total; i++) {
  service.watch.observe(service.next(crowd(i)).facts, service.now);
  if ((i + 1) % (total / 5) === 0) marks.push(heap().toFixed(0));
}
console.log(
  `heap over ${total} calls of a thousand contexts: ${marks.join(' ')} MiB${globalThis.gc ? '' : ' (run with --expose-gc)'}`,
);
const begin = performance.now();
const state = JSON.stringify(service.watch.save());
console.log(`its state: ${(state.length / 2 ** 20).toFixed(1)} MiB in ${(performance.now() - begin).toFixed(0)} ms`);
