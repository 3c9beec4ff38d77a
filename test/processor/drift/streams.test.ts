import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sharedPath, skipWithoutShared } from '../../shared.js';
import { type Alert, StreamAlerts } from '../../streams/alerts.js';
import { readStream } from '../../streams/stream-file.js';

const STREAMS = ['data', 'anomaly', 'streams'];

test('recorded streams raise few pages, the same each time', { skip: skipWithoutShared(...STREAMS) }, () => {
  const folder = sharedPath(...STREAMS) as string;
  let pages = 0;
  const files = readdirSync(folder).filter(file => file.endsWith('.jsonl.gz'));
  for (const file of files) {
    const run = (): readonly Alert[] => {
      const alerts = new StreamAlerts();
      return [...readStream(join(folder, file))].flatMap(row => [...alerts.take(row)]);
    };
    const first = run();
    if (file === files[0]) assert.deepEqual(run(), first);
    pages += first.length;
  }
  // 29 incidents in 60 days.
  assert.ok(pages >= 26 && pages <= 40, `${pages} pages`);
});
