import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootstrap, MAX_DRAWN, MIN_ROWS } from '../../../cli/check/bootstrap.js';
import { createRandom } from '../../../core/random.js';
import { wilson } from '../../../processor/truth/interval.js';

function sample(n: number, share: number): { rows: Int32Array; mean: (rows: Int32Array) => number; hits: number } {
  const random = createRandom(7);
  const values = Uint8Array.from({ length: n }, () => Number(random() < share));
  const mean = (rows: Int32Array): number => rows.reduce((sum, row) => sum + (values[row] as number), 0) / rows.length;
  return { rows: Int32Array.from({ length: n }, (_, i) => i), mean, hits: values.reduce((a, b) => a + b, 0) };
}

describe('bootstrap', () => {
  // Where a formula is known: with all rows drawn, with fewer, and with so few of them that they are sorted.
  for (const n of [400, 3 * MAX_DRAWN, 9 * MAX_DRAWN]) {
    it(`agrees with Wilson's interval of a share over ${n} rows`, () => {
      const { rows, mean, hits } = sample(n, 0.3);
      const { interval } = bootstrap(rows, mean(rows), mean);
      const exact = wilson(hits, n);
      assert.ok(interval !== undefined && exact !== undefined);
      const width = exact[1] - exact[0];
      for (const end of [0, 1] as const)
        assert.ok(Math.abs(interval[end] - exact[end]) < width * 0.06, `${interval} is not ${exact}`);
    });
  }

  it('keeps the order of the rows in each draw', () => {
    for (const n of [50, 9 * MAX_DRAWN]) {
      const rows = Int32Array.from({ length: n }, (_, i) => i * 2);
      let draws = 0;
      bootstrap(rows, 0, drawn => {
        // Every draw is made alike; a few of them say it.
        if (draws++ < 5)
          for (let i = 1; i < drawn.length; i++) assert.ok((drawn[i - 1] as number) <= (drawn[i] as number));
        return drawn[0] as number;
      });
      assert.equal(draws, 2000);
    }
  });

  const none: readonly [string, number, (rows: Int32Array) => number | undefined, string][] = [
    ['too few rows', MIN_ROWS - 1, rows => rows[0], 'few'],
    ['a measure that most draws do not have', 100, rows => (rows[0] === 0 ? 1 : undefined), 'few'],
    ['a measure that every draw has alike', 100, () => 1, 'same'],
  ];
  for (const [name, n, measure, why] of none) {
    it(`says that there is no interval for ${name}`, () => {
      const rows = Int32Array.from({ length: n }, (_, i) => i);
      assert.deepEqual(bootstrap(rows, 1, measure), { why });
    });
  }
});
