import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCall } from '../../core/call.js';
import { parseFeedback } from '../../core/feedback.js';
import { createWiring } from '../../core/wiring.js';
import { GroundTruth } from '../../processor/index.js';
import { LlmSpanProcessor } from '../../processor/span-processor.js';
import { FakeClock } from '../fake-clock.js';

function setUp() {
  const clock = new FakeClock();
  const wiring = createWiring({ clock });
  const truth = new GroundTruth({ wiring, tasks: { default: { kind: 'multiclass' } } });
  const processor = new LlmSpanProcessor({ wiring, truth, evaluators: [], detection: false });
  const publish = (id: string): void => {
    const outcome = { kind: 'ok', finishReasons: ['stop'] };
    const raw = { id, model: { requested: 'gpt' }, prediction: 'card', startedAt: clock.now(), duration: 1, outcome };
    wiring.calls.publish(cleanCall(raw, clock.now()));
  };
  const matched = (): number | undefined => wiring.store.value('truthLabels', { task: 'default', result: 'matched' });
  const dropped = (): number | undefined => wiring.store.value('selfDropped', { reason: 'queue_full' });
  return { clock, wiring, processor, truth, publish, matched, dropped };
}

const label = (id: string) => parseFeedback({ call_id: id, label: 'card' });

test('calls and labels wait for what was learnt before, in order, and count at once', async () => {
  const { clock, wiring, processor, truth, publish, matched } = setUp();
  let ready = (): void => {};
  processor.holdUntil(new Promise<void>(resolve => (ready = resolve)));
  publish('a');
  processor.accept(label('a'));
  clock.settle();
  assert.equal(matched(), 0);
  const counted = { provider: 'unknown', model: 'gpt', operation: 'other', outcome: 'ok', error_type: '' } as const;
  assert.equal(wiring.store.value('calls', counted), 1, 'counters do not wait');
  truth.restore(new GroundTruth({ wiring: createWiring() }).save());
  ready();
  await Promise.resolve();
  clock.settle();
  assert.equal(matched(), 1);
});

test('a hold that fails lets go as well, and more calls may wait during it than else', async () => {
  const { clock, processor, publish, matched, dropped } = setUp();
  processor.holdUntil(Promise.reject(new Error('no state')));
  for (let i = 0; i < 10_000; i++) publish(`c${i}`);
  processor.accept(label('c9999'));
  assert.equal(dropped(), 0);
  await new Promise(setImmediate);
  clock.settle();
  assert.equal(matched(), 1);
});
