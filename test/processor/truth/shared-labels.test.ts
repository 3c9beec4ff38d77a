import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../../core/errors.js';
import { createRandom } from '../../../core/random.js';
import { MemoryStateStore } from '../../../processor/state/memory.js';
import type { Claim, StoredCall } from '../../../processor/state/state-store.js';
import type { Identifier } from '../../../processor/truth/call-index.js';
import type { GroundTruthOptions } from '../../../processor/truth/ground-truth.js';
import { SharedLabels, type SharedLabelsOwner } from '../../../processor/truth/shared-labels.js';
import { FakeClock } from '../../fake-clock.js';
import { FlakyStore } from './flaky-store.js';
import { createRig, nonZero, pick, type Rig } from './truth-harness.js';

const INTENT = { default: { kind: 'multiclass', classes: ['card', 'loan', 'transfer'] } } as const;

const DAY = 86_400_000;
/** Reads the whole answer as what was predicted. */
const CARRIED = ({ text }: { readonly text: string }): string => text;

/** Replicas of one service over one store, on one clock. */
function service(replicas: number, options: Omit<GroundTruthOptions, 'wiring' | 'state'> = {}) {
  const clock = new FakeClock();
  const store = new FlakyStore(clock);
  const start = (): Rig => createRig({ clock, state: store, tasks: INTENT, ...options });
  const rigs = Array.from({ length: replicas }, start);
  /** Lets time pass, and what it sets off happen. */
  const pass = async (ms: number, step = 50): Promise<void> => {
    for (let gone = 0; gone < ms; gone += step) {
      clock.advance(Math.min(step, ms - gone));
      for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    }
  };
  return { clock, store, rigs: rigs as [Rig, Rig], start, pass };
}

/** Over all replicas: what was counted less what was taken back. */
function net(rigs: readonly Rig[], counted: string, corrected: string): Record<string, number> {
  const out: Record<string, number> = {};
  for (const rig of rigs) {
    for (const [key, value] of Object.entries(rig.read(counted))) out[key] = (out[key] ?? 0) + value;
    for (const [key, value] of Object.entries(rig.read(corrected))) out[key] = (out[key] ?? 0) - value;
  }
  return nonZero(out);
}

const matrix = (rigs: readonly Rig[]) => net(rigs, 'truth.confusion', 'truth.confusion.corrected');
const labels = (rig: Rig) => nonZero(rig.read('truth.labels'));

test('a label finds its call on another replica, by any of its names, with its model and score', async () => {
  const { rigs, pass } = service(2);
  const [a, b] = rigs;
  a.call('1', { responseId: 'r1', spanId: 's1', prediction: { value: 'card', score: 0.8 } });
  a.call('2', { responseId: 'r2', prediction: 'loan' });
  await pass(100);
  b.send({ response_id: 'r1', label: 'card' });
  b.send({ span_id: 's1', label: 'loan', task: 'other' });
  b.send({ call_id: '2', label: 'card' });
  b.send({ response_id: 'nobody', label: 'card' });
  await b.truth.flush();
  assert.deepEqual(labels(b), {
    'task=default result=matched': 2,
    'task=default result=orphan': 1,
    'task=other result=matched': 1,
  });
  assert.deepEqual(labels(a), {});
  assert.deepEqual(pick(b.read('truth.confusion'), 'task=default'), {
    'task=default actual=card predicted=card': 1,
    'task=default actual=card predicted=loan': 1,
  });
  assert.equal(
    pick(b.read('truth.window'), 'model=gpt', 'window=500', 'measure=accuracy')[
      'task=default model=gpt window=500 measure=accuracy'
    ],
    0.5,
  );
});

test('a label that is faster than its call waits a second for it, and no later one overtakes it', async () => {
  const { rigs, pass } = service(2);
  const [a, b] = rigs;
  a.call('1', { prediction: 'card' });
  b.label('1', 'loan');
  await pass(20, 10);
  await a.truth.flush();
  b.send({ call_id: '1', label: 'card' });
  b.label('nobody', 'card');
  await pass(900);
  assert.deepEqual(labels(b), {});
  await pass(1200);
  assert.deepEqual(labels(b), {
    'task=default result=matched': 1,
    'task=default result=replaced': 1,
    'task=default result=orphan': 1,
  });
  assert.deepEqual(matrix(rigs), { 'task=default actual=card predicted=card': 1 });
});

