import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogHistogram } from '../../../cli/report/log-histogram.js';
import { MeanSum } from '../../../cli/report/mean-sum.js';
import { Timeline } from '../../../cli/report/timeline.js';
import { createRandom } from '../../../core/random.js';
import { weighedMean } from '../../../processor/truth/weighed-mean.js';

for (const [name, step] of [
  ['seconds', 300],
  ['weeks', 6 * 3_600_000],
  ['decades', 40 * 86_400_000],
] as const) {
  test(`a timeline of ${name} has at most 120 slots and loses no call, in whatever order they come`, () => {
    const random = createRandom(1);
    const timeline = new Timeline();
    for (let i = 0; i < 500; i++) timeline.at(1_700_000_000_000 + Math.floor(random() * 1000) * step).calls++;
    const slots = timeline.list();
    assert.ok(slots.length <= 120 && slots.length >= 10, String(slots.length));
    assert.equal(
      slots.reduce((sum, { slot }) => sum + slot.calls, 0),
      500,
    );
    for (const [i, { start }] of slots.entries())
      if (i > 0) assert.equal(start - (slots[i - 1]?.start ?? 0), timeline.width);
  });
}

test('quantiles are right to 2.5 %, also of histograms that were added', () => {
  const random = createRandom(2);
  const [a, b] = [new LogHistogram(), new LogHistogram()];
  const values = Array.from({ length: 5000 }, () => Math.exp(random() * 6 - 3));
  for (const [i, value] of values.entries()) (i % 2 === 0 ? a : b).add(value);
  a.merge(b);
  values.sort((x, y) => x - y);
  for (const share of [0.01, 0.5, 0.95, 0.99]) {
    const exact = values[Math.ceil(share * values.length) - 1] as number;
    assert.ok(Math.abs((a.quantile(share) as number) / exact - 1) <= 0.0251);
  }
  assert.equal(new LogHistogram().quantile(0.5), undefined);
});

test('a running mean says what weighedMean says, also after figures were taken back', () => {
  const random = createRandom(3);
  const sum = new MeanSum();
  const [figures, weights] = [0, 1].map(() => Array.from({ length: 50 }, () => random() + 0.01)) as [
    number[],
    number[],
  ];
  figures.forEach((figure, i) => {
    sum.add(figure, weights[i] as number);
  });
  sum.add(0.3, 0.5);
  sum.add(0.3, 0.5, -1);
  const expected = weighedMean(figures, weights);
  const found = sum.estimate();
  for (const key of ['value', 'variance', 'cases', 'certain'] as const)
    assert.ok(Math.abs((found?.[key] ?? 0) - (expected?.[key] ?? 1)) < 1e-9, key);
  assert.equal(new MeanSum().estimate(), undefined);
});
