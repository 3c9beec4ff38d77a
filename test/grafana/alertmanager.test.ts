import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonitorError } from '../../core/errors.js';
import { type AlertmanagerOptions, alertmanager } from '../../grafana/alertmanager.js';

describe('Alertmanager configuration', () => {
  const refused: readonly (readonly [options: unknown, name: string])[] = [
    [{ receivers: { critical: { kind: 'pagerduty' } } }, 'receivers.critical.routingKeyFile'],
    [{ receivers: { warning: { kind: 'slack', channel: '#a' } } }, 'receivers.warning.apiUrlFile'],
    [{ receivers: { warning: { kind: 'slack', apiUrlFile: '/f' } } }, 'receivers.warning.channel'],
    [{ receivers: { heartbeat: { kind: 'webhook', url: 'here' } } }, 'receivers.heartbeat.url'],
    [{ receivers: { info: { kind: 'webhook', urlFile: '' } } }, 'receivers.info.urlFile'],
    [{ receivers: { info: { kind: 'mail' } } }, 'receivers.info.kind'],
    [{ teams: { search: { critical: { kind: 'pagerduty' } } } }, 'teams.search.critical.routingKeyFile'],
    [{ team: '' }, 'team'],
  ];
  for (const [options, name] of refused) {
    it(`names ${name} when it is missing or wrong`, () => {
      assert.throws(
        () => alertmanager(options as AlertmanagerOptions),
        (error: unknown) =>
          MonitorError.is(error) && error.code === 'CONFIG_INVALID' && error.message.startsWith(`${name} is `),
      );
    });
  }

  it('reaches nobody until receivers are given', () => {
    const hosts = alertmanager().receivers.flatMap(({ webhook_configs }) =>
      (webhook_configs as { url: string }[]).map(({ url }) => new URL(url).hostname),
    );
    assert.equal(hosts.length, 4);
    for (const host of hosts) assert.match(host, /\.invalid$/);
  });

  it('holds the files of secrets, not secrets', () => {
    const { receivers } = alertmanager({
      receivers: {
        critical: { kind: 'pagerduty', routingKeyFile: '/secrets/pagerduty' },
        warning: { kind: 'slack', apiUrlFile: '/secrets/slack', channel: '#llm' },
      },
    });
    const text = JSON.stringify(receivers);
    assert.ok(
      text.includes('"routing_key_file":"/secrets/pagerduty"') && text.includes('"api_url_file":"/secrets/slack"'),
    );
  });

  it('takes the times of a rehearsal', () => {
    const { route } = alertmanager({
      groupWait: '1s',
      groupInterval: '2s',
      repeatInterval: '1h',
      heartbeatInterval: '5s',
    });
    assert.deepEqual([route.group_wait, route.group_interval, route.repeat_interval], ['1s', '2s', '1h']);
    const heartbeat = route.routes?.[0];
    assert.deepEqual([heartbeat?.group_interval, heartbeat?.repeat_interval], ['5s', '4500ms']);
  });
});
