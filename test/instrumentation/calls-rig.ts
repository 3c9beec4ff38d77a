import { after, afterEach, before, beforeEach } from 'node:test';
import type { AlwaysOffSampler } from '@opentelemetry/sdk-trace-node';
import type { CallEvent } from '../../core/calls.js';
import { createWiring, type Wiring } from '../../core/wiring.js';
import { LlmInstrumentation, type LlmInstrumentationConfig, wrap } from '../../instrumentation/index.js';
import { CHAT } from '../provider/behaviour.js';
import { type Client, loadSdk, type Sdk } from '../provider/sdks.js';
import { ModelServer } from '../provider/server.js';
import { memoryProviders } from './otel.js';

/** What tests of watched calls share: one server a file, and a wiring, its events and an instrumentation a test. */
export let server: ModelServer;
export let sdk: Sdk;
export let wiring: Wiring;
export let events: CallEvent[];
export let instrumentation: LlmInstrumentation | undefined;
let run = 0;

before(async () => {
  server = await ModelServer.start();
  sdk = await loadSdk(6);
});
after(() => server.close());
beforeEach(() => {
  wiring = createWiring();
  events = [];
  wiring.calls.subscribe(event => events.push(event));
});
afterEach(() => {
  instrumentation?.disable();
  instrumentation = undefined;
});

/** Turns an instrumentation on over in-memory providers, and wraps a client of the scenario. */
export function start(scenario: string, config: LlmInstrumentationConfig = {}, sampler?: AlwaysOffSampler) {
  const otel = memoryProviders(sampler);
  instrumentation = new LlmInstrumentation({ wiring, modules: [], ...config });
  instrumentation.setTracerProvider(otel.tracerProvider);
  instrumentation.setMeterProvider(otel.meterProvider);
  instrumentation.enable();
  return { otel, client: client(scenario) };
}

/** A wrapped client of a scenario; every one has a base address of its own. */
export function client(scenario: string, options: Record<string, unknown> = {}): Client {
  const baseURL = server.baseURL(scenario, `c${++run}`);
  return wrap(new sdk.OpenAI({ apiKey: 'test', baseURL, maxRetries: 0, logLevel: 'off', ...options }));
}

export async function read(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

export const STREAM = { ...CHAT, stream: true as const };
export const port = (): number => Number(new URL(server.origin).port);

/** Puts another wiring in the place of the test's own. */
export function rewire(other: Wiring): void {
  wiring = other;
}
