import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-node';
import { METRICS } from '../../core/catalog.js';
import { LlmInstrumentation, wrap } from '../../instrumentation/index.js';
import { CHAT } from '../provider/behaviour.js';
import { client, events, instrumentation, STREAM, sdk, server, start, wiring } from './calls-rig.js';
import { memoryProviders } from './otel.js';

describe('faults', () => {
  it('of a listener leave the call as it is', async () => {
    const { client } = start('chat');
    wiring.calls.subscribe(() => {
      throw new Error('mine');
    });
    const value = await client.chat.completions.create(CHAT);
    assert.equal(value.id, 'chatcmpl-A1');
    assert.equal(events.length, 1);
  });

  it('of a tracer or a meter leave the call as it is, and are counted', async () => {
    const { client } = start('chat');
    instrumentation?.setTracerProvider({
      getTracer: () => {
        throw new Error('no tracer');
      },
    });
    instrumentation?.setMeterProvider({
      getMeter: () => {
        throw new Error('no meter');
      },
    });
    assert.equal((await client.chat.completions.create(CHAT)).id, 'chatcmpl-A1');
    assert.equal(events.length, 1);
    assert.equal(wiring.store.value('selfErrors', { component: 'instrumentation' }), 2);
  });

  it('in a usage count are set to 0 and counted', async () => {
    const { client } = start('clamped');
    await client.chat.completions.create(CHAT);
    assert.deepEqual(events[0]?.call.usage, {
      input_uncached: 0,
      cache_read: 12,
      cache_write: 0,
      output: 0,
      reasoning: 9,
      source: 'reported',
    });
    assert.equal(wiring.store.value('selfErrors', { component: 'usage' }), 1);
  });
});

describe('switching off', () => {
  it('ends open calls as aborted by shutdown, once, and lets later ones pass', async () => {
    const { client } = start('streamhold');
    const iterator = (await client.chat.completions.create(STREAM))[Symbol.asyncIterator]();
    await iterator.next();
    instrumentation?.disable();
    assert.deepEqual(events[0]?.call.outcome, { kind: 'aborted', by: 'shutdown' });
    await iterator.return?.();
    assert.equal(events.length, 1);
    assert.equal(instrumentation?.getConfig().enabled, false);
  });

  it('gives classes back as they were', async () => {
    const { instrument } = await import('../../instrumentation/index.js');
    const before = [
      sdk.OpenAI.Chat.Completions.prototype.create,
      Object.getOwnPropertyDescriptor(sdk.OpenAI.prototype, 'buildRequest')?.value,
    ];
    const undo = instrument(sdk, { wiring });
    const again = instrument(sdk, { wiring });
    assert.notEqual(sdk.OpenAI.Chat.Completions.prototype.create, before[0]);
    again();
    assert.notEqual(sdk.OpenAI.Chat.Completions.prototype.create, before[0]);
    undo();
    assert.deepEqual(
      [
        sdk.OpenAI.Chat.Completions.prototype.create,
        Object.getOwnPropertyDescriptor(sdk.OpenAI.prototype, 'buildRequest')?.value,
      ],
      before,
    );
  });
});

describe('an OpenTelemetry set-up', () => {
  it('turns it on and off and gives it the providers', async () => {
    const { registerInstrumentations } = await import('@opentelemetry/instrumentation');
    const otel = memoryProviders();
    const made = new LlmInstrumentation({ wiring, modules: [] });
    assert.equal(made.getConfig().enabled, false);
    const off = registerInstrumentations({
      instrumentations: [made],
      tracerProvider: otel.tracerProvider,
      meterProvider: otel.meterProvider,
    });
    assert.equal(made.getConfig().enabled, true);
    await client('chat').chat.completions.create(CHAT);
    assert.equal(otel.spans().length, 1);
    assert.equal((await otel.histograms()).get(METRICS.operationDuration.name)?.[0]?.value.count, 1);
    off();
    assert.equal(made.getConfig().enabled, false);
  });
});