test('one label that two replicas get at once counts once', async () => {
  const { rigs } = service(2);
  const [a, b] = rigs;
  a.call('1', { prediction: 'card' });
  await a.truth.flush();
  for (const rig of rigs) rig.label('1', 'card');
  await Promise.all(rigs.map(rig => rig.truth.flush()));
  assert.deepEqual(net(rigs, 'truth.outcomes', 'truth.corrected'), {
    'task=default model=gpt class=card outcome=tp': 1,
    'task=default model=gpt class=loan outcome=tn': 1,
    'task=default model=gpt class=transfer outcome=tn': 1,
  });
  assert.deepEqual(matrix(rigs), { 'task=default actual=card predicted=card': 1 });
  const results = rigs.map(rig => Object.keys(labels(rig)).join());
  assert.deepEqual(results.sort(), ['task=default result=matched', 'task=default result=replaced']);
  assert.ok(b !== undefined);
});

test('a prediction that a label brought serves the labels that follow it to the same replica', async () => {
  const { rigs } = service(2);
  const [a, b] = rigs;
  a.call('1');
  await a.truth.flush();
  b.label('1', 'card', { prediction: 'card', score: 0.9 });
  await b.truth.flush();
  b.label('1', 'loan');
  await b.truth.flush();
  assert.deepEqual(labels(b), { 'task=default result=matched': 1, 'task=default result=replaced': 1 });
  assert.deepEqual(matrix(rigs), { 'task=default actual=loan predicted=card': 1 });
});

test('a call is found after a restart, without a state of its own', async () => {
  const { rigs, start } = service(1);
  rigs[0].call('1', { prediction: 'card' });
  await rigs[0].truth.flush();
  const next = start();
  next.label('1', 'card');
  await next.truth.flush();
  assert.deepEqual(labels(next), { 'task=default result=matched': 1 });
});

test('a label that takes the place of one of another replica moves the counters, and no window', async () => {
  const { rigs } = service(2);
  const [a, b] = rigs;
  a.call('1', { prediction: 'card' });
  a.label('1', 'card');
  await a.truth.flush();
  b.label('1', 'loan');
  await b.truth.flush();
  assert.deepEqual(labels(b), { 'task=default result=replaced': 1 });
  assert.deepEqual(matrix(rigs), { 'task=default actual=loan predicted=card': 1 });
  assert.deepEqual(b.read('truth.window'), {});
  const accuracy = (rig: Rig): number[] => Object.values(pick(rig.read('truth.window'), 'measure=accuracy'));
  assert.deepEqual(new Set(accuracy(a)), new Set([1]));
  a.label('1', 'transfer');
  await a.truth.flush();
  assert.deepEqual(matrix(rigs), { 'task=default actual=transfer predicted=card': 1 });
  assert.deepEqual(new Set(accuracy(a)), new Set([0]), 'its own windows follow its own labels');
});

test('further labels of a call of another replica change the windows of the replica that took its first', async () => {
  const { rigs } = service(2);
  const [a, b] = rigs;
  a.call('1', { prediction: 'card' });
  await a.truth.flush();
  for (const label of ['loan', 'transfer', 'card']) b.label('1', label);
  await b.truth.flush();
  assert.deepEqual(labels(b), { 'task=default result=matched': 1, 'task=default result=replaced': 2 });
  assert.deepEqual(matrix(rigs), { 'task=default actual=card predicted=card': 1 });
  const accuracy = pick(b.read('truth.window'), 'measure=accuracy', 'window=500');
  assert.deepEqual(Object.values(accuracy), [1, 1]);
});

for (const fault of ['request', 'answer'] as const) {
  test(`a store that is away loses nothing and counts nothing twice: the ${fault} is lost`, async () => {
    const { rigs, store, pass } = service(2);
    const [a, b] = rigs;
    store.fault = () => fault;
    a.call('1', { prediction: 'card' });
    a.call('2', { prediction: 'loan' });
    await pass(1000);
    a.label('1', 'card');
    b.label('2', 'card');
    await pass(60_000, 1000);
    assert.deepEqual([labels(a), labels(b)], [{}, {}]);
    store.fault = () => undefined;
    await pass(15_000, 1000);
    assert.deepEqual(labels(a), { 'task=default result=matched': 1 });
    assert.deepEqual(labels(b), { 'task=default result=matched': 1 });
    assert.ok((a.read('self.errors')['component=state'] ?? 0) > 3);
    assert.deepEqual(nonZero(a.read('self.dropped')), {});
    const asks = store.asked.length;
    assert.ok(asks < 100, `${asks} requests`);
  });
}

