import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { Budget } from '../../../processor/drift/budget.js';
import { levelEvidence, MOST_EVIDENCE, rateEvidence } from '../../../processor/drift/evidence.js';
import { Load } from '../../../processor/drift/load.js';
import { Newcomers } from '../../../processor/drift/newcomers.js';
import { RecentMap } from '../../../processor/drift/recent-map.js';
import { learnLevel, learnRate, rateOf } from '../../../processor/drift/running.js';
import { SenderSums } from '../../../processor/drift/sender-sums.js';
import { Senders } from '../../../processor/drift/senders.js';
import { TrafficLine } from '../../../processor/drift/traffic-line.js';

const DAY = 86_400_000;
const near = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

test('evidence of a level is the log-likelihood ratio of two normal laws, with tails cut', () => {
  // log N(1; 2, 1) - log N(1; 0, 1)
  assert.equal(levelEvidence(1, 2), 0);
  near(levelEvidence(2, 1), 1.5, 1e-12);
  near(levelEvidence(0, 1), -0.5, 1e-12);
  for (const shift of [2.1, 5, 7, 100]) {
    assert.equal(levelEvidence(1e9, shift), Math.min(MOST_EVIDENCE, shift * Math.max(3, shift) - (shift * shift) / 2));
    assert.ok(levelEvidence(shift, shift) > 0);
    assert.equal(levelEvidence(-1e9, shift), -MOST_EVIDENCE);
  }
});

test('evidence of a rate is the log-likelihood ratio of two chances', () => {
  near(rateEvidence(1, 0.1, 0.4), Math.log(4), 1e-12);
  near(rateEvidence(0, 0.1, 0.4), Math.log(0.6 / 0.9), 1e-12);
  // On average it falls where nothing has changed, and rises where it has.
  assert.ok(0.1 * rateEvidence(1, 0.1, 0.4) + 0.9 * rateEvidence(0, 0.1, 0.4) < 0);
  assert.ok(0.4 * rateEvidence(1, 0.1, 0.4) + 0.6 * rateEvidence(0, 0.1, 0.4) > 0);
});

test('a running level finds centre and spread, follows a lasting change, and not an absurd value', () => {
  const random = createRandom(5);
  const state = new Float64Array(3);
  const learn = (x: number): void => learnLevel(state, 0, x, 1, 0.1, 400);
  const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6);
  for (let i = 0; i < 3000; i++) learn(10 + 2 * normal());
  near(state[1]!, 10, 0.3);
  near(state[2]!, 2, 0.25);
  for (let i = 0; i < 3; i++) learn(1e12);
  near(state[1]!, 10, 0.5);
  for (let i = 0; i < 4000; i++) learn(20 + 2 * normal());
  near(state[1]!, 20, 0.5);
});

test('a running rate counts, forgets slowly, and leans on a wider one while it is young', () => {
  const state = new Float64Array(2);
  assert.equal(rateOf(state, 0, 0.2, 80), 0.2);
  for (let i = 0; i < 80; i++) learnRate(state, 0, 0, 1500);
  near(rateOf(state, 0, 0.2, 80), 0.1, 1e-12);
  for (let i = 0; i < 9000; i++) learnRate(state, 0, 1, 1500);
  assert.ok(rateOf(state, 0, 0.2, 80) > 0.9);
  assert.ok(state[0]! <= 1500);
});

test('a recent map keeps the entries used last, tells when one left, and takes a state up in the same order', () => {
  const map = new RecentMap<number>(20);
  for (let i = 0; i < 20; i++) map.take(`k${i}`, () => i);
  const kept = map.take('k0', () => -1);
  assert.equal(kept.value, 0);
  const { generation } = map;
  map.take('new', () => 99);
  map.take('newer', () => 99);
  assert.equal(map.generation, generation);
  map.take('newest', () => 99);
  assert.notEqual(map.generation, generation);
  assert.equal(map.size, 20);
  assert.equal(map.peek('k0'), 0);
  assert.equal(map.peek('k1'), undefined);
  const copy = new RecentMap<number>(20);
  copy.restore(
    map.save(value => value),
    Number,
  );
  assert.deepEqual(
    copy.save(value => value),
    map.save(value => value),
  );
  for (const one of [map, copy]) for (let i = 0; i < 3; i++) one.take(`later${i}`, () => i);
  assert.deepEqual(
    copy.save(value => value),
    map.save(value => value),
  );
});

test('newcomers: a few dozen names are let in, names made for each call are not, and who was in stays in', () => {
  const names = new Newcomers();
  let calls = 0;
  const admitted = (name: string): boolean => names.admit(name, ++calls);
  for (let i = 0; i < 3000; i++) admitted(`template ${i % 40}`);
  assert.ok(admitted('template 7'));
  for (let i = 0; i < 300; i++) admitted(`call ${i}`);
  assert.equal(admitted('call 301'), false);
  assert.ok(admitted('template 7'));
  for (let i = 0; i < 20_000; i++) admitted(`other ${i}`);
  assert.ok(admitted('template 7'));
  const copy = new Newcomers();
  copy.restore(names.save());
  assert.deepEqual(copy.save(), names.save());
});

