import { wrap } from '../../instrumentation/index.js';
import { CHAT } from './behaviour.js';
import { type Client, loadSdk, type Major } from './sdks.js';

const [major, way, base] = process.argv.slice(2) as [string, string, string];
const sdk = await loadSdk(Number(major) as Major);
const STREAM = { ...CHAT, stream: true as const };

const seen: string[] = [];
process.on('unhandledRejection', error => seen.push((error as Error).constructor.name));
console.error = () => {};

function client(scenario: string): Client {
  const baseURL = `${base}/${scenario}/u${major}${way}/v1`;
  const made = new sdk.OpenAI({ apiKey: 'test', baseURL, maxRetries: 0, logLevel: 'off' });
  return way === 'wrap' ? wrap(made) : made;
}

async function read(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

/** Ways to leave a failure alone, and ways not to. */
const CASES: Readonly<Record<string, () => unknown>> = {
  'never awaited': () => client('limited').chat.completions.create(CHAT),
  'never awaited, derived': () =>
    (client('limited').chat.completions.create(CHAT) as unknown as { _thenUnwrap(t: unknown): unknown })._thenUnwrap(
      (value: unknown) => value,
    ),
  'never awaited, fine': () => client('chat').chat.completions.create(CHAT),
  'then without catch': () =>
    void client('limited')
      .chat.completions.create(CHAT)
      .then(() => {}),
  'then twice without catch': () => {
    const promise = client('limited').chat.completions.create(CHAT);
    void promise.then(() => {});
    void promise.then(() => {});
  },
  caught: () =>
    client('limited')
      .chat.completions.create(CHAT)
      .catch(() => {}),
  'finally without catch': () =>
    void client('limited')
      .chat.completions.create(CHAT)
      .finally(() => {}),
  'asResponse without catch': () => void client('limited').chat.completions.create(CHAT).asResponse(),
  'withResponse without catch': () => void client('limited').chat.completions.create(CHAT).withResponse(),
  'withResponse caught': () =>
    client('limited')
      .chat.completions.create(CHAT)
      .withResponse()
      .catch(() => {}),
  'responses without catch': () =>
    void client('limited')
      .responses.create({ model: 'm', input: 'a' })
      .then(() => {}),
  'responses never awaited': () => client('limited').responses.create({ model: 'm', input: 'a' }),
  'embeddings never awaited': () => client('limited').embeddings.create({ model: 'm', input: 'a' }),
  'stream never awaited': () => client('limited').chat.completions.create(STREAM),
  'stream that dies, not caught': () =>
    void client('streamdie')
      .chat.completions.create(STREAM)
      .then(stream => read(stream)),
  'stream that dies, caught': () =>
    client('streamdie')
      .chat.completions.create(STREAM)
      .then(read)
      .catch(() => {}),
  'stream error, step not awaited': () =>
    client('streamempty')
      .chat.completions.create(STREAM)
      .then(async stream => {
        await read(stream);
        void stream[Symbol.asyncIterator]().next();
      }),
  'refused, never awaited': () =>
    new sdk.OpenAI({ apiKey: 'test', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0 }).chat.completions.create(CHAT),
};

// The first request of a process is slow; the cases wait a fixed time.
await client('chat').chat.completions.create(CHAT);
await read(await client('chat').chat.completions.create(STREAM));
const counts: Record<string, string[]> = {};
for (const [name, run] of Object.entries(CASES)) {
  seen.length = 0;
  const result = run();
  if (name.endsWith('caught') && !name.includes('not')) await result;
  // The reply, its error and Node's report of it come in later turns of the loop; the server is on this machine.
  await new Promise(resolve => setTimeout(resolve, 120));
  counts[name] = [...seen];
}
process.stdout.write(JSON.stringify(counts));
process.exit(0);