test('a flush of a store that is away ends when its patience does', async () => {
  const { rigs, store, clock } = service(1);
  store.fault = () => 'request';
  rigs[0].call('1', { prediction: 'card' });
  rigs[0].label('1', 'card');
  let flushed = false;
  const done = rigs[0].truth.flush(2000).then(() => {
    flushed = true;
  });
  for (let i = 0; i < 10; i++) await new Promise(setImmediate);
  assert.equal(flushed, false);
  clock.advance(2000);
  await done;
  rigs[0].truth.stop();
  assert.deepEqual(nonZero(rigs[0].read('self.dropped')), { 'reason=state_unavailable': 2 }, 'the call and its label');
});

test('a store that is away is not offered the calls that have left meanwhile', async () => {
  const clock = new FakeClock();
  const store = new FlakyStore(clock);
  const offered: number[] = [];
  const never = (): never => assert.fail('no label came');
  const owner: SharedLabelsOwner = {
    stored: number => {
      offered.push(number);
      return { ids: { callId: String(number) }, at: 0, data: null };
    },
    judge: never,
    claim: never,
    settle: never,
    rate: never,
    failed: () => {},
    dropped: () => {},
  };
  const line = new SharedLabels({ labels: store.labels, clock, owner });
  for (let number = 0; number < 10_000; number++) {
    line.add(number);
    if (number >= 3) assert.equal(line.leave(number - 3), true);
  }
  assert.equal(line.leave(0), false);
  await line.flush(1000);
  assert.deepEqual(offered, [9997, 9998, 9999]);
  assert.equal(line.leave(9999), false, 'it is in the store');
});

test('what has no room while the store is away is counted; the rest comes when it is back', async () => {
  const { rigs, store, pass } = service(2, { maxPending: 3 });
  const [a, b] = rigs;
  store.fault = () => 'request';
  for (const id of ['1', '2', '3', '4', '5']) a.call(id, { prediction: 'card' });
  assert.deepEqual(nonZero(a.read('self.dropped')), { 'reason=label_backlog': 2 });
  store.fault = () => undefined;
  await pass(1000);
  for (const id of ['6', '7']) a.call(id, { prediction: 'card' });
  await pass(1000);
  for (const id of ['1', '2', '3', '4', '5', '6', '7']) b.label(id, 'card');
  await b.truth.flush();
  assert.deepEqual(labels(b), { 'task=default result=matched': 5, 'task=default result=orphan': 2 });
  assert.deepEqual(nonZero(a.read('self.dropped')), { 'reason=label_backlog': 2 }, 'what the store has is not lost');
});

test('a store that refuses for good gets no further than a few times, and the rest goes on', async () => {
  const { rigs, store, pass } = service(2);
  const [a, b] = rigs;
  const { claim } = store.labels;
  Object.assign(store.labels, { claim: () => Promise.reject(new Error('a fault of its own')) });
  a.call('1', { prediction: 'card' });
  a.label('1', 'card');
  await pass(20_000, 500);
  assert.deepEqual(nonZero(a.read('self.dropped')), { 'reason=state_unavailable': 1 });
  Object.assign(store.labels, { claim });
  b.label('1', 'loan');
  await b.truth.flush();
  assert.deepEqual(labels(b), { 'task=default result=matched': 1 });
});

