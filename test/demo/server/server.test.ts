import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import OpenAI, { type APIError } from 'openai';
import { createRandom } from '../../../core/random.js';
import { loadModel } from '../../../demo/assets.js';
import { createModelServer } from '../../../demo/server/server.js';

const QUESTION = 'sorry, can you freeze the card I lost.';
const RIGHT = [
  'Freeze the card in the app under Cards, then order a new one. It arrives in 5 days.',
  'Please freeze your card under Cards right away. A new card reaches you in 5 days.',
];
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: QUESTION }];

describe('model server, asked by the official SDK', () => {
  const server = createModelServer({
    models: { bankbot: loadModel('bankbot'), 'bankbot-v2': loadModel('bankbot-v2') },
    random: createRandom(1),
  });
  let openai: OpenAI;
  let baseURL: string;

  before(async () => {
    await new Promise<void>(done => server.http.listen(0, '127.0.0.1', done));
    baseURL = `http://127.0.0.1:${(server.http.address() as AddressInfo).port}/v1`;
    openai = new OpenAI({ apiKey: 'demo', baseURL, maxRetries: 0 });
  });

  after(() => {
    server.http.close();
    server.http.closeAllConnections();
  });

  const refused = async (run: () => Promise<unknown>): Promise<APIError> => {
    try {
      await run();
    } catch (error) {
      assert.ok(error instanceof OpenAI.APIError);
      return error;
    }
    return assert.fail('expected a refusal');
  };

  it('answers whole, with usage and a finish reason', async () => {
    const answer = await openai.chat.completions.create({ model: 'bankbot', messages });
    assert.match(answer.id, /^chatcmpl-\w{20,}$/);
    assert.equal(answer.model, 'bankbot');
    assert.ok(RIGHT.includes(answer.choices[0]?.message.content ?? ''));
    assert.equal(answer.choices[0]?.finish_reason, 'stop');
    assert.equal(answer.choices[0]?.logprobs, null);
    const { usage } = answer;
    assert.ok(usage !== undefined && usage.completion_tokens > 10);
    assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  });

  it('answers in chunks with the same text, the usage last and only when asked', async () => {
    const whole = await openai.chat.completions.create({ model: 'bankbot', messages });
    for (const include_usage of [true, false]) {
      const stream = await openai.chat.completions.create({
        model: 'bankbot',
        messages,
        stream: true,
        stream_options: { include_usage },
      });
      const chunks: OpenAI.ChatCompletionChunk[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      assert.equal(chunks.map(c => c.choices[0]?.delta.content ?? '').join(''), whole.choices[0]?.message.content);
      assert.equal(chunks[0]?.choices[0]?.delta.role, 'assistant');
      assert.equal(chunks.filter(c => c.choices[0]?.finish_reason === 'stop').length, 1);
      assert.deepEqual(
        chunks.filter(c => c.usage != null).map(c => c.usage),
        include_usage ? [whole.usage] : [],
      );
    }
  });

  it('gives log-probabilities of the tokens with text, whole and in chunks alike', async () => {
    const whole = await openai.chat.completions.create({ model: 'bankbot', messages, logprobs: true });
    const tokens = whole.choices[0]?.logprobs?.content ?? [];
    assert.equal(tokens.map(t => t.token).join(''), whole.choices[0]?.message.content);
    assert.ok(tokens.every(t => t.logprob <= 0 && t.logprob > -5));
    const stream = await openai.chat.completions.create({ model: 'bankbot', messages, logprobs: true, stream: true });
    const streamed: OpenAI.ChatCompletionTokenLogprob[] = [];
    for await (const chunk of stream) streamed.push(...(chunk.choices[0]?.logprobs?.content ?? []));
    assert.deepEqual(streamed, tokens);
  });

  it('stops at max_tokens and max_completion_tokens', async () => {
    for (const limit of [{ max_tokens: 4 }, { max_completion_tokens: 4 }]) {
      const answer = await openai.chat.completions.create({ model: 'bankbot', messages, ...limit });
      assert.equal(answer.choices[0]?.finish_reason, 'length');
      assert.equal(answer.usage?.completion_tokens, 4);
    }
  });

  it('lists its model', async () => {
    const { data } = await openai.models.list();
    assert.deepEqual(
      data.map(m => m.id),
      ['bankbot'],
    );
    assert.equal((await openai.models.retrieve('bankbot')).object, 'model');
  });

  const ask = (body: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>) => () =>
    openai.chat.completions.create({ model: 'bankbot', messages, ...body });
  const refusals: readonly [string, () => Promise<unknown>, number, string | null, string | null][] = [
    ['an unknown model', ask({ model: 'gpt-4o' }), 404, 'model_not_found', 'model'],
    ['an unknown model of the list', () => openai.models.retrieve('gpt-4o'), 404, 'model_not_found', 'model'],
    ['no messages', ask({ messages: [] }), 400, 'missing_required_parameter', 'messages'],
    ['no message of a user', ask({ messages: [{ role: 'system', content: 'hi' }] }), 400, null, 'messages'],
    ['a temperature out of range', ask({ temperature: 3 }), 400, null, 'temperature'],
    ['several choices', ask({ n: 2 }), 400, null, 'n'],
    [
      'a question beyond the context',
      ask({ messages: [{ role: 'user', content: '7'.repeat(300) }] }),
      400,
      'context_length_exceeded',
      'messages',
    ],
  ];
  for (const [name, run, status, code, param] of refusals) {
    it(`refuses ${name} with ${status}`, async () => {
      const error = await refused(run);
      assert.deepEqual([error.status, error.code, error.param], [status, code, param]);
    });
  }

  it('refuses a call without a key, a body that is no JSON, and an unknown path', async () => {
    const key = { authorization: 'Bearer demo' };
    const url = `${baseURL}/chat/completions`;
    assert.equal((await fetch(url, { method: 'POST', body: '{}' })).status, 401);
    assert.equal((await fetch(url, { method: 'POST', body: '{', headers: key })).status, 400);
    assert.equal((await fetch(`${baseURL}/embeddings`, { method: 'POST', headers: key })).status, 404);
  });

  it('keeps several streams apart', async () => {
    const texts = await Promise.all(
      ['How do I send 250 euros to a friend?', QUESTION, 'How do I send 90 euros to a friend?'].map(async content => {
        const stream = await openai.chat.completions.create({
          model: 'bankbot',
          messages: [{ role: 'user', content }],
          stream: true,
        });
        let text = '';
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
        return text;
      }),
    );
    assert.match(texts[0] ?? '', /250/);
    assert.ok(RIGHT.includes(texts[1] ?? ''));
    assert.match(texts[2] ?? '', /90/);
  });

  describe('incidents', () => {
    after(() => server.setIncident(undefined));

    it('errors: refuses a share with 429 and 500, answers the rest', async () => {
      server.setIncident('errors');
      const outcomes = await Promise.all(
        Array.from({ length: 60 }, () =>
          openai.chat.completions.create({ model: 'bankbot', messages, max_tokens: 1 }).then(
            () => 200,
            (error: unknown) => (error instanceof OpenAI.APIError ? error.status : undefined),
          ),
        ),
      );
      const count = (status: number): number => outcomes.filter(outcome => outcome === status).length;
      assert.equal(count(200) + count(429) + count(500), 60);
      assert.ok(count(429) > 3 && count(500) > 3 && count(200) > 24, JSON.stringify(outcomes));
    });

    it('swap: another checkpoint answers, the names stay', async () => {
      server.setIncident(undefined);
      const before = await openai.chat.completions.create({ model: 'bankbot', messages });
      server.setIncident('swap');
      const swapped = await openai.chat.completions.create({ model: 'bankbot', messages });
      assert.ok(!RIGHT.includes(swapped.choices[0]?.message.content ?? ''));
      assert.equal(swapped.model, before.model);
      assert.equal(swapped.system_fingerprint, before.system_fingerprint);
    });
  });
});
