import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { behave } from '../../../demo/server/incidents.js';

describe('behave', () => {
  it('changes nothing in quiet times', () => {
    assert.deepEqual(behave(undefined, createRandom(1)), { checkpoint: 'bankbot', delay: 0, pause: 0 });
  });

  it('slow: waits 9.6 to 14.4 s', () => {
    const random = createRandom(7);
    const delays = Array.from({ length: 200 }, () => behave('slow', random).delay);
    assert.ok(Math.min(...delays) >= 9600 && Math.max(...delays) <= 14_400);
  });

  it('errors: refuses 40 %, as many with 429 as with 500', () => {
    const random = createRandom(7);
    const statuses = Array.from({ length: 5000 }, () => behave('errors', random).refusal?.status);
    const share = (status: number | undefined): number => statuses.filter(s => s === status).length / 5000;
    assert.ok(Math.abs(share(undefined) - 0.6) < 0.02);
    assert.ok(Math.abs(share(429) - 0.2) < 0.02);
    assert.ok(Math.abs(share(500) - 0.2) < 0.02);
  });

  it('swap: the second checkpoint answers at once', () => {
    assert.deepEqual(behave('swap', createRandom(1)), { checkpoint: 'bankbot-v2', delay: 0, pause: 0 });
  });
});
