import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointAsker } from '../../../cli/check/ask-endpoint.js';
import { parseRow, RowProblem } from '../../../cli/check/row.js';

const ROW = parseRow('{"input":"hello"}', 1);
const ANSWER = { choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }] };

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** An asker whose server answers as the list says; an error in it is thrown. */
function asker(
  answers: readonly (Response | Error)[],
  options: { readonly apiKey?: string; readonly system?: string } = {},
) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const made = endpointAsker({
    endpoint: new URL('http://127.0.0.1:9/v1/'),
    model: 'm',
    timeout: 60_000,
    retries: 3,
    ...options,
    fetch: async (url, init = {}) => {
      const answer = answers[sent.push({ url: String(url), init }) - 1];
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('not expected');
      return answer;
    },
    wait: async ms => {
      waits.push(ms);
    },
  });
  const ask = (row = ROW, signal = new AbortController().signal) => made.ask(made.question(row), row, signal);
  return { ask, sent, waits, made };
}

const status = (code: number, headers: Record<string, string> = {}): Response =>
  new Response('sesame', { status: code, headers });
const network = Object.assign(new TypeError('sesame'), { cause: { code: 'ECONNRESET' } });

describe('an endpoint that check asks', () => {
  it('gets a chat completion: address, key, messages', async () => {
    const { ask, sent } = asker([Response.json(ANSWER)], { apiKey: 'sk-1', system: 'Be brief.' });
    assert.deepEqual(await ask(), { answer: { output: 'hi', finishReason: 'stop' } });
    assert.equal(sent[0]?.url, 'http://127.0.0.1:9/v1/chat/completions');
    const { headers, body, redirect } = sent[0]?.init ?? {};
    assert.equal((headers as Record<string, string>)['authorization'], 'Bearer sk-1');
    // A redirect would take the key along.
    assert.equal(redirect, 'manual');
    assert.deepEqual(JSON.parse(String(body)), {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'hello' },
      ],
    });
  });

  it('sends the messages of a row as they are', async () => {
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'x' }] }];
    const { ask, sent } = asker([Response.json(ANSWER)]);
    await ask(parseRow(JSON.stringify({ input: messages }), 1));
    assert.deepEqual(JSON.parse(String(sent[0]?.init.body)).messages, messages);
  });

  const retried: readonly [string, readonly (Response | Error)[], readonly number[]][] = [
    ['429', [status(429)], [500]],
    ['503 and a lost connection', [status(503), network], [500, 1000]],
    ['408, and 500 twice', [status(408), status(500), status(500)], [500, 1000, 2000]],
    ['429 that says when', [status(429, { 'retry-after': '7' })], [7000]],
    ['429 that asks for an hour', [status(429, { 'retry-after': '3600' })], [60_000]],
  ];
  for (const [name, failures, waits] of retried) {
    it(`is asked again after ${name}`, async () => {
      const { ask, waits: waited, made } = asker([...failures, Response.json(ANSWER)]);
      assert.deepEqual(await ask(), { answer: { output: 'hi', finishReason: 'stop' } });
      assert.deepEqual(waited, waits);
      assert.equal(made.retries, failures.length);
    });
  }

  const refused: readonly [string, readonly (Response | Error)[], RegExp, boolean][] = [
    ['400 of one row', [status(400)], /^the endpoint answered 400$/, false],
    ['401 of all rows', [status(401)], /^the endpoint answered 401$/, true],
    ['404 of all rows', [status(404)], /^the endpoint answered 404$/, true],
    ['a redirect', [status(302, { location: 'http://127.0.0.1:8/' })], /^the endpoint answered 302$/, false],
    ['429 without end', [status(429), status(429), status(429), status(429)], /^the endpoint answered 429$/, false],
    ['no network', [network, network, network, network], /cannot be reached: ECONNRESET$/, false],
    ['no JSON', [new Response('<html>sesame')], /no chat completion/, false],
    ['JSON of something else', [Response.json(['sesame'])], /no chat completion/, false],
    ['an answer beyond the limit', [new Response('x'.repeat(5_000_000))], /no chat completion/, false],
  ];
  for (const [name, answers, reason, fatal] of refused) {
    it(`fails a row, and says nothing of what came: ${name}`, async () => {
      const { ask, sent } = asker(answers);
      const reply = await ask();
      assert.ok(reply.answer === undefined);
      assert.match(reply.reason, reason);
      assert.doesNotMatch(reply.reason, /sesame/);
      assert.equal(reply.fatal === true, fatal);
      assert.equal(sent.length, answers.length);
    });
  }

  const read: readonly [string, unknown, string][] = [
    [
      'parts of text',
      {
        message: {
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      },
      'ab',
    ],
    ['a refusal', { message: { content: null, refusal: 'No.' } }, 'No.'],
    ['a call of a tool alone', { message: { content: null, tool_calls: [{}] } }, ''],
  ];
  for (const [name, choice, output] of read) {
    it(`reads ${name}`, async () =>
      assert.deepEqual(await asker([Response.json({ choices: [choice] })]).ask(), { answer: { output } }));
  }

  it('cannot ask a row without input', () => {
    const { made } = asker([]);
    assert.throws(() => made.question(parseRow('{"label":"a"}', 1)), RowProblem);
  });

  it('gives up when it is stopped, without another attempt', async () => {
    const controller = new AbortController();
    const { ask, sent } = asker([status(500), status(500)]);
    controller.abort();
    assert.ok((await ask(ROW, controller.signal)).answer === undefined);
    assert.equal(sent.length, 0);
  });
});
