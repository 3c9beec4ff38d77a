import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../core/json.js';
import { createRandom } from '../../../core/random.js';
import { Calibrator, type CalibratorOptions } from '../../../processor/detectors/calibrate.js';

/** Asks, then adds, as detection does. */
function step(calibrator: Calibrator, context: string, score: number): number | undefined {
  const tail = calibrator.tail(context, score);
  calibrator.learn(context, score);
  return tail;
}

function filled(count: number, options: CalibratorOptions = {}, context = 'a'): Calibrator {
  const calibrator = new Calibrator(options);
  const random = createRandom(1);
  for (let i = 0; i < count; i++) step(calibrator, context, random());
  return calibrator;
}

describe('Calibrator', () => {
  it('says nothing while it has too few scores', () => {
    assert.equal(filled(99).tail('a', 1), undefined);
    assert.equal(filled(99).ready, false);
    assert.equal(filled(100).ready, true);
    assert.equal(filled(100).tail('a', 2), 100 / 101);
  });

  it('is (number below) / (n + 1): a tie counts as at least as odd', () => {
    const calibrator = new Calibrator({ minimum: 4 });
    for (const score of [0.1, 0.2, 0.2, 0.3]) calibrator.learn('a', score);
    for (const [score, expected] of [
      [0, 0],
      [0.1, 0],
      [0.2, 1 / 5],
      [0.25, 3 / 5],
      [0.3, 3 / 5],
      [0.4, 4 / 5],
      [Number.NaN, undefined],
    ] as const)
      assert.equal(calibrator.tail('a', score), expected, `${score}`);
  });

  it('agrees with counting over the last scores, as they come and go', () => {
    const random = createRandom(4);
    const calibrator = new Calibrator({ window: 150, contextMinimum: 100, guard: 1 });
    const all: number[] = [];
    for (let i = 0; i < 2000; i++) {
      // Coarse, so that there are ties.
      const score = Math.round(random() * 50) / 50 + (i > 1000 ? 0.3 : 0);
      if (i >= 100) {
        const kept = all.slice(-150);
        const below = kept.filter(other => other < score).length;
        assert.equal(calibrator.tail('a', score), below / (kept.length + 1), `score ${i}`);
      }
      calibrator.learn('a', score);
      all.push(score);
    }
  });

  for (const [law, draw] of [
    ['uniform', (random: () => number) => random()],
    ['heavy-tailed', (random: () => number) => 1 / (1 - random())],
    ['narrow', (random: () => number) => 0.45 + random() ** 8 / 1000],
  ] as const) {
    it(`lets 1 in 100 exchangeable scores come out at 0.99 or above, and 1 in 20 at 0.95 (${law})`, () => {
      const random = createRandom(11);
      const calibrator = new Calibrator();
      const count = 100_000;
      let above99 = 0;
      let above95 = 0;
      for (let i = 0; i < count + 2000; i++) {
        const tail = step(calibrator, `model-${i % 2}`, draw(random)) ?? 0;
        if (i < 2000) continue;
        if (tail >= 0.99) above99 += 1;
        if (tail >= 0.95) above95 += 1;
      }
      // Each window of 1024 has its own threshold, with a spread of sqrt(p (1 - p) / 1024) around p; there are about 100 of them.
      // That and the binomial error, three times.
      const error = (p: number): number => 3 * Math.sqrt((p * (1 - p)) / 1024 / (count / 1024) + (p * (1 - p)) / count);
      assert.ok(Math.abs(above99 / count - 0.01) < error(0.01), `${above99 / count} within ${error(0.01)}`);
      assert.ok(Math.abs(above95 / count - 0.05) < error(0.05), `${above95 / count} within ${error(0.05)}`);
    });
  }

  it('judges each context by its own scores once it has enough, and by all before', () => {
    const calibrator = new Calibrator();
    const random = createRandom(2);
    for (let i = 0; i < 1000; i++) {
      step(calibrator, 'low', random() * 0.1);
      step(calibrator, 'high', 0.5 + random() * 0.1);
    }
    assert.ok(calibrator.tail('low', 0.3)! > 0.99);
    assert.equal(calibrator.tail('high', 0.3), 0);
    const shared = calibrator.tail('new', 0.3)!;
    assert.ok(shared > 0.4 && shared < 0.6, `${shared}`);
  });

  it('keeps no more contexts than allowed, those used last', () => {
    const calibrator = new Calibrator({ contexts: 3, contextMinimum: 100 });
    for (let i = 0; i < 200; i++) for (const context of ['a', 'b', 'c']) calibrator.learn(context, 0.9 + i / 1e6);
    for (let i = 0; i < 100; i++) step(calibrator, 'a', 0.1);
    calibrator.learn('d', 0.5);
    assert.equal(calibrator.contexts, 3);
    // 'b' was used longest ago: it is young again, and all contexts together judge it.
    assert.notEqual(calibrator.tail('b', 0.95), calibrator.tail('c', 0.95));
  });

  it('keeps an incident visible: hundreds of odd scores do not make each other usual', () => {
    const calibrator = filled(2000);
    const random = createRandom(3);
    let flagged = 0;
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      const odd = i % 2 === 0;
      const score = odd ? 2 + random() : random();
      const tail = calibrator.tail('a', score)!;
      if (odd && tail >= 0.99) flagged += 1;
      if (!calibrator.learn('a', score)) refused += 1;
    }
    assert.ok(flagged > 140, `${flagged} of 150`);
    assert.ok(refused > 100, `${refused}`);
  });

  it('takes a lasting change as the new reference in the end', () => {
    const calibrator = filled(2000);
    const random = createRandom(3);
    const share = (count: number): number => {
      let flagged = 0;
      for (let i = 0; i < count; i++) if (step(calibrator, 'a', 2 + random())! >= 0.99) flagged += 1;
      return flagged / count;
    };
    assert.ok(share(100) > 0.9);
    share(2000);
    assert.ok(share(2000) < 0.02);
  });

  it('lets a young context fill its own window whatever its scores are', () => {
    const calibrator = filled(2000);
    const random = createRandom(3);
    for (let i = 0; i < 300; i++) step(calibrator, 'odd', 5 + random());
    const tail = calibrator.tail('odd', 5.5)!;
    assert.ok(tail > 0.3 && tail < 0.7, `${tail}`);
  });

  it('refuses NaN', () => {
    const calibrator = filled(200);
    assert.equal(calibrator.learn('a', Number.NaN), false);
    assert.equal(calibrator.tail('a', 5), 200 / 201);
  });

  it('goes on after restore(save()) as it would have', () => {
    const original = filled(3000);
    for (let i = 0; i < 400; i++) step(original, 'b', i / 400);
    const copy = new Calibrator();
    copy.restore(JSON.parse(JSON.stringify(original.save())) as Json);
    const random = createRandom(6);
    for (let i = 0; i < 3000; i++) {
      const [context, score] = [i % 3 === 0 ? 'b' : 'a', random() * 1.01];
      assert.equal(step(copy, context, score), step(original, context, score));
    }
  });

  it('refuses a state that is not its own', () => {
    const good = filled(300).save() as Record<string, Json>;
    for (const state of [
      null,
      { ...good, version: 0 },
      { ...good, window: 5 },
      { ...good, global: null },
      { ...good, global: { scores: 'AAA', next: 0, tokens: 0 } },
      { ...good, contexts: [{ key: 'a' }] },
    ] as Json[])
      assert.throws(() => filled(10).restore(state), { code: 'STATE_MISMATCH' });
  });
});
