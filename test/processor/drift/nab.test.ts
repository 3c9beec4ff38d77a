import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sharedPath, skipWithoutShared } from '../../shared.js';

const NAB = ['data', 'anomaly', 'nab'];

test('more windows than plain baselines find, and fewer false alerts', { skip: skipWithoutShared(...NAB) }, () => {
  const script = fileURLToPath(new URL('../../nab.js', import.meta.url));
  const lines = execFileSync(process.execPath, [script, sharedPath(...NAB) as string], { encoding: 'utf8' }).trim();
  const { windows, found, false_alerts } = JSON.parse(lines.split('\n').at(-1) as string);
  assert.equal(windows, 17);
  // An exponentially weighted z finds 10 with 20 false alerts, CUSUM 9 with 94.
  assert.ok(found >= 10 && false_alerts < 10, `${found} found, ${false_alerts} false`);
});
