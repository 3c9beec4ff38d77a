import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallEvent } from '../../core/calls.js';
import { createWiring } from '../../core/wiring.js';
import { wrap } from '../../instrumentation/index.js';
import { CHAT } from '../provider/behaviour.js';
import { loadSdk } from '../provider/sdks.js';
import { client, events, instrumentation, read, rewire, STREAM, server, start, wiring } from './calls-rig.js';

describe('the record of a call', () => {
  it('holds what the reply says', async () => {
    const { client } = start('chat');
    await client.chat.completions.create(CHAT);
    const { call, rejected, text } = events[0] as CallEvent;
    assert.deepEqual(rejected, []);
    assert.equal(call.provider, 'openai');
    assert.equal(call.operation, 'chat');
    assert.deepEqual(call.model, { requested: 'gpt-4o-mini', answered: 'gpt-4o-mini-2024-07-18' });
    assert.equal(call.responseId, 'chatcmpl-A1');
    assert.equal(call.attempts, 1);
    assert.ok(call.duration > 0 && call.duration < 5);
    assert.deepEqual(call.usage, {
      input_uncached: 176,
      cache_read: 1024,
      cache_write: 0,
      output: 84,
      reasoning: 256,
      source: 'reported',
    });
    assert.match(call.template ?? '', /^[0-9a-f]{8}$/);
    assert.deepEqual(text, {
      input: [
        { role: 'system', text: 'You help with parcels.' },
        { role: 'user', text: 'Where is order 4711?' },
      ],
      output: ['The parcel left our warehouse on Monday.'],
      jsonRequested: false,
      logprobs: [-0.1, -0.25],
    });
  });

  it('holds what a stream said, with its first chunk, and estimates tokens nobody counted', async () => {
    const { client } = start('chat');
    await read(await client.chat.completions.create(STREAM));
    const { call, text } = events[0] as CallEvent;
    assert.ok((call.timeToFirstChunk as number) > 0 && (call.timeToFirstChunk as number) <= call.duration);
    // 42 characters went in and 26 came out, at 4 a token.
    assert.deepEqual(call.usage, { input_uncached: 11, output: 7, source: 'estimated' });
    assert.deepEqual(text?.output, ['The parcel left on Monday.']);
    assert.deepEqual(
      text?.logprobs,
      [-0, -0.5, -1, -1.5, -2, -2.5].map(value => value + 0),
    );
  });

  it('takes the usage of a stream that has it', async () => {
    const { client } = start('usage');
    await read(await client.chat.completions.create({ ...STREAM, stream_options: { include_usage: true } }));
    assert.deepEqual(events[0]?.call.usage, {
      input_uncached: 16,
      cache_read: 4,
      cache_write: 0,
      output: 7,
      reasoning: 0,
      source: 'reported',
    });
  });

  it('estimates what a stream left early had said', async () => {
    const { client } = start('streamhold');
    for await (const chunk of await client.chat.completions.create(STREAM))
      if (chunk.choices[0]?.delta.content === ' parcel') break;
    assert.deepEqual(events[0]?.call.outcome, { kind: 'aborted', by: 'caller' });
    assert.deepEqual(events[0]?.call.usage, { input_uncached: 11, output: 3, source: 'estimated' });
    assert.deepEqual(events[0]?.text?.output, ['The parcel']);
  });

  it('holds the answer of a promise that was first asked for its response', async () => {
    const { client } = start('chat');
    const promise = client.chat.completions.create(CHAT);
    await promise.asResponse();
    assert.equal(events.length, 0);
    await promise;
    assert.equal(events[0]?.call.usage?.output, 84);
    assert.deepEqual(events[0]?.text?.output, ['The parcel left our warehouse on Monday.']);
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(events.length, 1);
  });

  it('of a raw response ends at its headers', async t => {
    const { client } = start('chat');
    await client.chat.completions.create(CHAT).asResponse();
    const { now } = performance;
    const at = performance.now();
    // The rest of the turn takes an hour.
    t.mock.method(performance, 'now', () => now.call(performance) + 3_600_000);
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(events[0]?.call.attempts, 1);
    assert.ok((events[0]?.call.duration as number) * 1000 <= at);
  });

  it('of a raw response is no call that shutdown cut off', async () => {
    const { client } = start('chat');
    await client.chat.completions.create(CHAT).asResponse();
    instrumentation?.disable();
    assert.deepEqual(events[0]?.call.outcome, { kind: 'ok', finishReasons: [] });
  });

  it('counts the attempts of the SDK', async () => {
    const { client: base } = start('flaky');
    await base.withOptions({ maxRetries: 2 }).chat.completions.create(CHAT);
    assert.equal(events[0]?.call.attempts, 3);
  });

  it('gathers no words when nobody listens', async () => {
    rewire(createWiring());
    const { client, otel } = start('chat', { wiring });
    await client.chat.completions.create(CHAT);
    await read(await client.chat.completions.create(STREAM));
    assert.equal(otel.spans().length, 2);
    assert.equal(events.length, 0);
  });

  it('reads the words at the start, whatever the app does to its messages afterwards', async () => {
    const { client } = start('chat');
    const messages = [{ role: 'user' as const, content: 'first' }];
    const promise = client.chat.completions.create({ ...CHAT, messages });
    messages.push({ role: 'user', content: 'second' });
    await promise;
    assert.deepEqual(events[0]?.text?.input, [{ role: 'user', text: 'first' }]);
  });

  it('reads the Responses API, embeddings and legacy completions', async () => {
    const { client: responses } = start('responses');
    await responses.responses.create({ model: 'gpt-4.1', instructions: 'Answer in one line.', input: 'Refund?' });
    await read(await responses.responses.create({ model: 'gpt-4.1', input: 'Refund?', stream: true }));
    await client('embeddings').embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
    await client('completion').completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Tell' });
    assert.deepEqual(
      events.map(event => [event.call.operation, event.call.responseId, event.text?.input.length, event.text?.output]),
      [
        ['chat', 'resp_R1', 2, ['Refunds take five days.']],
        ['chat', 'resp_R1', 1, ['Refunds take five days.']],
        ['embeddings', undefined, 2, []],
        ['text_completion', 'cmpl-C1', 1, [' once upon a time']],
      ],
    );
    const usage = { input_uncached: 260, cache_read: 512, cache_write: 128, output: 40, reasoning: 20 };
    assert.deepEqual(events[0]?.call.usage, { ...usage, source: 'reported' });
    assert.deepEqual(events[1]?.call.usage, { ...usage, source: 'reported' });
    assert.deepEqual(events[2]?.call.usage, { input_uncached: 16, source: 'reported' });
    assert.deepEqual(events[3]?.text?.logprobs, [-0.5, -0.125]);
  });
});

