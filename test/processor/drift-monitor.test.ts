import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCall } from '../../core/call.js';
import { createWiring } from '../../core/wiring.js';
import type { DriftEvent } from '../../processor/drift/drift-watch.js';
import type { ResourceSample } from '../../processor/drift/resource-watch.js';
import { type DriftOptions, LlmSpanProcessor } from '../../processor/index.js';
import { FakeClock } from '../fake-clock.js';

const MINUTE = 60_000;

function setUp(drift: DriftOptions | false = { resources: false }) {
  const clock = new FakeClock();
  const wiring = createWiring({ clock });
  const processor = new LlmSpanProcessor({ wiring, evaluators: [], detection: false, pricing: false, drift });
  let made = 0;
  const run = (calls: number, fails: (i: number) => boolean = () => false, label?: (i: number) => string): void => {
    for (let i = 0; i < calls; i++) {
      clock.advance(MINUTE);
      const id = `call-${++made}`;
      const { call, rejected } = cleanCall(
        {
          id,
          provider: 'openai',
          operation: 'chat',
          model: { requested: i % 2 === 0 ? 'large' : 'small' },
          startedAt: clock.now() - 1000,
          duration: 1 + (made % 7) / 10,
          usage: { input_uncached: 100, output: 20, source: 'reported' },
          prediction: { value: 'yes' },
          outcome: fails(i) ? { kind: 'error', errorType: 'server' } : { kind: 'ok', finishReasons: ['stop'] },
        },
        clock.now(),
      );
      wiring.calls.publish({ call, rejected });
      if (label !== undefined && !fails(i))
        processor.accept({ kind: 'label', by: 'call_id', id, task: 'default', label: label(i) });
      clock.settle();
    }
  };
  const read = (
    metric: 'driftActive' | 'driftDetected',
    signal: string,
    model = 'all',
    direction: 'up' | 'down' = 'up',
  ) => {
    wiring.store.collect();
    return wiring.store.value(metric, { signal, model, direction });
  };
  return { clock, wiring, processor, run, read };
}

test('every signal is there from the start, as 0', () => {
  const { read } = setUp();
  for (const signal of ['errors', 'latency', 'cost', 'behaviour', 'event_loop_delay', 'cpu', 'memory']) {
    assert.equal(read('driftActive', signal), 0, signal);
    assert.equal(read('driftDetected', signal), 0, signal);
  }
  assert.equal(read('driftActive', 'accuracy', 'all', 'down'), 0);
  assert.equal(read('driftDetected', 'accuracy', 'all', 'down'), 0);
});

test('an incident is active for its model, counted once, told to listeners, and over', () => {
  const { run, read, processor, wiring } = setUp();
  const heard: DriftEvent[] = [];
  processor.drift?.onDrift(() => {
    throw new Error('broken');
  });
  const stop = processor.drift?.onDrift(event => heard.push(event));
  run(600);
  run(60, i => i % 2 === 0);
  assert.equal(read('driftActive', 'errors', 'large'), 1);
  assert.equal(read('driftActive', 'errors'), 1);
  assert.equal(read('driftActive', 'errors', 'small'), undefined);
  assert.equal((read('driftDetected', 'errors') ?? 0) + (read('driftDetected', 'errors', 'large') ?? 0), 1);
  assert.equal(heard.filter(({ pages }) => pages).length, 1);
  assert.ok((wiring.store.value('selfErrors', { component: 'drift' }) ?? 0) > 0);
  run(300);
  assert.equal(read('driftActive', 'errors', 'large'), 0);
  assert.equal(read('driftActive', 'errors'), 0);
  assert.equal(heard.at(-1)?.state, 'recovered');
  const before = heard.length;
  stop?.();
  run(60, () => true);
  assert.equal(heard.length, before);
});

test('late labels that turn bad are a drop of accuracy, of the calls they speak of', () => {
  const { run, read } = setUp();
  const wrong = () => false;
  run(600, wrong, () => 'yes');
  run(60, wrong, i => (i % 2 === 0 ? 'no' : 'yes'));
  assert.equal(read('driftActive', 'accuracy', 'large', 'down'), 1);
  assert.equal(read('driftActive', 'accuracy', 'small', 'down'), undefined);
});

test('a label of a call that another replica saw counts for its model', () => {
  const { processor, wiring, clock } = setUp();
  const watch = processor.drift?.watch;
  for (let i = 0; i < 400; i++) {
    clock.advance(MINUTE);
    const { call, rejected } = cleanCall(
      {
        id: `c${i}`,
        model: { requested: 'large' },
        duration: 1,
        outcome: { kind: 'ok', finishReasons: [] },
        prediction: 'x',
      },
      clock.now(),
    );
    wiring.calls.publish({ call, rejected });
    clock.settle();
  }
  // Taken up from a snapshot, the watch knows none of the calls before.
  for (const _ of processor.drift?.restoring(processor.drift.watch.save()) ?? []);
  for (let i = 0; i < 40; i++)
    processor.accept({ kind: 'label', by: 'call_id', id: `c${i}`, task: 'default', label: 'y' });
  clock.settle();
  const active = [...(watch?.active() ?? [])].map(({ signal, scope }) => `${signal} ${scope.name}`);
  assert.deepEqual(active.sort(), ['accuracy all', 'accuracy large']);
});

test('without a drift watch nothing is watched and no series is there', () => {
  const { run, read, processor } = setUp(false);
  run(10);
  assert.equal(processor.drift, undefined);
  assert.equal(read('driftActive', 'errors'), undefined);
});

test('what the process uses beyond its traffic is active until it is over', () => {
  const { processor, read, clock } = setUp();
  const sample = (cpu: number): ResourceSample => ({
    calls: 10,
    eventLoopDelay: 0.005,
    cpu,
    elapsed: 10,
    rss: 2e8,
  });
  const run = (samples: number, cpu: number): void => {
    for (let i = 0; i < samples; i++) {
      clock.advance(10_000);
      processor.drift?.observeResources(sample(cpu));
    }
  };
  run(600, 0.5);
  assert.equal(read('driftActive', 'cpu'), 0);
  run(120, 3);
  assert.equal(read('driftActive', 'cpu'), 1);
  assert.equal(read('driftDetected', 'cpu'), 1);
  run(300, 0.5);
  assert.equal(read('driftActive', 'cpu'), 0);
});

test('after shutdown neither labels nor samples are taken', async () => {
  const clock = new FakeClock();
  const wiring = createWiring({ clock });
  const processor = new LlmSpanProcessor({ wiring, evaluators: [], detection: false });
  const done = processor.shutdown();
  clock.settle();
  await done;
  processor.drift?.stop();
  // A timer that was left would sample, and arm itself, for ever.
  clock.advance(3_600_000);
  assert.equal(wiring.store.value('selfErrors', { component: 'drift' }), undefined);
});

test('a state that is broken half way is refused, and what was learnt stays', () => {
  const { run, processor } = setUp();
  run(400);
  const before = JSON.stringify(processor.drift?.watch.save());
  const broken = { ...(processor.drift?.watch.save() as object), scopes: [['', 1, { kind: 'all', name: 'all' }]] };
  assert.throws(() => [...(processor.drift?.restoring(broken) ?? [])], { code: 'STATE_MISMATCH' });
  assert.equal(JSON.stringify(processor.drift?.watch.save()), before);
});
