import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PRESET_TABLE } from '../../../core/presets.js';
import { readFigures } from '../../../demo/view/figures.js';
import { linePresenter, terminalPresenter } from '../../../demo/view/presenter.js';
import type { Scene } from '../../../demo/view/render.js';
import { Scrape } from '../../../demo/view/scrape.js';
import { PLAIN } from '../../../demo/view/style.js';
import { startWatch } from '../../../demo/view/watch.js';
import { FakeClock } from '../../fake-clock.js';
import { page } from './canned.js';

/** Moves the clock a second and lets the scrape that this starts come to its end. */
async function second(clock: FakeClock): Promise<void> {
  clock.advance(1000);
  await new Promise(resolve => setImmediate(resolve));
}

describe('startWatch', () => {
  it('reads once a second, takes what it saw lately for recent, and keeps the accuracies', async () => {
    const clock = new FakeClock();
    let scale = 0;
    let seen = 0;
    const watch = startWatch(
      async () => page(++scale),
      clock,
      () => {
        seen += 1;
      },
    );
    assert.equal(watch.figures(), undefined);
    for (let i = 0; i < 30; i++) await second(clock);
    assert.equal(seen, 30);
    assert.equal(watch.figures()?.calls, 30 * 200);
    // 15 s back, 200 calls a second.
    assert.equal(watch.figures()?.rate, 200);
    assert.equal(watch.accuracyHistory().length, 30);
    watch.stop();
    await second(clock);
    assert.equal(scale, 30);
  });

  it('counts scrapes that fail, keeps the last figures, and goes on', async () => {
    const clock = new FakeClock();
    const answers: readonly (() => Promise<string>)[] = [
      async () => page(1),
      () => Promise.reject(new Error('connection refused')),
      async () => page(3),
    ];
    let next = 0;
    const watch = startWatch(
      () => (answers[next++] as () => Promise<string>)(),
      clock,
      () => undefined,
    );
    await second(clock);
    await second(clock);
    assert.equal(watch.failures(), 1);
    assert.equal(watch.figures()?.calls, 200);
    await second(clock);
    assert.equal(watch.figures()?.calls, 600);
    watch.stop();
  });
});

describe('presenters', () => {
  const figures = readFigures(new Scrape(page(1), 0), new Scrape(page(2), 10_000));
  const scene = (elapsed: number): Scene => ({
    elapsed,
    urls: [],
    accuracyHistory: [],
    thresholds: PRESET_TABLE.online.thresholds,
  });

  it('line: writes every five seconds, and notes at once', () => {
    let out = '';
    const presenter = linePresenter(text => {
      out += text;
    });
    for (let elapsed = 1; elapsed <= 12; elapsed++) presenter.update(figures, scene(elapsed));
    presenter.note('hello');
    presenter.end();
    assert.deepEqual(
      out
        .trimEnd()
        .split('\n')
        .map(line => line.split('  ')[0]),
      ['0:01', '0:06', '0:11', 'hello'],
    );
  });

  it('terminal: never draws more lines than the terminal has', () => {
    let out = '';
    const presenter = terminalPresenter(
      text => {
        out += text;
      },
      () => ({ columns: 30, rows: 6 }),
      PLAIN,
    );
    presenter.update(figures, scene(1));
    const lines = out
      .replace(/\u001b\[\??[0-9]+[A-Za-z]/g, '')
      .trimEnd()
      .split('\n');
    assert.equal(lines.length, 5);
    assert.ok(lines.every(line => line.length <= 31));
  });
});
