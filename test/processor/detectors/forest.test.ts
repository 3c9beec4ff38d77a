import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom, type Random } from '../../../core/random.js';
import { fromKey, MISSING_KEY, mirrorKey, toKey } from '../../../processor/detectors/float-key.js';
import { IsolationForest } from '../../../processor/detectors/forest.js';
import { averagePathLength } from '../../../processor/detectors/isolation-tree.js';

function cloud(count: number, width: number, random: Random): number[][] {
  return Array.from({ length: count }, () => Array.from({ length: width }, () => random() + random() + random() - 1.5));
}

describe('averagePathLength', () => {
  for (const [n, expected] of [
    [0, 0],
    [1, 0],
    [2, 1],
    // 2 (ln 2 + 0.5772156649) - 4/3
    [3, 1.2073923572],
    [256, 10.2447709201],
  ] as const) {
    it(`is ${expected} for ${n} rows`, () => assert.ok(Math.abs(averagePathLength(n) - expected) < 1e-9));
  }
});

describe('keys of floats', () => {
  const numbers = [Number.NEGATIVE_INFINITY, -1e30, -3, -1e-30, 0, 1e-30, 0.5, 1, 1e30, Number.POSITIVE_INFINITY];
  it('order as the numbers', () => {
    for (let i = 1; i < numbers.length; i++) assert.ok(toKey(numbers[i]!) > toKey(numbers[i - 1]!), `${numbers[i]}`);
  });
  it('order their mirror images the other way round', () => {
    for (const x of numbers) assert.equal(mirrorKey(toKey(x)), -toKey(x) - 1);
    for (let i = 1; i < numbers.length; i++)
      assert.ok(mirrorKey(toKey(numbers[i]!)) < mirrorKey(toKey(numbers[i - 1]!)));
  });
  it('know one zero, and put a missing value and its mirror image below all', () => {
    assert.equal(toKey(-0), toKey(0));
    assert.equal(toKey(Number.NaN), MISSING_KEY);
    assert.equal(mirrorKey(MISSING_KEY), MISSING_KEY);
    assert.ok(MISSING_KEY < toKey(Number.NEGATIVE_INFINITY));
    assert.ok(MISSING_KEY < mirrorKey(toKey(Number.POSITIVE_INFINITY)));
  });
  it('differ by what fits 32 bits', () => {
    assert.ok(toKey(Number.POSITIVE_INFINITY) - MISSING_KEY < 2 ** 31);
  });
  it('come back as the number, to 22 binary digits', () => {
    for (const x of [-123.456, -1, 0, 0.1, 7e8]) assert.ok(Math.abs(fromKey(toKey(x)) - x) <= Math.abs(x) * 2 ** -22);
  });
});