test('of what is put, looked for and claimed together a store refuses one: that alone is given up and counted', async () => {
  const { rigs, store, pass } = service(2);
  const [a, b] = rigs;
  const { put, find, claim } = store.labels;
  const refusing = async <T>(bad: boolean, run: () => Promise<T>): Promise<T> => {
    if (bad) throw new MonitorError('REFUSED', 'no such character');
    return run();
  };
  Object.assign(store.labels, {
    put: (calls: readonly StoredCall[]) =>
      refusing(
        calls.some(({ ids }) => ids.callId === 'put-3'),
        () => put(calls),
      ),
    find: (by: Identifier, id: string) => refusing(id === 'find-3', () => find(by, id)),
    claim: (claims: readonly Claim[]) =>
      refusing(
        claims.some(({ callId }) => callId === 'claim-3'),
        () => claim(claims),
      ),
  });
  const ids = ['put', 'find', 'claim'].flatMap(what => Array.from({ length: 20 }, (_, n) => `${what}-${n}`));
  for (const id of ids) a.call(id, { prediction: 'card' });
  await pass(10_000, 100);
  assert.deepEqual(nonZero(a.read('self.dropped')), { 'reason=state_unavailable': 1 });
  assert.equal(await store.memory.labels.size(), 59);
  for (const id of ids) b.label(id, 'card');
  await pass(30_000, 100);
  assert.deepEqual(nonZero(b.read('self.dropped')), { 'reason=state_unavailable': 2 });
  assert.deepEqual(labels(b), { 'task=default result=matched': 57, 'task=default result=orphan': 1 });
  a.call('after', { prediction: 'card' });
  await a.truth.flush();
  b.label('after', 'card');
  await b.truth.flush();
  assert.equal(labels(b)['task=default result=matched'], 58);
});

test('a store that lost what it had gets back the calls that wait here', async () => {
  const { clock, rigs, store, pass } = service(1);
  const [a] = rigs;
  a.call('1', { prediction: 'card' });
  await pass(100);
  a.label('1', 'card');
  await a.truth.flush();
  store.memory = new MemoryStateStore(clock);
  a.call('2', { prediction: 'card' });
  a.label('1', 'loan');
  a.label('2', 'card');
  await a.truth.flush();
  assert.deepEqual(labels(a), { 'task=default result=matched': 2, 'task=default result=replaced': 1 });
  assert.deepEqual(matrix(rigs), {
    'task=default actual=loan predicted=card': 1,
    'task=default actual=card predicted=card': 1,
  });
});

test('no word of a text leaves the process: a text label counts where the answer is, or with the answer beside it', async () => {
  const { rigs, store } = service(2, { tasks: { qa: { kind: 'text' }, route: { kind: 'multiclass' } } });
  const [a, b] = rigs;
  const secret = 'the capital is Paris';
  for (const id of ['1', '2', '3']) a.call(id, {}, secret);
  a.call('4', { prediction: `somebody also had this predicted${' at length'.repeat(5)}` });
  // Short enough for the name of a class, and a prediction of one task alone.
  b.call('5', { prediction: 'Call somebody at 0171 2345678' }, secret);
  b.call('6', { prediction: '0171-2345678' });
  await b.truth.flush();
  await a.truth.flush();
  a.label('1', secret, { task: 'qa' });
  b.label('2', secret, { task: 'qa' });
  b.label('3', secret, { task: 'qa', prediction: secret });
  b.label('4', 'card', { task: 'route' });
  b.label('5', 'card', { task: 'route' });
  await Promise.all(rigs.map(rig => rig.truth.flush()));
  assert.deepEqual(labels(a), { 'task=qa result=matched': 1 });
  assert.deepEqual(labels(b), {
    'task=qa result=rejected': 1,
    'task=qa result=matched': 1,
    'task=route result=matched': 2,
  });
  assert.deepEqual(pick(b.read('truth.confusion'), 'task=route'), { 'task=route actual=card predicted=other': 2 });
  const swept = await store.memory.labels.sweep(Number.POSITIVE_INFINITY, 10);
  const held = JSON.stringify([store.put, swept, a.truth.save(), b.truth.save()]);
  for (const word of ['capital', 'Paris', 'somebody', '0171', '2345678']) assert.ok(!held.includes(word), word);
  assert.equal(store.put.length, 6);
});