describe('wrap and instrument', () => {
  it('count a call once, whatever is patched, in any order', async () => {
    const { instrument } = await import('../../instrumentation/index.js');
    const baseURL = server.baseURL('chat', 'once');
    const made = new sdk.OpenAI({ apiKey: 'test', baseURL });
    const early = wrap(made, { wiring });
    const undo = instrument(sdk, { wiring });
    try {
      const late = wrap(new sdk.OpenAI({ apiKey: 'test', baseURL }), { wiring });
      assert.equal(early, made);
      assert.equal(wrap(early, { wiring }), early);
      for (const each of [early, late, new sdk.OpenAI({ apiKey: 'test', baseURL })]) {
        events.length = 0;
        await each.chat.completions.create({ ...CHAT });
        assert.equal(events.length, 1);
        assert.equal(events[0]?.call.attempts, 1);
      }
    } finally {
      undo();
    }
  });

  for (const [name, thing] of [
    ['an object of another shape', { chat: { completions: {} } }],
    ['a frozen client', Object.freeze({ chat: { completions: Object.freeze({ create: () => {} }) } })],
    ['null', null],
    ['text', 'client'],
  ] as const) {
    it(`leave ${name} alone and say so`, async () => {
      const { instrument } = await import('../../instrumentation/index.js');
      assert.equal(wrap(thing, { wiring }), thing);
      instrument(thing, { wiring })();
      const said = wiring.store.collect().find(family => family.key === 'selfUninstrumented');
      assert.ok((said?.series.size ?? 0) > 0);
    });
  }

  it('leave a promise of another shape alone and say so', async () => {
    const promise = Promise.resolve('answer');
    class OpenAI {
      readonly chat = { completions: { create: () => promise } };
    }
    const client = wrap(new OpenAI(), { wiring });
    assert.equal(client.chat.completions.create(), promise);
    assert.equal(wiring.store.value('selfUninstrumented', { module: 'openai', reason: 'unknown_promise' }), 1);
    assert.equal(wiring.store.value('callsInFlight', { provider: 'openai', model: 'other', operation: 'chat' }), 0);
    assert.equal(events.length, 0);
  });

  it('leave a promise of another shape alone where its span cannot end', () => {
    const promise = Promise.resolve('answer');
    class OpenAI {
      readonly chat = { completions: { create: () => promise } };
    }
    const tracerProvider = new BasicTracerProvider({
      spanProcessors: [
        {
          onStart() {},
          onEnd() {
            throw new Error('a processor of the app');
          },
          forceFlush: async () => {},
          shutdown: async () => {},
        },
      ],
    });
    const client = wrap(new OpenAI(), { wiring, tracerProvider });
    assert.equal(client.chat.completions.create(), promise);
    assert.equal(wiring.store.value('selfErrors', { component: 'instrumentation' }), 1);
  });

  for (const [name, options, provider, address, serverPort] of [
    ['a proxy', { baseURL: 'http://127.0.0.1:9/v1' }, 'openai', '127.0.0.1', 9],
    [
      'Azure by its host',
      { baseURL: 'https://mine.openai.azure.com/openai/v1' },
      'azure.ai.openai',
      'mine.openai.azure.com',
      undefined,
    ],
    ['a known host', { baseURL: 'https://api.deepseek.com' }, 'deepseek', 'api.deepseek.com', 443],
    ['a base that is no address', { baseURL: 'nowhere' }, 'openai', undefined, undefined],
  ] as const) {
    it(`name the provider: ${name}`, async () => {
      const { otel } = start('chat');
      const fetch = async (): Promise<Response> => Response.json({ id: 'x', choices: [] });
      const made = wrap(new sdk.OpenAI({ apiKey: 'test', maxRetries: 0, fetch, logLevel: 'off', ...options }));
      await (made.chat.completions.create(CHAT) as Promise<unknown>).catch(() => {});
      const attributes = otel.spans()[0]?.attributes;
      assert.equal(attributes?.['gen_ai.provider.name'], provider);
      assert.equal(attributes?.['server.address'], address);
      assert.equal(attributes?.['server.port'], serverPort);
    });
  }

  it('name Azure by its class, and its deployment as the model', async () => {
    const { otel } = start('chat');
    const fetch = async (): Promise<Response> => Response.json({ id: 'x', model: 'gpt-4o', choices: [] });
    const made = wrap(
      new sdk.AzureOpenAI({
        apiKey: 'test',
        apiVersion: '2024-10-21',
        endpoint: 'http://127.0.0.1:9',
        deployment: 'mine',
        fetch,
      }),
    );
    await made.chat.completions.create({ ...CHAT, model: '' });
    assert.equal(otel.spans()[0]?.name, 'chat mine');
    assert.equal(events[0]?.call.provider, 'azure.ai.openai');
    assert.equal(events[0]?.call.attempts, 1);
  });
});
