import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../core/json.js';
import { createRandom, type Random } from '../../../core/random.js';
import { CostLine } from '../../../processor/detectors/cost-line.js';

const PRICE = { input: 3e-6, output: 15e-6 };

/** Learns calls whose cost follows the price, a share of them `wrong` by a factor of five. */
function teach(line: CostLine, count: number, random: Random, wrong = 0, price = PRICE): void {
  for (let i = 0; i < count; i++) {
    const [input, output] = [Math.round(100 + 4000 * random()), Math.round(5 + 600 * random())];
    const cost = input * price.input + output * price.output;
    line.learn('m', input, output, random() < wrong ? 5 * cost : cost);
  }
}

const error = (line: CostLine, price = PRICE): number =>
  Math.max(
    ...[
      [200, 500],
      [4000, 5],
      [1000, 100],
    ].map(([input, output]) =>
      Math.abs(line.expected('m', input!, output!) / (input! * price.input + output! * price.output) - 1),
    ),
  );

describe('CostLine', () => {
  it('says nothing of a model it has seen little of, and of a call without counts', () => {
    const line = new CostLine();
    teach(line, 9, createRandom(1));
    assert.ok(Number.isNaN(line.expected('m', 100, 100)));
    teach(line, 1, createRandom(2));
    assert.ok(!Number.isNaN(line.expected('m', 100, 100)));
    assert.ok(Number.isNaN(line.expected('m', Number.NaN, 100)));
    assert.ok(Number.isNaN(line.expected('other', 100, 100)));
  });

  it('finds both prices within 1 %', () => {
    const line = new CostLine();
    teach(line, 100, createRandom(3));
    assert.ok(error(line) < 0.01, `${error(line)}`);
  });

  it('is not turned by calls that cost what they should not', () => {
    const line = new CostLine();
    teach(line, 300, createRandom(4), 0.03);
    assert.ok(error(line) < 0.05, `${error(line)}`);
  });

  it('follows a new price', () => {
    const line = new CostLine();
    teach(line, 300, createRandom(5));
    const half = { input: 1.5e-6, output: 7.5e-6 };
    teach(line, 1500, createRandom(6), 0, half);
    assert.ok(error(line, half) < 0.05, `${error(line, half)}`);
  });

  it('stays finite where all calls are alike', () => {
    const line = new CostLine();
    for (let i = 0; i < 20_000; i++) line.learn('m', 100, 10, 0.001);
    assert.ok(Math.abs(line.expected('m', 100, 10) / 0.001 - 1) < 0.01);
  });

  it('keeps no more models than allowed, and survives save and restore', () => {
    const line = new CostLine(3);
    for (let i = 0; i < 50; i++) for (const model of ['a', 'b', 'c', 'd']) line.learn(model, 100 + i, 50, 0.001);
    assert.equal((line.save() as readonly Json[]).length, 3);
    const copy = new CostLine(3);
    copy.restore(JSON.parse(JSON.stringify(line.save())) as Json);
    assert.equal(copy.expected('d', 120, 50), line.expected('d', 120, 50));
    assert.throws(() => copy.restore([['a', 'AAAA']]), { code: 'STATE_MISMATCH' });
  });
});
