import OpenAI from 'openai';
import { startMonitor, withCallContext } from '../../monitor/index.js';

// An app that makes a call for each message of its parent, and says when it is over.
const monitor = startMonitor();
await monitor.ready;

process.on('message', (message: { readonly baseURL: string; readonly prediction: string }) => {
  const { baseURL, prediction } = message;
  const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
  const ask = () =>
    client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] });
  void withCallContext({ prediction }, ask).then(({ id }) => process.send?.({ id }));
});
process.send?.({ url: monitor.url });