describe('attempts', () => {
  it('are unknown where two calls at once share one body, and known again afterwards', async () => {
    const { client } = start('chat');
    await Promise.all([client.chat.completions.create(CHAT), client.chat.completions.create(CHAT)]);
    await client.chat.completions.create(CHAT);
    assert.deepEqual(
      events.map(event => event.call.attempts),
      [undefined, undefined, 1],
    );
  });

  it('are unknown for a request that was never sent', async () => {
    const { client } = start('chat');
    await assert.rejects(client.chat.completions.create(CHAT, { signal: AbortSignal.abort() }) as Promise<unknown>);
    await assert.rejects(client.chat.completions.create({ ...CHAT, seed: 1n as never }) as Promise<unknown>);
    assert.deepEqual(
      events.map(event => event.call.attempts),
      [undefined, undefined],
    );
  });

  for (const major of [4, 5, 6, 7] as const) {
    it(`of openai ${major} are counted on failures too`, async () => {
      start('chat');
      const other = await loadSdk(major);
      const baseURL = server.baseURL('broken', `m${major}`);
      const made = wrap(new other.OpenAI({ apiKey: 'test', baseURL, maxRetries: 1, logLevel: 'off' }));
      await assert.rejects(made.chat.completions.create({ ...CHAT }) as Promise<unknown>);
      assert.equal(events[0]?.call.attempts, 2);
      assert.equal(server.requests(`m${major}`).length, 2);
    });
  }
});