test('a new name now and then, over years, is let in', () => {
  const names = new Newcomers();
  for (let i = 0; i < 3000; i++) assert.ok(names.admit(`version ${i}`, i * 1000));
});

test('a sender who sends far more than usual surges, one as often as ever does not', () => {
  const senders = new Senders();
  for (let i = 0; i < 3000; i++) senders.see(i % 3 === 0 ? 'a' : `other ${i % 5}`);
  assert.equal(senders.surges('a'), false);
  for (let i = 0; i < 30; i++) senders.see('a');
  assert.equal(senders.surges('a'), true);
  assert.equal(senders.surges('never seen'), true);
});

test('one sender of several whose traffic surges brings half of what is needed at most; all together bring all', () => {
  const threshold = 20;
  const few = (): SenderSums => {
    const sums = new SenderSums();
    for (let i = 0; i < 30; i++) for (const sender of ['a', 'b', 'c']) sums.add(sender, 0, -1, threshold, false);
    return sums;
  };
  const of = (sums: SenderSums, senders: readonly string[], surges: boolean): number => {
    let total = 0;
    for (let i = 0; i < 60; i++) total = sums.add(senders[i % senders.length]!, 0, 1, threshold, surges);
    return total;
  };
  assert.equal(of(few(), ['a'], true), 10);
  assert.equal(of(few(), ['a'], false), 20);
  assert.ok(of(few(), ['a', 'b', 'c'], true) > threshold);
  assert.equal(of(new SenderSums(), ['only'], true), 20);
  const sums = few();
  of(sums, ['a', 'b'], false);
  sums.reset(0);
  assert.equal(sums.add('a', 0, 0, threshold, false), 0);
});

test('senders past the limit are one, and a state is taken up', () => {
  const sums = new SenderSums();
  for (let i = 0; i < 500; i++) sums.add(`s${i}`, 1, 0.5, 20, false);
  assert.ok(JSON.stringify(sums.save()).length < 10_000);
  const copy = new SenderSums();
  copy.restore(sums.save());
  assert.deepEqual(copy.save(), sums.save());
  assert.equal(copy.add('s3', 1, 1, 20, false), sums.add('s3', 1, 1, 20, false));
});

test('the threshold rises with the traffic and with how many parts a call is of, and falls with the budget', () => {
  const after = (budget: number, gap: number, scopes = 5): number => {
    const one = new Budget(budget);
    for (let i = 0; i < 5000; i++) {
      one.tell(1e12 + i * gap);
      one.count(scopes);
    }
    return one.threshold;
  };
  assert.ok(after(0.3, 1000) > after(0.3, 60_000));
  near(after(0.3, 1000) - after(0.3, 10_000), Math.log(10), 0.1);
  near(after(0.3, 1000, 10) - after(0.3, 1000, 5), Math.log(2), 0.01);
  near(after(0.03, 1000) - after(0.3, 1000), Math.log(10), 0.01);
});

test('a clock that jumps moves the threshold by little, and time that is none by nothing', () => {
  const [even, jumps] = [new Budget(0.3), new Budget(0.3)];
  for (let i = 0; i < 3000; i++) {
    for (const one of [even, jumps]) one.count(5);
    even.tell(1e12 + i * 60_000);
    jumps.tell(i === 1000 ? Number.NaN : 1e12 + i * 60_000 + (i === 2000 ? 300 * DAY : 0) - (i > 2500 ? 90 * DAY : 0));
  }
  near(jumps.threshold, even.threshold, 0.7);
});

test('traffic beyond any peak is told by its logarithm, traffic of the day is not', () => {
  const load = new Load();
  let at = 1e12;
  const run = (calls: number, gap: number): number => {
    let beyond = 0;
    for (let i = 0; i < calls; i++) {
      at += gap;
      beyond = load.see(at);
    }
    return beyond;
  };
  for (let day = 0; day < 3; day++) for (const gap of [60_000, 20_000, 30_000]) assert.ok(run(500, gap) < 0.05);
  const beyond = run(60, 5000);
  assert.ok(beyond > 0.6 && beyond <= Math.log(4), `${beyond}`);
  assert.ok(run(3000, 5000) < 0.05);
  assert.equal(load.see(at - DAY), 0);
  const copy = new Load();
  copy.restore(JSON.parse(JSON.stringify(load.save())));
  assert.equal(copy.see(at + 10), load.see(at + 10));
});

test('a line through the traffic predicts what more traffic uses, never that it uses less', () => {
  const [line, falling] = [new TrafficLine(0.1), new TrafficLine(0.1)];
  for (let i = 0; i < 500; i++) {
    const x = (i * 37) % 100;
    line.learn(x, 5 + 0.2 * x + ((i * 13) % 7) / 10);
    falling.learn(x, 50 - 0.2 * x);
  }
  near(line.usual(200), 45.3, 1);
  assert.ok(falling.usual(200) >= falling.usual(0));
});
