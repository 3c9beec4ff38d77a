import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../../core/errors.js';
import { MAX_SLICE_VALUES } from '../../../processor/truth/slices.js';
import { createRig, pick, type Rig } from './truth-harness.js';

const LABELS = { tier: ['free', 'pro'] };
const WINDOWS = { count: [4], seconds: [] };

function intents(slices: readonly string[]): Rig {
  const tasks = { default: { kind: 'multiclass', classes: ['card', 'loan'] } } as const;
  return createRig({ callLabels: LABELS, slices, windows: WINDOWS, tasks });
}

let calls = 0;
function answered(rig: Rig, raw: Parameters<Rig['call']>[1], predicted: string, label: string): string {
  const id = `c${calls++}`;
  rig.call(id, { ...raw, prediction: predicted });
  rig.label(id, label);
  return id;
}

/** Accuracy by value of a slice. */
function accuracy(rig: Rig, slice: string): Record<string, number> {
  const series = pick(rig.read('truth.slice'), `slice=${slice}`, 'measure=accuracy');
  return Object.fromEntries(Object.entries(series).map(([key, n]) => [/value=(\S+)/.exec(key)?.[1] ?? '', n]));
}

test('each allowed value of an attribute has its own measures; any other value, and none, is other', () => {
  const rig = intents(['tier']);
  answered(rig, { context: { tier: 'pro' } }, 'card', 'card');
  answered(rig, { context: { tier: 'free' } }, 'card', 'loan');
  answered(rig, { context: { tier: 'free' } }, 'loan', 'loan');
  answered(rig, { context: { tier: 'jane@example.com' } }, 'card', 'loan');
  answered(rig, {}, 'card', 'card');
  assert.deepEqual(accuracy(rig, 'tier'), { pro: 1, free: 0.5, other: 0.5 });
  assert.deepEqual(Object.keys(pick(rig.read('truth.slice'), 'value=free')).sort(), [
    'task=default slice=tier value=free window=4 measure=accuracy',
    'task=default slice=tier value=free window=4 measure=f1 average=macro',
    'task=default slice=tier value=free window=4 measure=precision average=macro',
    'task=default slice=tier value=free window=4 measure=recall average=macro',
  ]);
  const [low, high] = ['low', 'high'].map(end => pick(rig.read(`truth.slice.${end}`), 'value=pro', 'measure=accuracy'));
  assert.ok((Object.values(low ?? {})[0] ?? 1) < 0.5);
  assert.equal(Object.values(high ?? {})[0], 1);
});

test('the windows of a slice hold its own last labels, and a replaced label changes them in place', () => {
  const rig = intents(['tier']);
  const rare = answered(rig, { context: { tier: 'pro' } }, 'card', 'loan');
  for (let i = 0; i < 10; i++) answered(rig, { context: { tier: 'free' } }, 'card', i < 6 ? 'loan' : 'card');
  assert.deepEqual(accuracy(rig, 'tier'), { pro: 0, free: 1 });
  rig.label(rare, 'card');
  assert.deepEqual(accuracy(rig, 'tier'), { pro: 1, free: 1 });
});

test('a template is a value by the name that the app gave it, never by a hash or a sentence', () => {
  const rig = intents(['template', 'tier']);
  answered(rig, { template: 'faq-v2' }, 'card', 'card');
  answered(rig, { template: 'deadbeef' }, 'card', 'loan');
  answered(rig, { template: 'You are the assistant of Jane Doe' }, 'card', 'card');
  answered(rig, { template: 'account-123456789' }, 'card', 'card');
  assert.deepEqual(accuracy(rig, 'template'), { 'faq-v2': 1, other: 2 / 3 });
  assert.deepEqual(accuracy(rig, 'tier'), { other: 3 / 4 });
});

test('values past the bound are other, for good', () => {
  const rig = intents(['template']);
  const name = (i: number): string => `t${String.fromCharCode(97 + i)}`;
  for (let i = 0; i < MAX_SLICE_VALUES + 5; i++) answered(rig, { template: name(i) }, 'card', 'card');
  answered(rig, { template: name(0) }, 'card', 'card');
  const found = Object.keys(accuracy(rig, 'template'));
  assert.equal(found.length, MAX_SLICE_VALUES + 1);
  assert.ok(found.includes('other') && found.includes(name(MAX_SLICE_VALUES - 1)));
  assert.ok(!found.includes(name(MAX_SLICE_VALUES)));
});

test('a binary task shows its positive class, a text and a number task all they have', () => {
  const tasks = { spam: { kind: 'binary' }, answer: { kind: 'text' }, price: { kind: 'number' } } as const;
  const rig = createRig({ callLabels: LABELS, slices: ['tier'], windows: WINDOWS, tasks });
  rig.call('a', { context: { tier: 'pro' }, prediction: true });
  rig.label('a', true, { task: 'spam' });
  rig.call('b', { context: { tier: 'pro' } }, '42');
  rig.label('b', '41', { task: 'answer' });
  rig.label('b', 40, { task: 'price' });
  const found = Object.keys(rig.read('truth.slice')).map(key => key.replace(/ slice=tier value=pro window=4/, ''));
  assert.deepEqual(found.sort(), [
    'task=answer measure=accuracy',
    'task=answer measure=chrf',
    'task=answer measure=rouge_l',
    'task=answer measure=token_f1',
    'task=price measure=mae',
    'task=price measure=rmse',
    'task=spam measure=accuracy',
    'task=spam measure=f1 average=binary',
    'task=spam measure=precision average=binary',
    'task=spam measure=recall average=binary',
  ]);
});

test('with too little room some slices are left out and counted, none is a mixture', () => {
  const rig = createRig({ callLabels: LABELS, slices: ['tier'], windows: WINDOWS, seriesLimit: 5 });
  answered(rig, { context: { tier: 'pro' } }, 'card', 'card');
  answered(rig, { context: { tier: 'free' } }, 'card', 'loan');
  const found = Object.keys(rig.read('truth.slice'));
  assert.equal(found.length, 5);
  assert.equal(rig.read('self.series.folded')['metric=llm_monitor.truth.slice'], 3);
});

test('a restored state has the slices it was saved with', () => {
  const options = { callLabels: LABELS, slices: ['tier', 'template'], windows: WINDOWS };
  const before = createRig(options);
  answered(before, { context: { tier: 'pro' }, template: 'faq' }, 'card', 'card');
  before.call('late', { context: { tier: 'free' }, template: 'faq', prediction: 'card' });
  const after = createRig(options);
  after.truth.restore(JSON.parse(JSON.stringify(before.truth.save())));
  assert.deepEqual(after.read('truth.slice'), before.read('truth.slice'));
  after.label('late', 'loan');
  assert.deepEqual(accuracy(after, 'tier'), { pro: 1, free: 0 });
  assert.deepEqual(accuracy(after, 'template'), { faq: 0.5 });
});

for (const [slices, message] of [
  [['team'], /truth\.slices is "team"; expected one of template, tier; an attribute must be allowed as a label first/],
  [['tier', 'tier'], /truth\.slices is .*; expected up to 4 different ones of template, tier/],
  ['tier', /truth\.slices is "tier"; expected up to 4/],
] as const) {
  test(`slices that are not accepted are named: ${JSON.stringify(slices)}`, () => {
    assert.throws(
      () => createRig({ callLabels: LABELS, slices: slices as readonly string[] }),
      error => MonitorError.is(error) && error.code === 'CONFIG_INVALID' && message.test(error.message),
    );
  });
}
