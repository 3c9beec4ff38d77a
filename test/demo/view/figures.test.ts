import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFigures } from '../../../demo/view/figures.js';
import { quantileBetween, Scrape } from '../../../demo/view/scrape.js';
import { page } from './canned.js';

const before = new Scrape(page(1), 0);
const now = new Scrape(page(2), 10_000);

describe('quantileBetween', () => {
  it('interpolates what came in between two scrapes', () => {
    assert.equal(quantileBetween(before, now, 'operationDuration', 0.5), 0.02);
    const p75 = quantileBetween(before, now, 'operationDuration', 0.75) ?? Number.NaN;
    assert.ok(Math.abs(p75 - 0.03) < 1e-12);
  });

  it('is undefined where nothing came in or the metric is absent', () => {
    assert.equal(quantileBetween(now, now, 'operationDuration', 0.5), undefined);
    assert.equal(quantileBetween(before, now, 'timeToFirstChunk', 0.5), undefined);
  });

  it('gives the last finite bound beyond it', () => {
    const slow = new Scrape(
      'gen_ai_client_operation_duration_seconds_bucket{le="0.04"} 0\ngen_ai_client_operation_duration_seconds_bucket{le="+Inf"} 5',
      1,
    );
    assert.equal(quantileBetween(new Scrape('', 0), slow, 'operationDuration', 0.5), 0.04);
  });
});

describe('readFigures', () => {
  const figures = readFigures(before, now);

  it('gives totals and what happened lately', () => {
    assert.equal(figures.calls, 400);
    assert.equal(figures.rate, 20);
    assert.deepEqual(figures.recent, { ok: 0.9, error: 0.1, aborted: 0 });
    assert.deepEqual(figures.errors, [
      ['rate_limit', 24],
      ['server', 16],
    ]);
    assert.deepEqual(figures.tokens, { input: 8000, output: 7200 });
    assert.ok(Math.abs(figures.cost - 0.00368) < 1e-9);
  });

  it('gives accuracy with its interval, and nothing where there is none', () => {
    assert.deepEqual(figures.accuracy, { value: 0.94, low: 0.88, high: 0.97 });
    assert.equal(figures.intentAccuracy, undefined);
    assert.equal(figures.intentF1, 0.92);
    assert.equal(figures.labels, 180);
  });

  it('gives flags by evaluator and the feature behind most anomalies', () => {
    assert.deepEqual(figures.quality.map(q => [q.evaluator, q.flagged, q.evaluated]).sort(), [
      ['relevance', 18, 360],
      ['repetition', 0, 360],
    ]);
    assert.equal(figures.anomaly.flagged, 10);
    assert.equal(figures.anomaly.recentShare, 5 / 200);
    assert.equal(figures.anomaly.topFeature, 'output_tokens');
    assert.deepEqual(figures.anomaly.detectors, [
      { name: 'd', ready: true },
      { name: 'e', ready: false },
    ]);
  });

  it('has no shares from an empty page', () => {
    const empty = new Scrape('', 0);
    const none = readFigures(empty, empty);
    assert.equal(none.calls, 0);
    assert.equal(none.rate, 0);
    assert.equal(none.recent, undefined);
    assert.equal(none.latency.p95, undefined);
    assert.equal(none.accuracy, undefined);
    assert.equal(none.monitor.overhead, undefined);
  });

  it('leaves the model "other" out of the names', () => {
    const more = [
      'llm_monitor_calls_total{provider="openai",model="other",operation="chat",outcome="ok",error_type=""} 3',
    ];
    assert.deepEqual(readFigures(before, new Scrape(page(1, more), 1000)).models, ['bankbot']);
  });
});
