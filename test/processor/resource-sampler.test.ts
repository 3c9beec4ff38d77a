import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceSample } from '../../processor/drift/resource-watch.js';
import { processReader, sampleResources } from '../../processor/resource-sampler.js';
import { FakeClock } from '../fake-clock.js';

test('every ten seconds of the clock, what was used since; nothing after the stop', () => {
  const clock = new FakeClock();
  const samples: ResourceSample[] = [];
  let cpu = 5;
  let stopped = 0;
  const reader = {
    read() {
      cpu += 2;
      return { eventLoopDelay: 0.01, cpu, rss: 100 };
    },
    stop: () => void stopped++,
  };
  const stop = sampleResources(
    clock,
    () => 7,
    sample => samples.push(sample),
    reader,
  );
  clock.advance(25_000);
  const sample = { eventLoopDelay: 0.01, rss: 100, calls: 7, cpu: 2, elapsed: 10 };
  assert.deepEqual(samples, [sample, sample]);
  stop();
  clock.advance(60_000);
  assert.equal(samples.length, 2);
  assert.equal(stopped, 1);
});

test('this process uses something', () => {
  const reader = processReader();
  const { cpu, rss, eventLoopDelay } = reader.read();
  reader.stop();
  assert.ok(cpu > 0 && rss > 1e6);
  assert.ok(Number.isNaN(eventLoopDelay) || eventLoopDelay >= 0);
});
