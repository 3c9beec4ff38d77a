import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OUT_OF_DOMAIN, readQuestions } from '../../../demo/questions.js';
import { type PlannedQuestion, planTraffic } from '../../../demo/traffic/plan.js';

const questions = readQuestions();

function take(count: number, seed: number, rate = 10): PlannedQuestion[] {
  const plan = planTraffic(questions, { seed, rate });
  return Array.from({ length: count }, () => plan.next().value);
}

describe('planTraffic', () => {
  it('is the same for the same seed and another for another', () => {
    assert.deepEqual(take(500, 3), take(500, 3));
    assert.notDeepEqual(take(500, 3), take(500, 4));
  });

  it('asks 3 questions of each 100 outside the domain', () => {
    const plan = take(1000, 1);
    for (let from = 0; from < 1000; from += 100) {
      const block = plan.slice(from, from + 100);
      assert.equal(block.filter(p => p.question.intent === OUT_OF_DOMAIN).length, 3);
    }
  });

  it('asks every question about a bank once a round', () => {
    const inside = take(600, 1).filter(p => p.question.intent !== OUT_OF_DOMAIN);
    assert.equal(new Set(inside.slice(0, 240).map(p => p.question.id)).size, 240);
    assert.equal(new Set(inside.slice(240, 480).map(p => p.question.id)).size, 240);
  });

  it('keeps to the rate, the channels and the label delays it promises', () => {
    const plan = take(5000, 1, 10);
    const last = plan.at(-1) as PlannedQuestion;
    const rate = 5000 / (last.at / 1000);
    assert.ok(rate > 9.5 && rate < 10.7, `${rate} a second`);
    const delays = plan.flatMap(p => (p.labelDelay === undefined ? [] : [p.labelDelay]));
    assert.ok(Math.abs(delays.length / 5000 - 0.9) < 0.02);
    assert.ok(Math.min(...delays) >= 1000 && Math.max(...delays) <= 5000);
    assert.ok(Math.abs(plan.filter(p => p.channel === 'chat').length / 5000 - 0.5) < 0.03);
    assert.ok(plan.every((p, i) => i === 0 || p.at >= (plan[i - 1] as PlannedQuestion).at));
  });
});
