import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freePort } from '../../../demo/processes/ports.js';
import { rulesOptions } from '../../../demo/rules-options.js';
import { startAlerting } from '../../../demo/stack/alerting.js';
import { findBinaries } from '../../../demo/stack/binaries.js';
import type { Notification } from '../../../demo/stack/webhook.js';
import { eventually, isAlive } from '../processes/alive.js';

const binaries = findBinaries(process.env['PATH'] ?? '');
const skip = typeof binaries === 'string' ? 'needs prometheus and prometheus-alertmanager on the PATH' : false;

describe('startAlerting', { skip }, () => {
  it('tells of an app that is not there, from the generated rules to the webhook, and leaves nothing behind', async () => {
    assert.ok(typeof binaries !== 'string');
    const got: Notification[] = [];
    const alerting = await startAlerting({
      binaries,
      rules: rulesOptions(`127.0.0.1:${await freePort()}`),
      env: process.env,
      signal: new AbortController().signal,
      receive: notification => got.push(notification),
    });
    try {
      const told = await eventually(() => got.some(n => n.name === 'LLMMonitorDown'), 30_000);
      assert.ok(told, JSON.stringify(got.map(n => n.name)));
      const down = got.find(n => n.name === 'LLMMonitorDown');
      assert.equal(down?.labels['severity'], 'critical');
      assert.match(down?.annotations['runbook_url'] ?? '', /^https?:.*LLMMonitorDown/);
    } finally {
      await alerting.stop();
    }
    assert.ok(!isAlive(alerting.keeper.pid));
    await assert.rejects(fetch(`${alerting.prometheusUrl}/-/ready`));
    await assert.rejects(fetch(`${alerting.alertmanagerUrl}/-/ready`));
  });

  it('fails with the last words of a program that does not take its configuration', async () => {
    assert.ok(typeof binaries !== 'string');
    const run = startAlerting({
      binaries: { ...binaries, prometheus: '/bin/false' },
      rules: rulesOptions('127.0.0.1:9'),
      env: process.env,
      signal: new AbortController().signal,
      receive: () => undefined,
    });
    await assert.rejects(run, { code: 'UNAVAILABLE', message: /prometheus ended \(code 1\)/ });
  });
});
