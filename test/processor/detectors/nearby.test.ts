import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../core/json.js';
import { createRandom } from '../../../core/random.js';
import type { FeatureScale } from '../../../processor/detectors/context-normaliser.js';
import { Nearby, type Scope } from '../../../processor/detectors/nearby.js';

const SCALES: readonly FeatureScale[] = [
  { kind: 'measure', spread: 0.5, least: 0.05, by: 'model', harm: 'high' },
  { kind: 'rate', by: 'prompt', harm: 'high' },
];
const A: readonly Scope[] = [{ kind: 'model', key: 'a' }];
const B: readonly Scope[] = [{ kind: 'model', key: 'b' }];
const USUAL_RATE = 0.02;
const EVENT = Math.asinh((1 - USUAL_RATE) / Math.sqrt(USUAL_RATE * (1 - USUAL_RATE)));
const NO_EVENT = Math.asinh(-Math.sqrt(USUAL_RATE / (1 - USUAL_RATE)));

/** Calls of both models; those of `a` are slower by `slow` spreads, with more events by `events`. */
function run(nearby: Nearby, count: number, seed: number, { slow = 0, events = 0 } = {}): void {
  const random = createRandom(seed);
  for (let i = 0; i < count; i++) {
    const ofA = i % 2 === 0;
    let noise = -6;
    for (let k = 0; k < 12; k++) noise += random();
    const event = random() < USUAL_RATE + (ofA ? events : 0);
    nearby.learn(ofA ? A : B, Float64Array.of(Math.asinh(noise + (ofA ? slow : 0)), event ? EVENT : NO_EVENT));
  }
}

describe('Nearby', () => {
  const slow = Float64Array.of(Math.asinh(2), Number.NaN);
  const event = Float64Array.of(Number.NaN, EVENT);

  it('has no evidence in quiet traffic, nor where nothing is known', () => {
    const nearby = new Nearby(SCALES);
    assert.deepEqual([...nearby.evidence(A, slow)], [0, 0]);
    run(nearby, 3000, 1);
    assert.ok(nearby.evidence(A, slow)[0]! < 1);
    assert.ok(nearby.evidence(A, event)[1]! < 1);
  });

  it('believes a slow call among slow ones of its model more, and leaves the other model alone', () => {
    const nearby = new Nearby(SCALES);
    run(nearby, 3000, 1);
    run(nearby, 80, 2, { slow: 2 });
    assert.ok(nearby.evidence(A, slow)[0]! > 1);
    assert.ok(nearby.evidence(B, slow)[0]! < 1);
  });

  it('does not blame a call without the event for its neighbours', () => {
    const nearby = new Nearby(SCALES);
    run(nearby, 3000, 1);
    run(nearby, 80, 2, { events: 0.4 });
    assert.ok(nearby.evidence(A, event)[1]! > 2);
    assert.equal(nearby.evidence(A, Float64Array.of(Number.NaN, NO_EVENT))[1], 0);
  });

  it('has nothing against what is better than usual', () => {
    const nearby = new Nearby(SCALES);
    run(nearby, 3000, 1);
    run(nearby, 80, 2, { slow: -3 });
    assert.equal(nearby.evidence(A, Float64Array.of(Math.asinh(-3), NO_EVENT))[0], 0);
  });

  it('forgets a wave within a hundred calls', () => {
    const nearby = new Nearby(SCALES);
    run(nearby, 3000, 1);
    run(nearby, 80, 2, { slow: 2 });
    run(nearby, 200, 3);
    assert.ok(nearby.evidence(A, slow)[0]! < 1);
  });

  it('goes on after restore(save()) as it would have, and refuses what is no state of its own', () => {
    const original = new Nearby(SCALES);
    run(original, 1001, 4);
    const copy = new Nearby(SCALES);
    copy.restore(JSON.parse(JSON.stringify(original.save())) as Json);
    for (const each of [copy, original]) run(each, 301, 5, { slow: 1 });
    assert.deepEqual(copy.evidence(A, slow), original.evidence(A, slow));
    assert.equal(JSON.stringify(copy.save()), JSON.stringify(original.save()));
    for (const state of [null, { calls: 1, means: [['a', 'AAAA']], usual: [] }, { means: [], usual: [] }] as Json[])
      assert.throws(() => new Nearby(SCALES).restore(state), { code: 'STATE_MISMATCH' });
  });
});