test('a predicted text goes into the store only where a task has classes that it may be', async () => {
  for (const [tasks, prediction, kept] of [
    [{ default: { kind: 'multiclass' } }, 'ask_for_a_loan', true],
    [{ default: { kind: 'multiclass' } }, 'ask for a loan', false],
    [{ default: { kind: 'multiclass' } }, '0171-2345678', false],
    [{ default: { kind: 'multiclass', classes: ['ask for a loan', 'card'] } }, 'ask for a loan', true],
    [{ default: { kind: 'multiclass', classes: ['ask for a loan', 'card'] } }, 'transfer', false],
    [{ default: { kind: 'multiclass', prediction: CARRIED } }, 'Call Anna Berg', false],
    [{ default: { kind: 'multiclass', prediction: CARRIED } }, 'anna', true],
    [{ default: { kind: 'multiclass', classes: ['card', 'loan'], prediction: CARRIED } }, 'anna', false],
    [{ default: { kind: 'binary', positive: 'ask for it' } }, 'ask for it', true],
    [{ default: { kind: 'binary', positive: 'ask for it' } }, 'ask for more', false],
    [{ default: { kind: 'number', prediction: CARRIED } }, 'Paris', false],
    [{ default: { kind: 'number', prediction: CARRIED } }, '42.5', true],
    [{ default: { kind: 'text', prediction: CARRIED } }, 'Paris', false],
    [{ default: { kind: 'text' } }, 'Paris', false],
    [{ default: { kind: 'number' } }, '42.5', true],
    [{ default: { kind: 'number' } }, 'Paris', false],
    [{}, 'lost_card', true],
    [{}, 'it is in Paris', false],
  ] as const) {
    const { rigs, store } = service(1, { tasks });
    const [a] = rigs;
    a.call('1', { prediction }, prediction);
    await a.truth.flush();
    const held = JSON.stringify(store.put);
    assert.equal(held.includes(prediction), kept, `${JSON.stringify(tasks)} ${prediction}`);
    // A snapshot has the calls that were labelled here.
    a.label('1', 7, { prediction: 7 });
    a.label('1', 'card', { prediction: 'card' });
    await a.truth.flush();
    const task = Object.keys(tasks).length === 0 ? undefined : Object.values(tasks)[0]?.kind;
    if (!kept) assert.ok(!JSON.stringify(a.truth.save()).includes(prediction), `${task} ${prediction}`);
  }
});

test('calls that are over are swept once over all replicas; a late label is known to be late for a while', async () => {
  const { rigs, store, pass } = service(2, { labelTtl: 800, maxPending: 2 });
  const [a, b] = rigs;
  for (const id of ['1', '2', '3']) {
    a.call(id, { prediction: 'card' });
    await pass(100);
  }
  b.label('2', 'card');
  await pass(11_000, 1000);
  assert.deepEqual(a.read('truth.pending'), { 'task=default': 3 });
  await pass(795_000, 5000);
  b.label('1', 'card');
  await b.truth.flush();
  assert.deepEqual(labels(b), { 'task=default result=matched': 1, 'task=default result=expired': 1 });
  await pass(120_000, 5000);
  const expired = rigs.map(rig => rig.read('truth.expired')['task=default'] ?? 0);
  assert.equal((expired[0] ?? 0) + (expired[1] ?? 0), 2);
  assert.equal(await store.memory.labels.size(), 0);
  for (const rig of rigs) assert.deepEqual(rig.read('truth.pending'), { 'task=default': 0 });
  b.label('1', 'card');
  await b.truth.flush();
  assert.equal(labels(b)['task=default result=orphan'], 1);
});

for (const days of [8, -8])
  test(`a replica whose clock is ${days} days off shares the store, and takes nothing out too early`, async () => {
    const { clock, rigs, store, start, pass } = service(1);
    const [a] = rigs;
    a.call('1', { prediction: 'card' });
    a.call('2', { prediction: 'card' });
    await a.truth.flush();
    const wrong = new FakeClock();
    wrong.jump(days * DAY);
    const b = createRig({ clock: wrong, state: store, tasks: INTENT });
    const both = async (ms: number): Promise<void> => {
      for (let gone = 0; gone < ms; gone += 1000) {
        wrong.advance(1000);
        await pass(1000, 1000);
      }
    };
    b.call('3', { prediction: 'card' });
    b.label('1', 'card');
    await b.truth.flush();
    await both(30_000);
    assert.equal(await store.memory.labels.size(), 3);
    a.label('3', 'card');
    await a.truth.flush();
    assert.deepEqual([labels(a), labels(b)], Array(2).fill({ 'task=default result=matched': 1 }));
    // Nor does a process that takes the state up, by a clock that is right.
    const saved = b.truth.save();
    b.truth.stop();
    const next = start();
    next.truth.restore(saved);
    await pass(30_000, 1000);
    assert.equal(await store.memory.labels.size(), 3);
    assert.deepEqual(nonZero(next.read('truth.expired')), {});
    assert.ok(Math.abs((next.truth.save() as { now: number }).now - clock.now()) <= 1);
    next.call('4', { prediction: 'card' });
    await next.truth.flush();
    for (const { at } of store.put) assert.ok(Math.abs(at - clock.now()) < 120_000, `${at}`);
  });

