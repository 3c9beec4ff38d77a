import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Journal } from '../../demo/journal.js';
import { alertLine, createReport, reportText } from '../../demo/report.js';
import type { Notification } from '../../demo/stack/webhook.js';
import { readFigures } from '../../demo/view/figures.js';
import { Scrape } from '../../demo/view/scrape.js';
import { page } from './view/canned.js';

const notification = (receivedAt: number, labels: Record<string, string> = {}): Notification => ({
  status: 'firing',
  receiver: 'llm-critical',
  name: 'LLMAccuracyLow',
  labels: { alertname: 'LLMAccuracyLow', severity: 'critical', category: 'accuracy', team: 'llm', job: 'j', ...labels },
  annotations: { summary: 'Answers are right too seldom', runbook_url: 'https://runbooks.example/LLMAccuracyLow.md' },
  receivedAt,
});

describe('Journal', () => {
  it('tells when an alert came, from the start and from the incident', () => {
    let now = 1000;
    const journal = new Journal(() => now);
    assert.equal(journal.receive(notification(6000))?.delay, null);
    now = 11_000;
    journal.begin('swap');
    assert.deepEqual(journal.incident, { name: 'swap', at: 10 });
    const alert = journal.receive(notification(22_540, { task: 'answer', model: 'bankbot' }));
    assert.deepEqual(alert, {
      name: 'LLMAccuracyLow',
      status: 'firing',
      severity: 'critical',
      category: 'accuracy',
      receiver: 'llm-critical',
      labels: { task: 'answer', model: 'bankbot' },
      at: 21.5,
      delay: 11.5,
      runbook_url: 'https://runbooks.example/LLMAccuracyLow.md',
      summary: 'Answers are right too seldom',
    });
    assert.equal(journal.alerts.length, 2);
    assert.match(
      alertLine(alert as NonNullable<typeof alert>),
      /^ALERT LLMAccuracyLow task=answer model=bankbot \(critical, accuracy, to llm-critical, 11\.5 s after/,
    );
  });

  it('keeps the Watchdog out', () => {
    const journal = new Journal(() => 0);
    assert.equal(journal.receive(notification(1, { severity: 'none' })), undefined);
    assert.deepEqual(journal.alerts, []);
  });

  it('remembers the first time that all figures stood', () => {
    let now = 0;
    const journal = new Journal(() => now);
    now = 2000;
    journal.figuresStand();
    now = 5000;
    journal.figuresStand();
    assert.equal(journal.figuresAfter, 2);
  });
});

describe('report', () => {
  const questions = { asked: 1, answered: 1, failed: 0, skipped: 0, labelsAccepted: 2, labelsLost: 0 };
  const input = {
    seconds: 40,
    endpoint: 'http://127.0.0.1:9464',
    figuresAfter: 2,
    questions,
    incident: undefined,
    alerts: [],
  };

  it('holds the figures and only the kinds of error that happened', () => {
    const figures = readFigures(new Scrape(page(1), 0), new Scrape(page(2), 10_000));
    const report = createReport({ ...input, figures: { ...figures, errors: [...figures.errors, ['auth', 0]] } });
    assert.deepEqual(report.calls, { total: 400, errors: { rate_limit: 24, server: 16 } });
    assert.deepEqual(report.accuracy, { value: 0.94, low: 0.88, high: 0.97 });
    assert.equal(
      reportText(report),
      '400 calls in 40 s, 40 failed, accuracy 0.94 over the last labels, 10 flagged as anomalous',
    );
  });

  it('has null where nothing is known', () => {
    const report = createReport({ ...input, figures: undefined, figuresAfter: undefined });
    assert.equal(report.accuracy, null);
    assert.equal(report.latency.p95, null);
    assert.equal(report.figuresAfter, null);
    assert.match(reportText(report), /0 calls in 40 s, 0 failed, no label yet/);
  });

  it('sums incident and alerts up for a person', () => {
    const journal = new Journal(() => 0);
    journal.begin('swap');
    journal.receive(notification(11_500));
    const report = createReport({ ...input, figures: undefined, incident: journal.incident, alerts: journal.alerts });
    assert.match(reportText(report), /incident swap from second 0 on\n1 alert: LLMAccuracyLow after 11\.5 s$/);
  });
});
