import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, describe, it } from 'node:test';
import type { LlmCall } from '../../core/call.js';
import { createWiring } from '../../core/wiring.js';
import { withCallContext, wrap } from '../../instrumentation/index.js';
import { CHAT } from '../provider/behaviour.js';
import { beside, runNode } from '../provider/child.js';
import { type Client, loadSdk } from '../provider/sdks.js';
import { ModelServer } from '../provider/server.js';

let server: ModelServer;
let client: Client;
const calls: LlmCall[] = [];

before(async () => {
  server = await ModelServer.start();
  const sdk = await loadSdk(6);
  const wiring = createWiring();
  wiring.calls.subscribe(event => calls.push(event.call));
  client = wrap(new sdk.OpenAI({ apiKey: 'test', baseURL: server.baseURL('chat', 'context') }), { wiring });
});
after(() => server.close());

async function call(): Promise<LlmCall> {
  await client.chat.completions.create({ ...CHAT });
  return calls.at(-1) as LlmCall;
}

describe('withCallContext', () => {
  it('gives its attributes to the calls inside, and to no other', async () => {
    const made = await withCallContext(
      { template: 'parcel-v2', prediction: { value: 'late', score: 0.8 }, team: 'support', tier: 2, vip: true },
      async () => {
        await Promise.resolve();
        return call();
      },
    );
    assert.equal(made.template, 'parcel-v2');
    assert.deepEqual(made.prediction, { value: 'late', score: 0.8 });
    assert.deepEqual(made.context, { team: 'support', tier: '2', vip: 'true' });
    const outside = await call();
    assert.deepEqual(outside.context, {});
    assert.equal(outside.prediction, undefined);
    assert.match(outside.template ?? '', /^[0-9a-f]{8}$/);
  });

  it('inside another adds to it', async () => {
    const made = await withCallContext({ team: 'support', template: 'a' }, () =>
      withCallContext({ tier: 'pro', prediction: 'late' }, call),
    );
    assert.deepEqual(made.context, { team: 'support', tier: 'pro' });
    assert.equal(made.template, 'a');
    assert.deepEqual(made.prediction, { value: 'late' });
  });

  it('keeps the attributes of a stream that is read outside', async () => {
    const stream = await withCallContext({ team: 'search' }, () =>
      client.chat.completions.create({ ...CHAT, stream: true }),
    );
    for await (const _ of stream);
    assert.deepEqual(calls.at(-1)?.context, { team: 'search' });
  });

  it('returns and throws what the function does', () => {
    assert.equal(
      withCallContext({}, () => 7),
      7,
    );
    assert.throws(
      () =>
        withCallContext({}, () => {
          throw new RangeError('mine');
        }),
      RangeError,
    );
  });

  it('leaves the storage of the app as it is', async () => {
    const app = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    await app.run('mine', async () => {
      const promise = client.chat.completions.create({ ...CHAT, stream: true });
      seen.push(app.getStore());
      const stream = await app.run('other', () =>
        promise.then(value => {
          seen.push(app.getStore());
          return value;
        }),
      );
      for await (const _ of stream) seen.push(app.getStore());
    });
    assert.deepEqual(seen, ['mine', 'other', ...Array.from({ length: 8 }, () => 'mine')]);
  });

  it('is what switches async hooks on: a watched call does not', async () => {
    const used = JSON.parse(await runNode([beside(import.meta.url, 'context-child.js'), server.origin])) as object;
    assert.deepEqual(used, { call: false, context: true });
  });
});
