import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../../core/errors.js';
import type { Json } from '../../../core/json.js';
import { createRandom } from '../../../core/random.js';
import type { GroundTruthOptions } from '../../../processor/truth/ground-truth.js';
import { createRig, type Rig } from './truth-harness.js';

const CLASSES = ['card', 'loan', 'other', 'transfer'];
const MODELS = ['small', 'large'];
const SEEDS = [1, 2, 3, 4, 5, 6];

interface Step {
  readonly at: number;
  readonly isLabel: boolean;
  readonly run: (rig: Rig) => void;
}

/** Calls and labels in disorder: late, repeated, unknown, with and without predictions and scores. */
function steps(seed: number, count: number): Step[] {
  const random = createRandom(seed);
  const any = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  let at = 0;
  let calls = 0;
  return Array.from({ length: count }, (): Step => {
    at += Math.floor(random() * 2000);
    if (random() < 0.5) {
      const id = `c${calls++}`;
      const prediction = random() < 0.1 ? undefined : { value: any(CLASSES), score: random() };
      const model = { requested: any(MODELS) };
      return { at, isLabel: false, run: rig => void rig.call(id, { prediction, model }) };
    }
    const id = `c${Math.floor(random() * (calls + 2))}`;
    const label = random() < 0.1 ? [any(CLASSES), any(CLASSES)] : any(CLASSES);
    const more = random() < 0.1 ? { prediction: any(CLASSES) } : {};
    return { at, isLabel: true, run: rig => rig.label(id, label, more) };
  });
}

function play(rig: Rig, played: readonly Step[]): void {
  for (const { at, run } of played) {
    rig.at(at);
    run(rig);
  }
}

const OPTIONS: Omit<GroundTruthOptions, 'wiring'> = {
  labelTtl: 120,
  maxPending: 60,
  windows: { count: [7, 50], seconds: [30, 300] },
};

function net(rig: Rig, counted: string, corrected: string): Record<string, number> {
  const less = rig.read(corrected);
  return Object.fromEntries(
    Object.entries(rig.read(counted)).map(([key, value]) => {
      assert.ok(key in less, `${key} has no series of corrections`);
      return [key, value - (less[key] as number)];
    }),
  );
}

function part(key: string, name: string): string {
  return new RegExp(`(?:^| )${name}=(\\S+)`).exec(key)?.[1] ?? '';
}

for (const seed of SEEDS) {
  test(`outcomes less corrected are the matrix by the latest labels, which holds one cell a matched label (seed ${seed})`, () => {
    const rig = createRig(OPTIONS);
    play(rig, steps(seed, 600));
    const matched = rig.read('truth.labels')['task=default result=matched'] as number;
    assert.ok(matched > 50);
    const cells = net(rig, 'truth.confusion', 'truth.confusion.corrected');
    const sum = (keep: (actual: string, predicted: string) => boolean): number =>
      Object.entries(cells).reduce(
        (total, [key, n]) => total + (keep(part(key, 'actual'), part(key, 'predicted')) ? n : 0),
        0,
      );
    assert.equal(
      sum(() => true),
      matched,
    );
    const outcomes = net(rig, 'truth.outcomes', 'truth.corrected');
    const of = (name: string, outcome: string): number =>
      Object.entries(outcomes).reduce(
        (total, [key, n]) => total + (part(key, 'class') === name && part(key, 'outcome') === outcome ? n : 0),
        0,
      );
    for (const name of CLASSES) {
      assert.equal(
        of(name, 'tp'),
        sum((actual, predicted) => actual === name && predicted === name),
        `tp ${name}`,
      );
      assert.equal(
        of(name, 'fp'),
        sum((actual, predicted) => actual !== name && predicted === name),
        `fp ${name}`,
      );
      assert.equal(
        of(name, 'fn'),
        sum((actual, predicted) => actual === name && predicted !== name),
        `fn ${name}`,
      );
      assert.equal(
        of(name, 'tn'),
        sum((actual, predicted) => actual !== name && predicted !== name),
        `tn ${name}`,
      );
    }
  });

  test(`every label has one result, and never more calls wait than there is room for (seed ${seed})`, () => {
    const rig = createRig(OPTIONS);
    const played = steps(seed, 600);
    for (const step of played) {
      play(rig, [step]);
      const pending = rig.read('truth.pending')['task=default'] ?? 0;
      assert.ok(pending >= 0 && pending <= 60, `${pending} calls wait`);
    }
    const results = Object.values(rig.read('truth.labels')).reduce((a, b) => a + b, 0);
    assert.equal(results, played.filter(step => step.isLabel).length);
  });

  test(`a restored state reads, goes on and is saved as the one it was made of (seed ${seed})`, () => {
    const played = steps(seed, 800);
    const before = createRig(OPTIONS);
    play(before, played.slice(0, 500));
    const saved = JSON.parse(JSON.stringify(before.truth.save())) as Json;
    const after = createRig(OPTIONS);
    after.at((played[499] as Step).at);
    after.truth.restore(saved);
    assert.deepEqual(JSON.parse(JSON.stringify(after.truth.save())), saved);
    const gauges = ['truth.window', 'truth.window.low', 'truth.window.high', 'truth.pending', 'truth.coverage'];
    for (const gauge of gauges) assert.deepEqual(after.read(gauge), before.read(gauge), gauge);
    assert.ok(Object.keys(after.read('truth.window')).length > 50);
    const labels = before.read('truth.labels');
    play(before, played.slice(500));
    play(after, played.slice(500));
    for (const gauge of gauges) assert.deepEqual(after.read(gauge), before.read(gauge), `${gauge}, later`);
    for (const [key, value] of Object.entries(after.read('truth.labels')))
      assert.equal(value, (before.read('truth.labels')[key] as number) - (labels[key] ?? 0), key);
  });
}

test('a state keeps its tasks, but no word of a text, and a task that is now of another kind starts anew', () => {
  const rig = createRig({ tasks: { qa: { kind: 'text' } } });
  rig.call('a', { prediction: 'x' });
  rig.call('b', {}, 'a text that somebody wrote');
  rig.call('c', { prediction: `somebody also had this predicted${' at length'.repeat(5)}` });
  rig.label('a', 'x');
  const saved = rig.truth.save();
  assert.ok(!JSON.stringify(saved).includes('somebody'));
  const other = createRig({ tasks: { default: { kind: 'number' } } });
  other.truth.restore(saved);
  assert.deepEqual(other.read('truth.window'), {});
  assert.deepEqual(other.read('truth.pending'), { 'task=default': 3, 'task=qa': 3 });
});

const BROKEN: readonly Json[] = [
  null,
  7,
  {},
  { version: 2 },
  { version: 1, now: 0, calls: [[1]], tasks: [], unasked: {} },
];
for (const state of BROKEN) {
  test(`a state that save() did not make is refused: ${JSON.stringify(state)}`, () => {
    assert.throws(
      () => createRig().truth.restore(state),
      error => MonitorError.is(error) && error.code === 'STATE_MISMATCH',
    );
  });
}

test('a state is refused once calls were observed', () => {
  const rig = createRig();
  const saved = rig.truth.save();
  rig.call('a');
  assert.throws(
    () => rig.truth.restore(saved),
    error => MonitorError.is(error) && error.code === 'UNAVAILABLE',
  );
});
