import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../../core/clock.js';
import type { Label } from '../../../demo/traffic/labels.js';
import type { PlannedQuestion } from '../../../demo/traffic/plan.js';
import { startTraffic } from '../../../demo/traffic/traffic.js';

/** A clock whose timers run when the test moves it. */
function fakeClock(): Clock & { advance(ms: number): Promise<void> } {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  return {
    now: () => now,
    monotonic: () => now,
    setTimeout(run, ms) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter(other => other !== timer);
      };
    },
    defer: () => () => undefined,
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = timers.filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter(timer => timer !== due);
        now = Math.max(now, due.at);
        due.run();
        await settle();
      }
      now = end;
    },
  };
}

const planned = (
  at: number,
  more: { readonly labelDelay: number | undefined } = { labelDelay: 1000 },
): PlannedQuestion => ({
  at,
  question: { id: `q${at}`, question: '?', intent: 'hours', expected: ['nine to five'] },
  channel: 'mail',
  ...more,
});

describe('startTraffic', () => {
  it('asks each question at its time', async () => {
    const clock = fakeClock();
    const asked: [string, number][] = [];
    startTraffic({
      plan: [planned(100), planned(250), planned(900)].values(),
      clock,
      ask: async p => {
        asked.push([p.question.id, clock.now()]);
        return p.question.id;
      },
      label: async labels => ({ accepted: labels.length, rejected: 0 }),
    });
    await clock.advance(300);
    assert.deepEqual(asked, [
      ['q100', 100],
      ['q250', 250],
    ]);
  });

  it('sends both labels of an answer after its delay, and none of an answer nobody labels', async () => {
    const clock = fakeClock();
    const sent: Label[] = [];
    const traffic = startTraffic({
      plan: [planned(0, { labelDelay: 2000 }), planned(10, { labelDelay: undefined })].values(),
      clock,
      ask: async p => `id-${p.at}`,
      label: async labels => {
        sent.push(...labels);
        return { accepted: labels.length, rejected: 0 };
      },
    });
    await clock.advance(1900);
    assert.equal(sent.length, 0);
    await clock.advance(600);
    assert.deepEqual(sent, [
      { response_id: 'id-0', task: 'answer', label: ['nine to five'] },
      { response_id: 'id-0', task: 'intent', label: 'hours' },
    ]);
    assert.equal(traffic.counts().labelsAccepted, 2);
  });

  it('counts what failed, was left out and was lost, and goes on', async () => {
    const clock = fakeClock();
    const plan = [planned(0), planned(1), planned(2), planned(500)];
    let open: (() => void)[] = [];
    const traffic = startTraffic({
      plan: plan.values(),
      clock,
      limit: 2,
      ask: p =>
        p.at === 500
          ? Promise.reject(new Error('502'))
          : new Promise(resolve => {
              open.push(() => resolve('id'));
            }),
      label: async () => {
        throw new Error('connection refused');
      },
    });
    await clock.advance(100);
    for (const answer of open) answer();
    open = [];
    await clock.advance(5000);
    assert.deepEqual(traffic.counts(), {
      asked: 3,
      answered: 2,
      failed: 1,
      skipped: 1,
      labelsAccepted: 0,
      labelsLost: 4,
    });
  });

  it('asks nothing after it was stopped', async () => {
    const clock = fakeClock();
    let asked = 0;
    const traffic = startTraffic({
      plan: [planned(10), planned(20)].values(),
      clock,
      ask: async () => String(asked++),
      label: async () => ({ accepted: 0, rejected: 0 }),
    });
    await clock.advance(15);
    traffic.stop();
    await clock.advance(100);
    assert.equal(asked, 1);
  });
});
