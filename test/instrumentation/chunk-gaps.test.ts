import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChunkGaps, newCarry } from '../../instrumentation/chunk-gaps.js';

function recorded(streams: readonly (readonly number[])[]): number[] {
  const carry = newCarry();
  const out: number[] = [];
  for (const stream of streams) {
    const gaps = new ChunkGaps();
    for (const gap of stream) gaps.add(gap);
    gaps.each(carry, seconds => out.push(seconds));
  }
  return out;
}

describe('times between chunks', () => {
  it('of a short stream are all recorded, with their sum', () => {
    const gaps = [0.001, 0.003, 0.03, 0.05, 2, 100];
    const out = recorded([gaps]);
    assert.equal(out.length, gaps.length);
    assert.ok(Math.abs(out.reduce((a, b) => a + b, 0) - gaps.reduce((a, b) => a + b, 0)) < 1e-9);
    assert.deepEqual(recorded([[]]), []);
  });

  it('of a long stream are recorded at most 8 times', () => {
    assert.equal(recorded([Array.from({ length: 5000 }, () => 0.03)]).length, 8);
  });

  it('keep the share of rare ones over many streams', () => {
    const stream = [...Array.from({ length: 199 }, () => 0.03), 3];
    const out = recorded(Array.from({ length: 1000 }, () => stream));
    assert.equal(out.length, 8_000);
    assert.equal(out.filter(gap => gap > 1).length, 40);
  });
});
