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

const child = beside(import.meta.url, 'unhandled-child.js');

describe('rejections that nobody handles', () => {
  for (const major of MAJORS) {
    it(`are reported by Node as often as without us: openai ${major}`, async () => {
      const of = async (way: string): Promise<Record<string, string[]>> =>
        JSON.parse(await runNode([child, String(major), way, server.origin])) as Record<string, string[]>;
      const bare = await of('bare');
      const wrapped = await of('wrap');
      assert.deepEqual(wrapped, bare);
      assert.deepEqual(bare['never awaited'], ['RateLimitError'], 'the case must be able to fail');
      assert.deepEqual(bare['caught'], []);
    });
  }
});
