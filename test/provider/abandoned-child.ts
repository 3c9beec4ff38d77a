import { setTimeout as wait } from 'node:timers/promises';
import { createWiring } from '../../core/wiring.js';
import { wrap } from '../../instrumentation/index.js';
import { CHAT } from './behaviour.js';
import { type Client, loadSdk, type Major } from './sdks.js';

const [major, base] = process.argv.slice(2) as [string, string];
const sdk = await loadSdk(Number(major) as Major);
const collect = (globalThis as { gc?: () => void }).gc as () => void;
const STREAM = { ...CHAT, stream: true as const };
process.on('unhandledRejection', () => {});

const wiring = createWiring();
const ended: string[] = [];
wiring.calls.subscribe(({ call }) => {
  ended.push(call.outcome.kind === 'aborted' ? call.outcome.by : call.outcome.kind);
});

function client(scenario: string): Client {
  const baseURL = `${base}/${scenario}/a${major}/v1`;
  return wrap(new sdk.OpenAI({ apiKey: 'test', baseURL, maxRetries: 0, logLevel: 'off' }), { wiring });
}

/** Collects garbage until `count` calls have ended or five seconds are over. */
async function collectUntil(count: number): Promise<string[]> {
  for (let i = 0; i < 250 && ended.length < count; i++) {
    collect();
    await wait(20);
  }
  return ended.splice(0);
}

type Derivable = { _thenUnwrap(transform: (value: unknown) => unknown): Promise<unknown> };

async function alive(): Promise<string[]> {
  const busy = setInterval(collect, 5);
  const slow = client('slow');
  await slow.chat.completions.create(CHAT);
  await (slow.chat.completions.create(CHAT) as unknown as Derivable)._thenUnwrap(value => value);
  await slow.chat.completions.create(CHAT).withResponse();
  await slow.responses.create({ model: 'm', input: 'a' }).catch(() => {});
  for await (const _ of await slow.chat.completions.create(STREAM)) await wait(3);
  const iterator = (await slow.chat.completions.create(STREAM))[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
  const [left, right] = (await slow.chat.completions.create(STREAM)).tee();
  for await (const _ of left);
  for await (const _ of right);
  clearInterval(busy);
  return ended.splice(0);
}

async function lost(): Promise<string[]> {
  void client('chat').chat.completions.create(CHAT);
  void client('limited').chat.completions.create(CHAT);
  await client('streamhold').chat.completions.create(STREAM);
  const iterator = (await client('streamhold').chat.completions.create(STREAM))[Symbol.asyncIterator]();
  await iterator.next();
  await wait(50);
  return collectUntil(4);
}

const report = { alive: await alive(), lost: await lost() };
process.stdout.write(JSON.stringify(report));
process.exit(0);
