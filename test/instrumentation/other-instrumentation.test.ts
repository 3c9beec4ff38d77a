import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { CallEvent } from '../../core/calls.js';
import { METRICS } from '../../core/catalog.js';
import { createWiring, type Wiring } from '../../core/wiring.js';
import { instrument, wrap } from '../../instrumentation/index.js';
import { CHAT } from '../provider/behaviour.js';
import type { Client, Sdk } from '../provider/sdks.js';
import { ModelServer } from '../provider/server.js';
import { memoryProviders } from './otel.js';

const require = createRequire(import.meta.url);
const OTHER = '@opentelemetry/instrumentation-openai';

let server: ModelServer;
let other: Instrumentation;
let sdk: Sdk;
let wiring: Wiring;
let events: CallEvent[];
let otel: ReturnType<typeof memoryProviders>;

before(async () => {
  server = await ModelServer.start();
  const { OpenAIInstrumentation } = require(OTHER) as { OpenAIInstrumentation: new () => Instrumentation };
  // It patches by the loader of CommonJS, so it must be there first.
  other = new OpenAIInstrumentation();
  sdk = require('openai') as Sdk;
  other.disable();
});
after(() => server.close());
beforeEach(() => {
  wiring = createWiring();
  events = [];
  wiring.calls.subscribe(event => events.push(event));
  otel = memoryProviders();
  other.setTracerProvider(otel.tracerProvider);
  other.setMeterProvider(otel.meterProvider);
});

const options = () => ({ wiring, tracerProvider: otel.tracerProvider, meterProvider: otel.meterProvider });

function client(scenario = 'chat'): Client {
  return new sdk.OpenAI({ apiKey: 'test', baseURL: server.baseURL(scenario, 'other'), maxRetries: 0 });
}

/** A plain call and a streamed one. */
async function use(made: Client): Promise<void> {
  assert.equal((await made.chat.completions.create({ ...CHAT })).id, 'chatcmpl-A1');
  let chunks = 0;
  for await (const _ of await made.chat.completions.create({ ...CHAT, stream: true })) chunks++;
  assert.equal(chunks, 8);
  // The other one ends its span in a later turn.
  await new Promise(resolve => setImmediate(resolve));
}

/** Scopes of the spans, and how many calls the conventions' metric has. */
async function written(): Promise<{ spans: string[]; timed: number }> {
  const points = (await otel.histograms()).get(METRICS.operationDuration.name) ?? [];
  return {
    spans: otel.spans().map(span => span.instrumentationScope.name),
    timed: points.reduce((sum, point) => sum + point.value.count, 0),
  };
}

function counted(): void {
  assert.deepEqual(
    events.map(event => [event.call.outcome.kind, event.call.usage?.source, event.call.attempts]),
    [
      ['ok', 'reported', 1],
      ['ok', 'estimated', 1],
    ],
  );
}

describe('beside another instrumentation of the SDK', () => {
  for (const [name, set] of [
    [
      'that patched the class before ours',
      () => {
        other.enable();
        const undo = instrument(sdk, options());
        return () => {
          undo();
          other.disable();
        };
      },
    ],
    [
      'that patched the class after ours',
      () => {
        const undo = instrument(sdk, options());
        other.enable();
        return () => {
          other.disable();
          undo();
        };
      },
    ],
    [
      'that patched the class of a wrapped client',
      (made: Client) => {
        other.enable();
        wrap(made, options());
        return () => other.disable();
      },
    ],
  ] as const) {
    it(`${name}, a call counts once in its metrics and spans, and in ours`, async () => {
      const made = client();
      const undo = set(made);
      try {
        await use(made);
      } finally {
        undo();
      }
      assert.deepEqual(await written(), { spans: [OTHER, OTHER], timed: 2 });
      counted();
    });
  }

  it('what that one does not see is ours', async () => {
    other.enable();
    const undo = instrument(sdk, options());
    try {
      await client('completion').completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Tell' });
    } finally {
      undo();
      other.disable();
    }
    assert.deepEqual(await written(), { spans: ['otel-llm-monitor'], timed: 1 });
  });

  it('that is off, all is ours', async () => {
    const undo = instrument(sdk, options());
    try {
      await use(client());
    } finally {
      undo();
    }
    assert.deepEqual(await written(), { spans: ['otel-llm-monitor', 'otel-llm-monitor'], timed: 2 });
    counted();
  });
});
