import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Reservoir } from '../../../processor/detectors/reservoir.js';

function fed(count: number, options: { capacity: number; window: number; seed?: number }): Reservoir {
  const reservoir = new Reservoir({ width: 1, seed: 1, ...options });
  for (let i = 0; i < count; i++) reservoir.offer(Float64Array.of(i));
  return reservoir;
}

const mean = (values: Float32Array): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('Reservoir', () => {
  it('keeps every row until it is full, in order', () => {
    assert.deepEqual(
      [...fed(150, { capacity: 200, window: 400 }).snapshot()],
      Array.from({ length: 150 }, (_, i) => i),
    );
  });

  it('never holds more than its capacity', () => {
    const reservoir = fed(5000, { capacity: 200, window: 400 });
    assert.equal(reservoir.size, 200);
    assert.equal(reservoir.snapshot().length, 200);
    assert.equal(reservoir.offered, 5000);
  });

  it('is a uniform sample of what came within the window', () => {
    // The mean of 500 uniform ages of 0..9999 has a standard error of 129.
    assert.ok(Math.abs(mean(fed(10_000, { capacity: 500, window: 10_000 }).snapshot()) - 5000) < 3.5 * 129);
  });

  it('forgets beyond it: the mean age is the window', () => {
    const age = 100_000 - mean(fed(100_000, { capacity: 500, window: 2000 }).snapshot());
    // Exponential ages: a standard error of 2000 / sqrt(500) = 89.
    assert.ok(Math.abs(age - 2000) < 3.5 * 89, `${age}`);
  });
});