describe('IsolationForest', () => {
  it('scores what lies apart higher than what lies in the midst, within 0..1', () => {
    const forest = IsolationForest.fit(cloud(1000, 5, createRandom(1)), { random: createRandom(2) });
    const middle = forest.score([0, 0, 0, 0, 0]);
    const apart = forest.score([4, -4, 4, 4, -4]);
    assert.ok(middle < 0.5 && apart > 0.7 && apart < 1 && middle > 0, `${middle} ${apart}`);
  });

  it('scores an average path as 0.5: 2^-(c(psi) / c(psi))', () => {
    const forest = IsolationForest.fit(cloud(1000, 3, createRandom(1)), { random: createRandom(2) });
    const row = [0.4, -0.2, 1];
    assert.ok(Math.abs(forest.score(row) - 2 ** (-forest.depth(row) / averagePathLength(256))) < 1e-12);
  });

  it('normalises by the rows a tree really saw', () => {
    // Two rows: every tree cuts once, so that each leaf is at depth 1 = c(2).
    const forest = IsolationForest.fit([[0], [1]], { random: createRandom(1) });
    assert.equal(forest.depth([0]), 1);
    assert.equal(forest.score([5]), 0.5);
  });

  it('gives the same scores for the same seed, others for another', () => {
    const rows = cloud(300, 4, createRandom(1));
    const scores = (seed: number): number[] => {
      const forest = IsolationForest.fit(rows, { random: createRandom(seed) });
      return rows.map(row => forest.score(row));
    };
    assert.deepEqual(scores(3), scores(3));
    assert.notDeepEqual(scores(3), scores(4));
  });

  it('scores alike with an odd number of trees', () => {
    const rows = cloud(300, 4, createRandom(1));
    const forest = IsolationForest.fit(rows, { trees: 1, random: createRandom(1) });
    assert.ok(Number.isInteger(forest.depth(rows[0]!)) || forest.depth(rows[0]!) > 8);
    const three = IsolationForest.fit(rows, { trees: 3, random: createRandom(1) });
    const two = IsolationForest.fit(rows, { trees: 2, random: createRandom(1) });
    const third = 3 * three.depth(rows[0]!) - 2 * two.depth(rows[0]!);
    assert.ok(third > 1 && third < 20, `${third}`);
  });

  it('draws again where a column is constant, so that they cost no depth', () => {
    const random = createRandom(1);
    const values = Array.from({ length: 256 }, () => random());
    values[0] = 9;
    const depth = (width: number): number => {
      const rows = values.map(value => Array.from({ length: width }, (_, f) => (f === 0 ? value : 1)));
      return IsolationForest.fit(rows, { random: createRandom(5) }).depth(rows[0]!);
    };
    assert.ok(Math.abs(depth(1) - depth(20)) < 0.5, `${depth(1)} ${depth(20)}`);
    assert.ok(depth(20) < 3);
  });

  it('scores rows that are all alike as 0.5', () => {
    const rows = Array.from({ length: 50 }, () => [1, 2, Number.NaN]);
    const forest = IsolationForest.fit(rows, { random: createRandom(1) });
    assert.ok(Math.abs(forest.score([1, 2, 3]) - 0.5) < 1e-6);
    assert.equal(IsolationForest.fit([[1]], { random: createRandom(1) }).score([2]), 0.5);
  });

  it('lets a missing value follow the larger branch: it is no outlier, and what is known still counts', () => {
    const random = createRandom(1);
    const rows = cloud(1000, 3, random).map(row => row.map(x => (random() < 0.2 ? Number.NaN : x)));
    const forest = IsolationForest.fit(rows, { random: createRandom(2) });
    const usual = forest.score([0, 0, 0]);
    assert.ok(forest.score([Number.NaN, Number.NaN, Number.NaN]) < usual + 0.05);
    assert.ok(forest.score([Number.NaN, 0, 0]) < usual + 0.05);
    assert.ok(forest.score([Number.NaN, 6, 0]) > usual + 0.1);
  });

  it('takes the side that more known values took, whichever it is', () => {
    for (const sign of [1, -1]) {
      // One value far off: almost every first cut parts it from the rest.
      const rows = [[sign * 1000], ...Array.from({ length: 99 }, (_, i) => [i])];
      const forest = IsolationForest.fit(rows, { random: createRandom(1) });
      assert.ok(forest.depth([sign * 1000]) < 1.5);
      assert.ok(forest.depth([Number.NaN]) > 5);
    }
  });

  it('bears infinite values', () => {
    const rows = [...cloud(300, 2, createRandom(1)), [Number.POSITIVE_INFINITY, 0], [0, Number.NEGATIVE_INFINITY]];
    const forest = IsolationForest.fit(rows, { random: createRandom(2) });
    assert.ok(forest.score([Number.POSITIVE_INFINITY, 0]) > forest.score([0, 0]));
    assert.ok(Number.isFinite(forest.score([Number.NEGATIVE_INFINITY, Number.NaN])));
  });

  it('explains a score: credits add up to the depth saved, and the column that is off leads', () => {
    const forest = IsolationForest.fit(cloud(2000, 8, createRandom(1)), { random: createRandom(2) });
    for (let f = 0; f < 8; f++) {
      const row = Array.from({ length: 8 }, (_, i) => (i === f ? 5 : 0.1));
      const credit = forest.explain(row);
      const sum = credit.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - (forest.expectedDepth - forest.depth(row))) < 1e-4);
      assert.equal(credit.indexOf(Math.max(...credit)), f);
    }
  });

  describe('beyond the range of its sample', () => {
    const rows = cloud(1000, 8, createRandom(1)).map(row => [...row, 0]);
    const plain = IsolationForest.fit(rows, { random: createRandom(2) });
    const wary = IsolationForest.fit(rows, { random: createRandom(2), beyond: { share: 0.5, leastRange: 1 } });
    const at = (f: number, value: number): number[] => Array.from({ length: 9 }, (_, i) => (i === f ? value : 0));

    it('as published sees no difference between far and very far, nor what never varied', () => {
      assert.equal(plain.score(at(2, 2)), plain.score(at(2, 200)));
      assert.equal(plain.score(at(8, 0)), plain.score(at(8, 50)));
    });

    it('scores the farther the odder, on either side, also in a column that never varied', () => {
      for (const f of [2, 8]) {
        for (const sign of [1, -1]) {
          const scores = [0, 1.6, 2, 2.5, 4].map(value => wary.score(at(f, sign * value)));
          for (let i = 2; i < scores.length; i++) assert.ok(scores[i]! >= scores[i - 1]!, `column ${f}: ${scores}`);
          assert.ok(scores.at(-1)! > scores[0]! + 0.15, `column ${f}: ${scores}`);
        }
      }
    });

    it('changes nothing within it, and nothing for a missing value', () => {
      for (const value of [-1, 0, 1, Number.NaN]) assert.equal(wary.score(at(3, value)), plain.score(at(3, value)));
    });

    it('explains it: credits add up still, and the column leads', () => {
      for (const f of [0, 5, 8]) {
        const row = at(f, -3);
        const credit = wary.explain(row);
        const sum = credit.reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - (wary.expectedDepth - wary.depth(row))) < 1e-4);
        assert.equal(credit.indexOf(Math.max(...credit)), f);
      }
    });

    it('counts what a few samples know as far out, and what all know as known', () => {
      // Of 1000 rows 1: in a quarter of the samples of 256; 20: in all of them.
      const score = (count: number): number => {
        const rare = rows.map((row, i) => [...row.slice(0, 8), i < count ? 4 : 0]);
        const forest = IsolationForest.fit(rare, { random: createRandom(2), beyond: { share: 0.5, leastRange: 1 } });
        return forest.score(at(8, 4));
      };
      assert.ok(score(1) > score(20) + 0.05, `${score(1)} ${score(20)}`);
    });
  });

  it('refuses what cannot be fitted or scored', () => {
    const random = createRandom(1);
    const invalid = { code: 'INVALID_ARGUMENT' };
    assert.throws(() => IsolationForest.fit([], { random }), invalid);
    assert.throws(() => IsolationForest.fit([[1, 2], [1]], { random }), invalid);
    assert.throws(() => IsolationForest.fit([[1], [2]], { trees: 0, random }), invalid);
    assert.throws(() => IsolationForest.fit([[1], [2]], { sampleSize: 1, random }), invalid);
    assert.throws(() => IsolationForest.fit(cloud(3000, 1, random), { trees: 500, sampleSize: 2000, random }), invalid);
    assert.throws(() => IsolationForest.fit([[1], [2]], { random }).score([1, 2]), invalid);
  });
});
