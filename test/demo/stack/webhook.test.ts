import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Notification, openWebhook, readNotifications } from '../../../demo/stack/webhook.js';

const payload = {
  version: '4',
  receiver: 'llm-critical',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'LLMAccuracyLow', severity: 'critical' },
      annotations: { runbook_url: 'https://runbooks.example/LLMAccuracyLow.md' },
    },
    { status: 'resolved', labels: { alertname: 'LLMMonitorDown' } },
  ],
};

describe('readNotifications', () => {
  it('reads one notification an alert', () => {
    assert.deepEqual(readNotifications(payload, 5), [
      {
        status: 'firing',
        receiver: 'llm-critical',
        name: 'LLMAccuracyLow',
        labels: { alertname: 'LLMAccuracyLow', severity: 'critical' },
        annotations: { runbook_url: 'https://runbooks.example/LLMAccuracyLow.md' },
        receivedAt: 5,
      },
      {
        status: 'resolved',
        receiver: 'llm-critical',
        name: 'LLMMonitorDown',
        labels: { alertname: 'LLMMonitorDown' },
        annotations: {},
        receivedAt: 5,
      },
    ]);
  });

  for (const odd of [null, 1, 'x', [], {}, { alerts: 'x' }, { alerts: [null, 3] }])
    it(`reads nothing in ${JSON.stringify(odd)}`, () => assert.deepEqual(readNotifications(odd, 0), []));
});

describe('openWebhook', () => {
  it('hands over what is posted, refuses what is no JSON, and closes', async () => {
    const got: Notification[] = [];
    const webhook = await openWebhook(notification => got.push(notification));
    const post = (body: string): Promise<Response> => fetch(`${webhook.url}/critical`, { method: 'POST', body });
    assert.equal((await post(JSON.stringify(payload))).status, 200);
    assert.equal((await post('{')).status, 400);
    assert.deepEqual(
      got.map(n => n.name),
      ['LLMAccuracyLow', 'LLMMonitorDown'],
    );
    await webhook.close();
    await assert.rejects(post('{}'));
  });
});
