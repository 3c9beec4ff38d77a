import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type MeterProvider, metrics } from '@opentelemetry/api';
import { CHUNKS, memoryFetch, QUESTION, replies } from './replies.js';

/**
 * CPU that watching adds to a call: `node dist/test/bench/call-overhead.js [rounds] [memory]`. The server and each contestant
 * have a process of their own (with `memory` there is no server); contestants take turns within each round, and only differences
 * within one round count. Deferred work is in the figure: a contestant flushes before it reads its clock. A difference counts
 * only if it is well above what the second bare contestant shows.
 */
function serve(): void {
  const { plain, packets } = replies();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', data => {
      body += data;
    });
    request.on('end', () => {
      if (!body.includes('"stream":true')) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(plain);
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let next = 0;
      const step = (): void => {
        if (next < packets.length) {
          response.write(packets[next++]);
          // Each write is a packet of its own: how many the client reads at once must not depend on how fast it is.
          setTimeout(step, 1);
        } else response.end();
      };
      step();
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

/** What a contestant sets up before the SDK is loaded. @returns its flush, and how many calls it saw */
type Contestant = () => Promise<{ flush(): Promise<unknown>; seen(): number }>;

async function nullBatch() {
  const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-node');
  let spans = 0;
  const exporter = {
    export: (batch: readonly unknown[], done: (result: { code: number }) => void) => {
      spans += batch.length;
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  return { processor: new BatchSpanProcessor(exporter, { maxQueueSize: 8192 }), seen: () => spans };
}

async function batch() {
  const { NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
  const { processor, seen } = await nullBatch();
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  return { provider, flush: () => provider.forceFlush(), seen };
}

async function pulledMeters(): Promise<MeterProvider> {
  const { MeterProvider, MetricReader } = await import('@opentelemetry/sdk-metrics');
  class Pulled extends MetricReader {
    protected override async onForceFlush(): Promise<void> {}
    protected override async onShutdown(): Promise<void> {}
  }
  return new MeterProvider({ readers: [new Pulled()] });
}

/** @param meters without any it throws into the app's loop over a stream, so it gets some that do nothing at least */
async function otel(meters: MeterProvider) {
  const { OpenAIInstrumentation } = (await import('@opentelemetry/instrumentation-openai')) as {
    OpenAIInstrumentation: new () => Record<'setTracerProvider' | 'setMeterProvider', (provider: unknown) => void>;
  };
  const traces = await batch();
  const on = new OpenAIInstrumentation();
  on.setTracerProvider(traces.provider);
  on.setMeterProvider(meters);
  return traces;
}

async function ours(spans: boolean, listen: boolean) {
  const { LlmInstrumentation } = await import('../../instrumentation/index.js');
  const { createWiring } = await import('../../core/wiring.js');
  const traces = await batch();
  const wiring = createWiring();
  let seen = 0;
  if (listen) wiring.calls.subscribe(() => seen++);
  const on = new LlmInstrumentation({ wiring, spans });
  on.setTracerProvider(traces.provider);
  on.setMeterProvider(await pulledMeters());
  on.enable();
  return { flush: traces.flush, seen: () => (listen ? seen : traces.seen()) };
}

const CONTESTANTS: Readonly<Record<string, Contestant>> = {
  bare: async () => ({ flush: async () => {}, seen: () => -1 }),
  'bare again': async () => ({ flush: async () => {}, seen: () => -1 }),
  otel: () => otel(metrics.getMeterProvider()),
  'otel with metrics': async () => otel(await pulledMeters()),
  'ours, spans and metrics': () => ours(true, true),
  'ours, metrics only': () => ours(false, true),
  'ours, everything': async () => {
    process.env['OTEL_EXPORTER_PROMETHEUS_PORT'] = '0';
    // By a name that the compiler does not follow: this file may not import the part above its own.
    const path = '../../monitor/index.js';
    const { startMonitor } = (await import(path)) as {
      startMonitor(config: unknown): { flush(): Promise<void>; readonly ready: Promise<unknown> };
    };
    const { processor, seen } = await nullBatch();
    const monitor = startMonitor({ spanProcessors: [processor] });
    await monitor.ready;
    return { flush: () => Promise.all([monitor.flush(), processor.forceFlush()]), seen };
  },
};

interface Client {
  readonly chat: { readonly completions: { create(body: unknown): Promise<unknown> } };
}

async function compete(name: string, port: number): Promise<void> {
  const contestant = await (CONTESTANTS[name] as Contestant)();
  const { OpenAI } = createRequire(import.meta.url)('openai') as { OpenAI: new (options: unknown) => Client };
  const client = new OpenAI({
    apiKey: 'bench',
    baseURL: `http://127.0.0.1:${port}/v1`,
    maxRetries: 0,
    ...(port === 0 ? { fetch: memoryFetch() } : {}),
  });
  const one = async (stream: boolean): Promise<void> => {
    const answer = await client.chat.completions.create({ model: 'gpt-4o-mini', messages: QUESTION, stream });
    if (stream) for await (const _ of answer as AsyncIterable<unknown>);
  };
  process.on('message', async ({ stream, concurrency, calls }: Turn) => {
    const before = contestant.seen();
    const start = process.cpuUsage();
    let left = calls;
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (left-- > 0) await one(stream);
      }),
    );
    // A span of a stream may end a turn after its loop.
    await new Promise(resolve => setImmediate(resolve));
    await contestant.flush();
    const { user, system } = process.cpuUsage(start);
    const seen = contestant.seen();
    if (seen >= 0 && seen - before !== calls) throw new Error(`${name} saw ${seen - before} of ${calls} calls`);
    process.send?.((user + system) / calls);
  });
  process.send?.('ready');
}

interface Turn {
  readonly stream: boolean;
  readonly concurrency: number;
  readonly calls: number;
}

const self = fileURLToPath(import.meta.url);

/** What a contestant printed as errors: shown only if it leaves. */
const said = new Map<ChildProcess, string>();

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void => reject(new Error(`left with ${code}: ${said.get(child) ?? ''}`));
    child.once('exit', gone);
    child.once('message', message => {
      child.off('exit', gone);
      resolve(message as T);
    });
  });
}

