import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PRESET_TABLE } from '../../../core/presets.js';
import { readFigures } from '../../../demo/view/figures.js';
import {
  clockTime,
  count,
  curve,
  milliseconds,
  percent,
  renderLine,
  renderView,
  type Scene,
} from '../../../demo/view/render.js';
import { Scrape } from '../../../demo/view/scrape.js';
import { createTerminalScreen } from '../../../demo/view/screen.js';
import { COLOURED, fit, PLAIN } from '../../../demo/view/style.js';
import { page } from './canned.js';

const figures = readFigures(new Scrape(page(1), 0), new Scrape(page(2), 10_000));
const scene: Scene = {
  elapsed: 75,
  urls: [['metrics', 'curl http://127.0.0.1:9464/metrics']],
  accuracyHistory: [0.5, 0.75, 1],
  thresholds: PRESET_TABLE.online.thresholds,
};

describe('formats', () => {
  const cases: readonly [string, string][] = [
    [clockTime(0), '0:00'],
    [clockTime(75.9), '1:15'],
    [percent(undefined), '–'],
    [percent(0), '0 %'],
    [percent(0.004), '0.4 %'],
    [percent(0.999), '100 %'],
    [milliseconds(0.0134), '13 ms'],
    [milliseconds(1.534), '1.53 s'],
    [count(9999), '9999'],
    [count(12_345), '12.3 k'],
    [curve([0, 0.5, 0.66, 0.94, 1]), '▁▁▃██'],
  ];
  for (const [actual, expected] of cases) it(expected, () => assert.equal(actual, expected));
});

describe('renderView', () => {
  const text = renderView(figures, scene, PLAIN).join('\n');

  it('shows every figure', () => {
    for (const part of [
      '1:15',
      '400, 20.0/s',
      'ok 90 %',
      'error 10 %',
      'rate_limit 24, server 16',
      'p50 20 ms',
      '8000 in',
      'cost $0.0037',
      'answer 0.94 [0.88 to 0.97]',
      'F1 0.92',
      '180 labels',
      '2 evaluators',
      'relevance 18/360',
      '10 flagged, 2.5 % lately',
      'most by output_tokens',
      '1 of 2 detectors still learn',
      'bankbot',
      'curl http://127.0.0.1:9464/metrics',
      '▁▅█',
    ])
      assert.ok(text.includes(part), `${part} is not in\n${text}`);
  });

  it('says so where there is no figure yet', () => {
    const empty = new Scrape('', 0);
    const nothing = renderView(readFigures(empty, empty), scene, PLAIN).join('\n');
    assert.match(nothing, /accuracy +– no labels yet/);
    assert.match(nothing, /p95 –/);
    assert.doesNotMatch(nothing, /NaN|undefined|Infinity/);
  });

  it('marks what is beyond its threshold, and only that', () => {
    const red = renderView(figures, scene, COLOURED).join('\n');
    assert.ok(red.includes(COLOURED.bad('error 10 %')));
    assert.ok(!red.includes(COLOURED.bad('answer 0.94 [0.88 to 0.97]')));
    const strict = { ...scene, thresholds: { ...scene.thresholds, accuracy: 0.98 } };
    const low = renderView(figures, strict, COLOURED).join('\n');
    assert.ok(low.includes(COLOURED.bad('answer 0.94 [0.88 to 0.97]')));
  });

  it('names the incident and how long it lasts', () => {
    const during = renderView(figures, { ...scene, incident: { name: 'swap', at: 45 } }, PLAIN);
    assert.match(during[0] ?? '', /incident swap, 0:30/);
  });

  it('has no colours without them', () => assert.doesNotMatch(text, /\u001b/));
});

describe('renderLine', () => {
  it('is one line with the figures that matter', () => {
    const line = renderLine(figures, scene);
    assert.match(line, /^1:15 {2}calls 400 \(20\.0\/s\).*accuracy 0\.94 \[0\.88 to 0\.97\].*anomalies 10/);
    assert.doesNotMatch(line, /\n/);
  });
});

describe('fit', () => {
  it('cuts to the visible width and keeps colours closed', () => {
    assert.equal(fit('abcdef', 6), 'abcdef');
    assert.equal(fit('abcdefg', 6), 'abcde…');
    const coloured = `ab${COLOURED.bad('cdefgh')}`;
    assert.equal(fit(coloured, 8), coloured);
    assert.equal(fit(coloured, 5), `ab${COLOURED.bad('cd')}…`);
  });
});

describe('createTerminalScreen', () => {
  it('draws over the last view, keeps notes above it and gives the cursor back', () => {
    const written: string[] = [];
    const screen = createTerminalScreen(
      text => written.push(text),
      () => 40,
    );
    screen.show(['one', 'two']);
    screen.note('hello');
    screen.end();
    assert.match(written[0] ?? '', /\?25l.*one\ntwo\n$/s);
    assert.match(written[1] ?? '', /\[2A\r\u001b\[0Jhello\none\ntwo\n$/);
    assert.match(written[2] ?? '', /\?25h$/);
  });
});
