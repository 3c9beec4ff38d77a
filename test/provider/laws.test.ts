import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LlmCall } from '../../core/call.js';
import { createWiring, type Wiring } from '../../core/wiring.js';
import { instrument, wrap } from '../../instrumentation/index.js';
import type { Behaviour } from './behaviour.js';
import { BEHAVIOURS } from './behaviours.js';
import { type Client, loadSdk, MAJORS, type Sdk } from './sdks.js';
import { ModelServer } from './server.js';

function record(call: LlmCall): string {
  switch (call.outcome.kind) {
    case 'ok':
      return `ok:${call.outcome.finishReasons.join('+')}`;
    case 'error':
      return `error:${call.outcome.errorType}`;
    case 'aborted':
      return `aborted:${call.outcome.by}`;
  }
}

let server: ModelServer;
let run = 0;

function client(sdk: Sdk, behaviour: Behaviour, name: string): Client {
  return new sdk.OpenAI({
    apiKey: 'test',
    baseURL: server.baseURL(behaviour.scenario, name),
    maxRetries: 0,
    logLevel: 'off',
    ...behaviour.options,
  });
}

/** What the server saw, in an order that does not depend on which of two calls at once came first. */
function traffic(name: string): string[] {
  return server
    .requests(name)
    .map(request => `${request.path} ${request.body}`)
    .sort();
}

/** The two ways in: one client, or its class. */
const WAYS = ['wrap', 'instrument'] as const;

/** A call whose raw response was taken ends with the turn. */
const TURN = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

async function watched(
  sdk: Sdk,
  behaviour: Behaviour,
  way: (typeof WAYS)[number],
): Promise<{ told: unknown; calls: LlmCall[]; wiring: Wiring; traffic: string[] }> {
  const name = `w${++run}`;
  const wiring = createWiring();
  const calls: LlmCall[] = [];
  wiring.calls.subscribe(event => calls.push(event.call));
  const made = client(sdk, behaviour, name);
  const undo = way === 'instrument' ? instrument(sdk, { wiring }) : undefined;
  try {
    const told = await behaviour.run(way === 'wrap' ? wrap(made, { wiring }) : made, sdk);
    await TURN();
    return { told, calls, wiring, traffic: traffic(name) };
  } finally {
    undo?.();
  }
}

async function bare(sdk: Sdk, behaviour: Behaviour): Promise<{ told: unknown; traffic: string[] }> {
  const name = `b${++run}`;
  const told = await behaviour.run(client(sdk, behaviour, name), sdk);
  await TURN();
  return { told, traffic: traffic(name) };
}

before(async () => {
  server = await ModelServer.start();
});
after(() => server.close());

for (const major of MAJORS) {
  describe(`openai ${major}`, () => {
    for (const behaviour of BEHAVIOURS) {
      if (major < (behaviour.since ?? 0) || major > (behaviour.until ?? 99)) continue;
      it(behaviour.name, async t => {
        // openai 4 prints what it cannot parse.
        t.mock.method(console, 'error', () => {});
        const sdk = await loadSdk(major);
        const expected = await bare(sdk, behaviour);
        for (const way of WAYS) {
          const actual = await watched(sdk, behaviour, way);
          assert.deepEqual(actual.told, expected.told);
          assert.deepEqual(actual.traffic, expected.traffic);
          assert.deepEqual(actual.calls.map(record).sort(), [...behaviour.records].sort());
          assert.equal(new Set(actual.calls.map(call => call.id)).size, actual.calls.length);
          assert.equal(actual.wiring.store.value('selfErrors', { component: 'instrumentation' }), undefined);
          for (const model of ['other', 'gpt-4o-mini', 'gpt-4.1']) {
            const open = actual.wiring.store.value('callsInFlight', { provider: 'openai', model, operation: 'chat' });
            assert.ok(open === undefined || open === 0, `${open} calls of ${model} in flight`);
          }
        }
      });
    }
  });
}
