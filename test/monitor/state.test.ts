import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonitorError } from '../../core/errors.js';
import { loadConfig } from '../../monitor/config/load.js';

test('a folder and the three kinds of URL are accepted', () => {
  for (const value of ['./state', '/var/lib/state', 'redis://h:6379/1', 'rediss://u:p@h', 'postgres://h/db']) {
    const { settings } = loadConfig({}, { LLM_MONITOR_STATE: value }, '/');
    assert.equal(settings.state, value);
  }
});

for (const value of ['mysql://u:hunter2@h/db', 'redis://u:hunter2@h/not-a-number', 'postgres://u:hunter2%zz@h/db']) {
  test(`another location is refused, and its password not shown: ${value.split(':')[0]}`, () => {
    assert.throws(
      () => loadConfig({}, { LLM_MONITOR_STATE: value }, '/'),
      error =>
        MonitorError.is(error) &&
        error.code === 'CONFIG_INVALID' &&
        error.message.includes('LLM_MONITOR_STATE') &&
        error.message.includes('redis://') &&
        !error.message.includes('hunter2'),
    );
  });
}
