import { executionAsyncId } from 'node:async_hooks';
import { withCallContext, wrap } from '../../instrumentation/index.js';
import { CHAT } from '../provider/behaviour.js';
import { loadSdk } from '../provider/sdks.js';

/** Promises have ids of their own only while a hook for promises is on, which an AsyncLocalStorage in use is in Node 20. */
async function promisesAreTracked(): Promise<boolean> {
  const outside = executionAsyncId();
  const first = await Promise.resolve().then(() => executionAsyncId());
  const second = await Promise.resolve().then(() => executionAsyncId());
  return first !== second || (first !== outside && first !== 0);
}

const sdk = await loadSdk(6);
const client = wrap(new sdk.OpenAI({ apiKey: 'test', baseURL: `${process.argv[2]}/chat/hooks/v1` }));
await client.chat.completions.create(CHAT);
for await (const _ of await client.chat.completions.create({ ...CHAT, stream: true }));
const call = await promisesAreTracked();
await withCallContext({ team: 'search' }, () => client.chat.completions.create(CHAT));
process.stdout.write(JSON.stringify({ call, context: await promisesAreTracked() }));
process.exit(0);
