import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Backoff, readRetryAfter } from '../../../processor/judge/backoff.js';
import { Account } from '../../../processor/judge/budget.js';

const NONE = { tokens: 0, usd: 0 };
const MINUTE = 60_000;
const DAY = 86_400_000;

describe('Account', () => {
  it('grants so many calls in any minute', () => {
    const account = new Account({ callsPerMinute: 5 });
    const granted: number[] = [];
    for (let at = 0; at < 10 * MINUTE; at += 500) if (account.take(NONE, at)) granted.push(at);
    for (const from of granted) {
      const inMinute = granted.filter(at => at >= from && at < from + MINUTE).length;
      assert.ok(inMinute <= 5, `${inMinute} from ${from}`);
    }
    assert.ok(granted.length >= 45, 'nearly all of the 50');
  });

  it('sets aside what calls under way may take, and gives back what they did not', () => {
    const account = new Account({ tokensPerDay: 1000 });
    const most = { tokens: 400, usd: 0 };
    assert.equal(account.take(most, 0), true);
    assert.equal(account.take(most, 0), true);
    assert.equal(account.take(most, 0), false);
    account.settle(most, { tokens: 100, usd: 0 }, 0);
    assert.equal(account.take(most, 0), true);
  });

  it('frees dollars a day later, not earlier', () => {
    const account = new Account({ usdPerDay: 1 });
    assert.equal(account.take({ tokens: 5, usd: 1 }, 1000), true);
    assert.equal(account.take({ tokens: 5, usd: 0.01 }, DAY), false);
    assert.equal(account.take({ tokens: 5, usd: 0.01 }, DAY + DAY / 24 + 1000), true);
  });

  it('takes a settlement from long ago for what it is', () => {
    const account = new Account({ tokensPerDay: 100 });
    account.take({ tokens: 100, usd: 0 }, 0);
    assert.equal(account.take({ tokens: 100, usd: 0 }, 2 * DAY), true);
    account.settle({ tokens: 100, usd: 0 }, NONE, 0);
    assert.equal(account.take({ tokens: 1, usd: 0 }, 2 * DAY), false);
  });

  it('grants nothing with a budget of 0', () => {
    assert.equal(new Account({ callsPerMinute: 0 }).take(NONE, 0), false);
  });
});

describe('Backoff', () => {
  it('doubles the pause with each failure in a row, up to a minute', () => {
    const backoff = new Backoff();
    const pauses: number[] = [];
    let now = 0;
    for (let i = 0; i < 8; i++) {
      backoff.failed(now);
      const from = now;
      while (!backoff.ready(now)) now += 500;
      pauses.push(now - from);
    }
    assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    backoff.worked();
    backoff.failed(now);
    assert.equal(backoff.ready(now + 1000), true);
  });

  it('waits as long as the server asks, but not for ever', () => {
    const backoff = new Backoff();
    backoff.failed(0, 30_000);
    assert.equal(backoff.ready(29_999), false);
    assert.equal(backoff.ready(30_000), true);
    backoff.failed(30_000, 1e12);
    assert.equal(backoff.ready(30_000 + 600_000), true);
  });

  it('waits a minute after a refusal that lasts', () => {
    const backoff = new Backoff();
    backoff.failed(0, 0, true);
    assert.equal(backoff.ready(59_999), false);
  });
});

describe('readRetryAfter', () => {
  const now = Date.UTC(2026, 9, 21, 7, 28, 0);
  const rows: readonly (readonly [string | null | undefined, number])[] = [
    ['20', 20_000],
    ['1.5', 1500],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:27:30 GMT', 0],
    ['-5', 0],
    ['soon', 0],
    ['', 0],
    [null, 0],
    [undefined, 0],
  ];
  for (const [header, pause] of rows) it(String(header), () => assert.equal(readRetryAfter(header, now), pause));
});
