import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../../core/errors.js';
import { parseFeedback } from '../../../core/feedback.js';
import { createRig, pick, type Rig } from './truth-harness.js';

const OPTIONS = {
  windows: { count: [10], seconds: [] },
  tasks: { default: { kind: 'binary', classes: ['no', 'yes'] } },
} as const;
const yes = { value: 'yes' };
const no = { value: 'no' };

function figures(rig: Rig): Record<string, number> {
  const series = pick(rig.read('truth.window'), 'model=all');
  const name = (key: string): string => key.replace('task=default model=all window=10 measure=', '');
  return Object.fromEntries(Object.entries(series).map(([key, value]) => [name(key), value]));
}

function near(actual: number | undefined, expected: number, what: string): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-12, `${what}: ${actual} is not ${expected}`);
}

// Every yes of the model gets a label, and one in ten of its noes. By weight: tp 2, fp 1, tn 10, fn 10 of 23.
function sampled(rig: Rig): void {
  for (const [id, prediction, label] of [
    ['a', yes, 'yes'],
    ['b', yes, 'yes'],
    ['c', yes, 'no'],
  ] as const) {
    rig.call(id, { prediction });
    rig.label(id, label, { sampling_rate: 1 });
  }
  rig.call('d', { prediction: no, context: { sampling_rate: 0.1 } });
  rig.label('d', 'no');
  rig.call('e', { prediction: no, context: { sampling_rate: 0.7 } });
  rig.label('e', 'yes', { sampling_rate: 0.1 });
}

test('a label counts as many calls as its rate says, by the label first and else by the call', () => {
  const rig = createRig(OPTIONS);
  sampled(rig);
  const found = figures(rig);
  near(found['accuracy'], 12 / 23, 'accuracy');
  near(found['precision average=class class=yes'], 2 / 3, 'precision');
  near(found['recall average=class class=yes'], 2 / 12, 'recall');
  near(found['f1 average=class class=yes'], 4 / 15, 'f1');
  near(found['balanced_accuracy'], (2 / 12 + 10 / 11) / 2, 'balanced accuracy');
  // Counters count labels, not what they stand for.
  assert.equal(rig.read('truth.outcomes')['task=default model=gpt class=yes outcome=fn'], 1);
});

test('a further label brings its own rate', () => {
  const rig = createRig(OPTIONS);
  sampled(rig);
  rig.label('e', 'no');
  // The call's own rate, 0.7, holds where the label brings none: 13.43 right of 14.43.
  near(figures(rig)['accuracy'], (12 + 1 / 0.7) / (13 + 1 / 0.7), 'accuracy');
  rig.label('e', 'yes', { sampling_rate: 1 });
  near(figures(rig)['accuracy'], 12 / 14, 'accuracy');
});

test('the few labels of a large weight make the interval wide', () => {
  const width = (rate: number): number => {
    const rig = createRig(OPTIONS);
    for (let i = 0; i < 10; i++) {
      rig.call(`c${i}`, { prediction: yes });
      rig.label(`c${i}`, i === 0 ? 'no' : 'yes', { sampling_rate: i < 2 ? rate : 1 });
    }
    const key = 'task=default model=all window=10 measure=accuracy';
    return (rig.read('truth.window.high')[key] ?? 0) - (rig.read('truth.window.low')[key] ?? 0);
  };
  assert.ok(width(0.05) > width(1) * 1.5, `${width(0.05)} is not wider than ${width(1)}`);
});

test('text and number tasks are weighed too', () => {
  const rig = createRig({
    windows: OPTIONS.windows,
    tasks: { answer: { kind: 'text' }, price: { kind: 'number' } },
  });
  rig.call('a', {}, '10');
  rig.label('a', '10', { task: 'answer' });
  rig.label('a', 12, { task: 'price' });
  rig.call('b', {}, '20');
  rig.label('b', 'x', { task: 'answer', sampling_rate: 0.25 });
  rig.label('b', 21, { task: 'price', sampling_rate: 0.25 });
  const series = pick(rig.read('truth.window'), 'model=all');
  const get = (task: string, measure: string) => series[`task=${task} model=all window=10 measure=${measure}`];
  for (const measure of ['accuracy', 'token_f1', 'rouge_l', 'chrf']) near(get('answer', measure), 1 / 5, measure);
  near(get('price', 'mae'), (2 + 4 * 1) / 5, 'mae');
  near(get('price', 'rmse'), Math.sqrt((4 + 4 * 1) / 5), 'rmse');
});

test('a state keeps the weights', () => {
  const before = createRig(OPTIONS);
  sampled(before);
  before.call('late', { prediction: no, context: { samplingRate: '0.5' } });
  const after = createRig(OPTIONS);
  after.truth.restore(JSON.parse(JSON.stringify(before.truth.save())));
  assert.deepEqual(after.read('truth.window'), before.read('truth.window'));
  after.label('late', 'no');
  near(figures(after)['accuracy'], 14 / 25, 'accuracy');
});

test('the sum of weights does not drift: what comes and goes leaves nothing', () => {
  const rig = createRig(OPTIONS);
  for (let i = 0; i < 3000; i++) {
    rig.call(`c${i}`, { prediction: i < 2990 && i % 2 === 0 ? yes : no });
    rig.label(`c${i}`, i < 2990 ? 'yes' : 'no', { sampling_rate: i < 2990 ? 0.1 + (i % 7) / 10 : 0.3 });
  }
  assert.equal(figures(rig)['accuracy'], 1);
  assert.equal(figures(rig)['recall average=class class=yes'], undefined);
  assert.equal(figures(rig)['mcc'], undefined);
});

for (const rate of [0, -0.1, 1.01, 1e-9, Number.NaN, '0.5', null, true]) {
  test(`a rate that is none is refused: ${String(rate)}`, () => {
    assert.throws(
      () => parseFeedback({ call_id: 'a', label: true, sampling_rate: rate }),
      error => MonitorError.is(error) && error.code === 'LABEL_INVALID' && /^sampling_rate is /.test(error.message),
    );
  });
}

test('a rate of a call that is none counts as 1', () => {
  const rig = createRig(OPTIONS);
  for (const [i, rate] of ['often', 0, 7].entries()) {
    rig.call(`c${i}`, { prediction: yes, context: { sampling_rate: rate } });
    rig.label(`c${i}`, i === 0 ? 'no' : 'yes');
  }
  near(figures(rig)['accuracy'], 2 / 3, 'accuracy');
});