function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const low = sorted[Math.floor(place)] as number;
  return low + ((sorted[Math.ceil(place)] as number) - low) * (place - Math.floor(place));
}

async function main(rounds: number, memory: boolean): Promise<void> {
  const server = memory ? undefined : fork(self, ['serve']);
  const port = server === undefined ? 0 : await answer<number>(server);
  const running = new Map<string, ChildProcess>();
  for (const name of Object.keys(CONTESTANTS)) {
    const child = fork(self, ['compete', name, String(port)], { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    child.stderr?.on('data', text => said.set(child, `${said.get(child) ?? ''}${text}`.slice(-4000)));
    try {
      await answer(child);
      running.set(name, child);
    } catch {
      console.log(`${name}: not there, left out`);
    }
  }
  const names = [...running.keys()];
  for (const turn of [
    { stream: false, concurrency: 1, calls: 150 },
    { stream: false, concurrency: 32, calls: 320 },
    { stream: true, concurrency: 1, calls: 20 },
    { stream: true, concurrency: 32, calls: 64 },
  ]) {
    const added = new Map<string, number[]>(names.map(name => [name, []]));
    const bare: number[] = [];
    for (let round = -2; round < rounds; round++) {
      const cost = new Map<string, number>();
      for (let i = 0; i < names.length; i++) {
        const name = names[(i + round + names.length * 2) % names.length] as string;
        const child = running.get(name) as ChildProcess;
        child.send(turn);
        cost.set(name, await answer<number>(child));
      }
      // The first two rounds are for the compiler.
      if (round < 0) continue;
      const base = cost.get('bare') as number;
      bare.push(base);
      for (const name of names) added.get(name)?.push((cost.get(name) as number) - base);
    }
    const otel = quantile(added.get('otel') ?? [Number.NaN], 0.5);
    console.log(
      `\n${turn.stream ? `stream of ${CHUNKS} chunks` : 'plain'}, ${turn.concurrency} at once, ${rounds} rounds of ${turn.calls} calls`,
    );
    console.log(`  bare: ${quantile(bare, 0.5).toFixed(0)} us of CPU a call`);
    for (const name of names.filter(each => each !== 'bare')) {
      const values = added.get(name) as number[];
      const [median, low, high] = [0.5, 0.25, 0.75].map(at => quantile(values, at).toFixed(0));
      const ratio = (quantile(values, 0.5) / otel).toFixed(2);
      console.log(`  ${name.padEnd(26)} + ${String(median).padStart(5)} us  [${low}, ${high}]  ${ratio} x otel`);
    }
  }
  for (const child of running.values()) child.kill();
  server?.kill();
}

const [role = '', name = '', port = ''] = process.argv.slice(2);
// However the parent ends: a server or an open connection would keep a child of it running.
process.once('disconnect', () => process.exit());
if (role === 'serve') serve();
else if (role === 'compete') await compete(name, Number(port));
else await main(Number(role) || 15, name === 'memory');
