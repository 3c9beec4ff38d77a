import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { type ResourceSample, ResourceWatch } from '../../../processor/drift/resource-watch.js';

/** A process under the traffic of a day, ten seconds a sample. */
class Process {
  readonly watch = new ResourceWatch();
  readonly told: string[] = [];
  readonly #random = createRandom(3);
  #at = 0;

  run(hours: number, change: (sample: ResourceSample, hour: number) => Partial<ResourceSample> = () => ({})): this {
    for (let i = 0; i < hours * 360; i++) {
      const day = Math.sin((this.#at++ / 8640) * 2 * Math.PI);
      const calls = Math.round((30 + 25 * day) * (0.7 + 0.6 * this.#random()));
      const sample: ResourceSample = {
        calls,
        elapsed: 10,
        cpu: 0.2 + calls * 0.02 * (0.8 + 0.4 * this.#random()),
        eventLoopDelay: 0.004 + 0.0002 * calls + (this.#random() < 0.02 ? 0.2 : 0),
        rss: 2e8 + calls * 3e5 * this.#random(),
      };
      for (const { signal, begun } of this.watch.observe({ ...sample, ...change(sample, i / 360) }))
        this.told.push(`${signal} ${begun ? 'begun' : 'over'}`);
    }
    return this;
  }
}

test('a week of traffic that rises and falls is nothing', () => {
  assert.deepEqual(new Process().run(7 * 24).told, []);
});

const INCIDENTS: readonly (readonly [
  string,
  string,
  (sample: ResourceSample, hour: number) => Partial<ResourceSample>,
])[] = [
  ['calls that cost three times the CPU', 'cpu', ({ cpu }) => ({ cpu: cpu * 3 })],
  ['an event loop that is late for a tenth of a second', 'event_loop_delay', () => ({ eventLoopDelay: 0.1 })],
  ['memory that leaks', 'memory', ({ rss }, hour) => ({ rss: rss + hour * 1e8 })],
];

for (const [name, signal, change] of INCIDENTS) {
  test(`${name}: ${signal}, once, and over when it is`, () => {
    const process = new Process().run(30).run(4, change);
    assert.deepEqual(process.told, [`${signal} begun`]);
    assert.deepEqual(process.watch.active(), [signal]);
    process.run(6);
    assert.deepEqual(process.told, [`${signal} begun`, `${signal} over`]);
    assert.deepEqual(process.watch.active(), []);
  });
}

test('three times the traffic explains three times the CPU', () => {
  const process = new Process().run(30).run(4, ({ calls, cpu }) => ({ calls: calls * 3, cpu: 0.2 + (cpu - 0.2) * 3 }));
  assert.deepEqual(process.told, []);
});

test('one bad minute is nothing, and neither are samples that make no sense', () => {
  const process = new Process().run(30).run(1 / 60, () => ({ cpu: 9, eventLoopDelay: 2, rss: 4e9 }));
  process.run(
    1,
    (_, hour) => [{ cpu: Number.NaN }, { rss: 0 }, { elapsed: 0 }, { cpu: -1 }][Math.floor(hour * 360) % 4]!,
  );
  assert.deepEqual(process.run(1).told, []);
});