test('a rating of a call of another replica is recorded under its model', async () => {
  const { rigs } = service(2);
  const [a, b] = rigs;
  a.call('1', { model: { requested: 'small' } });
  await a.truth.flush();
  b.send({ call_id: '1', rating: 1 });
  b.send({ call_id: 'nobody', rating: 0 });
  await b.truth.flush();
  assert.deepEqual(b.read('feedback.rating'), { 'task=default model=small': 1, 'task=default model=other': 1 });
});

test('what another version put there is refused and counted, and never counts twice', async () => {
  const { rigs, store } = service(1);
  const [a] = rigs;
  const at = a.wiring.clock.now();
  await store.labels.put([
    { ids: { callId: 'odd' }, at, data: { version: 99 } },
    { ids: { callId: 'claimed' }, at, data: [1, 'gpt', ['card', null], [], 1, {}] },
  ]);
  await store.labels.claim([{ callId: 'claimed', task: 'default', token: 't', verdict: 'of another version' }]);
  a.label('odd', 'card');
  a.label('claimed', 'card');
  await a.truth.flush();
  assert.deepEqual(labels(a), { 'task=default result=rejected': 2 });
  assert.equal(a.read('self.errors')['component=state'], 2);
  assert.deepEqual(a.read('truth.confusion'), {});
});

test('classes that were folded on one replica are folded alike on the other', async () => {
  const { rigs } = service(2);
  const [a, b] = rigs;
  a.call('1', { prediction: 'insurance' });
  a.label('1', 'mortgage');
  await a.truth.flush();
  b.label('1', 'card');
  await b.truth.flush();
  assert.deepEqual(matrix(rigs), { 'task=default actual=card predicted=other': 1 });
});

test('calls and labels share round trips', async () => {
  const { rigs, store, pass } = service(1);
  for (let i = 0; i < 1000; i++) rigs[0].call(`${i}`, { prediction: 'card' });
  await pass(200);
  for (let i = 0; i < 1000; i++) rigs[0].label(`${i}`, 'card');
  await pass(200);
  assert.deepEqual(labels(rigs[0]), { 'task=default result=matched': 1000 });
  const asked = (method: string): number => store.asked.filter(one => one === method).length;
  assert.ok(asked('put') <= 8 && asked('claim') <= 8, `${asked('put')} puts, ${asked('claim')} claims`);
  assert.equal(asked('find'), 0);
});

for (const seed of [1, 2, 3]) {
  test(`three replicas under a store that fails at random come to what one process counts (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const any = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const { rigs, store, pass } = service(3, { windows: { count: [50], seconds: [] } });
    store.fault = () => any([undefined, undefined, undefined, 'request', 'answer'] as const);
    const one = createRig({ tasks: INTENT, windows: { count: [50], seconds: [] } });
    const { classes } = INTENT.default;
    const model = { requested: 'gpt' };
    const fault = store.fault;
    const known: string[] = [];
    for (let round = 0; round < 15; round++) {
      // Two labels of one call that are under way on two replicas have no order: a round has one a call, of earlier rounds.
      const targets = new Set(known);
      for (let i = 0; i < 20; i++) {
        const prediction = any([...classes, 'none of these']);
        for (const rig of [any(rigs), one]) rig.call(`c${round}-${i}`, { prediction, model });
        known.push(`c${round}-${i}`);
        const target = any([...targets, 'nobody']);
        // Of a prediction that is not listed other replicas know only that: not whether a label is the same.
        const label = any([...classes, 'something else']);
        targets.delete(target);
        for (const rig of [any(rigs), one]) rig.label(target, label);
        await pass(50);
      }
      store.fault = () => undefined;
      await Promise.all(rigs.map(rig => rig.truth.flush()));
      store.fault = fault;
    }
    store.fault = () => undefined;
    await pass(30_000, 1000);
    assert.deepEqual(matrix(rigs), matrix([one]));
    assert.deepEqual(net(rigs, 'truth.outcomes', 'truth.corrected'), net([one], 'truth.outcomes', 'truth.corrected'));
    const results = (result: string): number =>
      rigs.reduce((sum, rig) => sum + (labels(rig)[`task=default result=${result}`] ?? 0), 0);
    for (const result of ['matched', 'replaced', 'orphan'])
      assert.equal(results(result), labels(one)[`task=default result=${result}`], result);
  });
}
