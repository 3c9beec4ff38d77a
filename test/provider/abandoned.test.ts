import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { beside, runNode } from './child.js';
import { MAJORS } from './sdks.js';
import { ModelServer } from './server.js';

let server: ModelServer;
before(async () => {
  server = await ModelServer.start();
});
after(() => server.close());

describe('calls nobody waits for', () => {
  for (const major of MAJORS) {
    it(`end as abandoned, and none that somebody waits for does: openai ${major}`, async () => {
      const out = await runNode([
        '--expose-gc',
        beside(import.meta.url, 'abandoned-child.js'),
        String(major),
        server.origin,
      ]);
      assert.deepEqual(JSON.parse(out), {
        alive: ['ok', 'ok', 'ok', 'error', 'ok', 'ok', 'ok'],
        lost: ['abandoned', 'abandoned', 'abandoned', 'abandoned'],
      });
    });
  }
});
