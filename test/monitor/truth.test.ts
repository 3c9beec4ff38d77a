import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { withCallContext, wrap } from '../../instrumentation/index.js';
import { startMonitor } from '../../monitor/index.js';
import { type OpenAiServer, startOpenAiServer } from './openai-server.js';

let provider: OpenAiServer;
before(async () => {
  provider = await startOpenAiServer('card');
});
after(() => provider.close());

/** The provider of the tests gives every answer the same identifier. */
function withOwnId(id: string): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    return Response.json({ ...((await response.json()) as object), id }, { status: response.status });
  };
}

test('slices, sampling rates, corrections and ratings go from an app to /metrics', async () => {
  const monitor = startMonitor({
    port: 0,
    processMetrics: false,
    labels: { tier: ['free', 'pro'] },
    truth: {
      tasks: { intent: { kind: 'multiclass', classes: ['card', 'loan'] } },
      windows: { count: [100], seconds: [] },
      slices: ['tier', 'template'],
    },
  });
  try {
    await monitor.ready;
    let calls = 0;
    const ask = async (attributes: Parameters<typeof withCallContext>[0]): Promise<string> => {
      const options = { baseURL: provider.baseURL, apiKey: 'test', maxRetries: 0 };
      const client = wrap(new OpenAI({ ...options, fetch: withOwnId(`chatcmpl-own-${calls++}`) }));
      const messages = [{ role: 'user', content: 'I lost my card' }] as const;
      const call = () => client.chat.completions.create({ model: 'm-1', messages: [...messages] });
      return (await withCallContext(attributes, call)).id;
    };
    const send = async (...records: readonly object[]): Promise<unknown> => {
      const response = await fetch(`${monitor.url}/v1/feedback`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(records),
      });
      assert.equal(response.status, 202);
      return response.json();
    };
    const free = await ask({ tier: 'free', template: 'faq', prediction: 'card' });
    const pro = await ask({ tier: 'pro', template: 'faq', prediction: 'card', sampling_rate: 0.25 });
    const task = 'intent';
    await monitor.flush();
    assert.deepEqual(
      await send(
        { response_id: free, task, label: 'card' },
        { response_id: pro, task, label: 'loan' },
        { response_id: pro, task, rating: 0.75 },
        { response_id: pro, task, label: 'loan', sampling_rate: 0 },
      ),
      {
        accepted: 3,
        rejected: [
          {
            index: 3,
            error: 'sampling_rate is 0; expected a number above 0 and up to 1, not below 0.000001',
          },
        ],
      },
    );
    const read = async (): Promise<string> => (await fetch(`${monitor.url}/metrics`)).text();
    const slice = (text: string, labels: string): number | undefined => {
      const line = text.split('\n').find(one => one.startsWith(`llm_monitor_truth_slice{task="intent",${labels}} `));
      return line === undefined ? undefined : Number(line.split(' ').at(-1));
    };
    const accuracy = 'window="100",measure="accuracy",average=""';
    let text = await read();
    assert.equal(slice(text, `slice="tier",value="free",${accuracy}`), 1);
    assert.equal(slice(text, `slice="tier",value="pro",${accuracy}`), 0);
    // The wrong one of two stands for four.
    assert.equal(slice(text, `slice="template",value="faq",${accuracy}`), 1 / 5);
    assert.match(text, /^llm_monitor_feedback_rating_bucket\{task="intent",model="m-1",le="0\.7"\} 0$/m);
    assert.match(text, /^llm_monitor_feedback_rating_bucket\{task="intent",model="m-1",le="0\.8"\} 1$/m);
    assert.match(text, /^llm_monitor_feedback_rating_sum\{task="intent",model="m-1"\} 0\.75$/m);

    // What the app had predicted was mistaken: the label says so, and it is counted anew.
    await send({ response_id: pro, task, label: 'loan', prediction: 'loan' });
    text = await read();
    assert.equal(slice(text, `slice="tier",value="pro",${accuracy}`), 1);
    assert.match(text, /^llm_monitor_truth_labels_total\{task="intent",result="replaced"\} 1$/m);
    const outcome = (metric: string, cell: string): RegExp =>
      new RegExp(
        `^llm_monitor_truth_${metric}_total\\{task="intent",model="m-1",class="loan",outcome="${cell}"\\} 1$`,
        'm',
      );
    assert.match(text, outcome('outcomes', 'fn'));
    assert.match(text, outcome('corrected', 'fn'));
    assert.match(text, outcome('outcomes', 'tp'));
  } finally {
    await monitor.shutdown();
  }
});
