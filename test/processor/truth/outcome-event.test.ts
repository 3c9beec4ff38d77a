import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStateStore } from '../../../processor/state/memory.js';
import type { OutcomeEvent } from '../../../processor/truth/ground-truth.js';
import { createRig, nonZero } from './truth-harness.js';

test('every label that counts is told: what was right, whether it took the place of another, and of which call', () => {
  const rig = createRig({
    tasks: { intent: { kind: 'multiclass' }, age: { kind: 'number' }, qa: { kind: 'text' } },
    slices: ['template'],
  });
  const heard: OutcomeEvent[] = [];
  const stop = rig.truth.onOutcome(event => heard.push(event));
  rig.call('a', { prediction: 'card', template: 'billing' }, 'Paris');
  rig.at(5000);
  rig.label('a', 'loan', { task: 'intent', sampling_rate: 0.5 });
  rig.label('a', 'card', { task: 'intent' });
  rig.label('a', 38, { task: 'age', prediction: 40 });
  rig.label('a', 'Rome', { task: 'qa', prediction: 'Paris' });
  rig.label('nobody', 'card', { task: 'intent' });
  stop();
  rig.label('a', 'loan', { task: 'intent' });
  const at = rig.wiring.clock.now();
  const same = { model: 'gpt', callId: 'a', at, weight: 1, replaced: false, slices: { template: 'billing' } };
  const intent = { ...same, task: 'intent', kind: 'multiclass', predicted: 'card' };
  assert.deepEqual(heard, [
    { ...intent, actual: 'loan', correct: 0, weight: 2 },
    { ...intent, actual: 'card', correct: 1, replaced: true },
    { ...same, task: 'age', kind: 'number', error: 2 },
    { ...same, task: 'qa', kind: 'text', correct: 0 },
  ]);
});

test('a listener that throws is counted, and hides nothing from the next', () => {
  const rig = createRig();
  let heard = 0;
  rig.truth.onOutcome(() => {
    throw new Error('broken');
  });
  rig.truth.onOutcome(() => heard++);
  rig.call('a', { prediction: 'x' });
  rig.label('a', 'x');
  assert.equal(heard, 1);
  assert.deepEqual(rig.read('self.errors'), { 'component=truth': 1 });
  assert.deepEqual(nonZero(rig.read('truth.labels')), { 'task=default result=matched': 1 });
});

test('with a shared state a label is told once it is claimed, by the replica that got it', async () => {
  const state = new MemoryStateStore();
  const [a, b] = [createRig({ state }), createRig({ state })];
  const heard: string[] = [];
  a.truth.onOutcome(({ callId }) => heard.push(`a ${callId}`));
  b.truth.onOutcome(({ callId, correct }) => heard.push(`b ${callId} ${correct}`));
  a.call('1', { prediction: 'x' });
  await a.truth.flush();
  b.label('1', 'x');
  assert.deepEqual(heard, []);
  await b.truth.flush();
  assert.deepEqual(heard, ['b 1 1']);
});

test('a call whose time is over without a label is counted once, by task, and not again after a restart', () => {
  const tasks = { intent: { kind: 'multiclass' }, route: { kind: 'multiclass', prediction: () => undefined } } as const;
  const rig = createRig({ labelTtl: 60, tasks });
  for (const id of ['a', 'b', 'c']) rig.call(id, { prediction: 'x' }, 'x');
  rig.label('a', 'x', { task: 'intent' });
  rig.at(30_000);
  rig.call('d', { prediction: 'x' });
  rig.at(60_001);
  assert.deepEqual(rig.read('truth.expired'), { 'task=intent': 2, 'task=route': 0 });
  const next = createRig({ labelTtl: 60, tasks });
  next.at(60_001);
  next.truth.restore(rig.truth.save());
  assert.deepEqual(next.read('truth.pending'), { 'task=intent': 1, 'task=route': 0 });
  assert.deepEqual(next.read('truth.expired'), { 'task=intent': 0, 'task=route': 0 });
  next.at(90_001);
  assert.deepEqual(next.read('truth.expired'), { 'task=intent': 1, 'task=route': 0 });
  assert.deepEqual(next.read('truth.pending'), { 'task=intent': 0, 'task=route': 0 });
});
