import { createRequire } from 'node:module';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { type Clock, systemClock } from '../../core/clock.js';
import type { Redaction } from '../../core/content.js';
import { createWiring } from '../../core/wiring.js';
import { LlmInstrumentation, wrap } from '../../instrumentation/index.js';
import { maskText } from '../../processor/index.js';
import { memoryFetch, QUESTION } from './replies.js';

/**
 * CPU that content on spans adds to a call: `node dist/test/bench/content-capture.js [rounds]`. What a caller waits for and what is
 * done after it are told apart: deferred work is held back while the calls run, and then done and measured by itself. The
 * contestants take turns in one process; only differences and ratios within a run count.
 */
interface Client {
  readonly chat: { readonly completions: { create(body: unknown): Promise<unknown> } };
}

const { OpenAI } = createRequire(import.meta.url)('openai') as { OpenAI: new (options: unknown) => Client };

/** Calls between two looks at the clock; with many more the figure would be that of the garbage collector. */
const GROUP = 5;

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function contestant(redact: Redaction | undefined) {
  const held: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    defer(run) {
      held.push(run);
      return () => {};
    },
  };
  const wiring = createWiring({ clock });
  const exporter = {
    export: (_: unknown, done: (result: { code: number }) => void) => done({ code: 0 }),
    shutdown: async () => {},
  };
  const provider = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 8192 })],
  });
  const on = new LlmInstrumentation({
    wiring,
    modules: [],
    ...(redact === undefined ? {} : { captureContent: 'span', redact }),
  });
  on.setTracerProvider(provider);
  const client = new OpenAI({ apiKey: 'bench', maxRetries: 0, fetch: memoryFetch() });
  return {
    async calls(count: number, stream: boolean): Promise<{ readonly path: number; readonly after: number }> {
      on.enable();
      wrap(client);
      let path = 0;
      let after = 0;
      for (let done = 0; done < count; done += GROUP) {
        const start = cpu();
        for (let i = 0; i < GROUP; i++) {
          const answer = await client.chat.completions.create({ model: 'gpt-4o-mini', messages: QUESTION, stream });
          if (stream) for await (const _ of answer as AsyncIterable<unknown>);
        }
        const between = cpu();
        while (held.length > 0) held.shift()?.();
        path += between - start;
        after += cpu() - between;
      }
      on.disable();
      await provider.forceFlush();
      return { path: path / count, after: after / count };
    },
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number;

const rounds = Number(process.argv[2]) || 15;
const contestants = { 'no content': contestant(undefined), masked: contestant(maskText), unmasked: contestant('off') };
type Name = keyof typeof contestants;
const names = Object.keys(contestants) as Name[];

for (const { stream, count } of [
  { stream: false, count: 300 },
  { stream: true, count: 30 },
]) {
  const figures = new Map<Name, { path: number[]; after: number[] }>(
    names.map(name => [name, { path: [], after: [] }]),
  );
  for (let round = -2; round < rounds; round++) {
    const now = new Map<Name, { path: number; after: number }>();
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + 3) % names.length] as Name;
      now.set(name, await contestants[name].calls(count, stream));
    }
    // The first rounds are for the compiler.
    if (round < 0) continue;
    const base = now.get('no content')?.path as number;
    for (const [name, { path, after }] of now) {
      figures.get(name)?.path.push(name === 'no content' ? path : path - base);
      figures.get(name)?.after.push(after);
    }
  }
  console.log(`\n${stream ? 'stream of 200 chunks' : 'plain'}, ${rounds} rounds of ${count} calls, CPU a call`);
  const bare = median(figures.get('no content')?.path as number[]);
  for (const [name, { path, after }] of figures) {
    const [waits, later] = [median(path), median(after)];
    console.log(
      name === 'no content'
        ? `  ${name}: ${bare.toFixed(0)} us`
        : `  ${name}: + ${waits.toFixed(1)} us before the caller goes on (${(waits / bare).toFixed(2)} of the call), ${later.toFixed(0)} us after it`,
    );
  }
}
