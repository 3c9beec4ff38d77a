// A bank's help desk: a plain app on the official SDK. Nothing in it knows of the monitor; it is watched from outside, by
// `node --import otel-llm-monitor/register helpdesk.js`.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';

const MODEL = process.env['HELPDESK_MODEL'] ?? 'bankbot';
const SYSTEM = 'You are the help desk of a bank. Answer in one or two short sentences.';

// No retries: each refusal of the provider is a failed call here, and not a slow one.
const openai = new OpenAI({ maxRetries: 0, timeout: 20_000 });

interface Reply {
  readonly answer: string;
  /** The provider's id of the answer: what a late label names. */
  readonly id: string;
}

const messages = (question: string): OpenAI.ChatCompletionMessageParam[] => [
  { role: 'system', content: SYSTEM },
  { role: 'user', content: question },
];

/** By mail nobody waits: one whole answer. */
async function byMail(question: string): Promise<Reply> {
  const { id, choices } = await openai.chat.completions.create({
    model: MODEL,
    messages: messages(question),
    logprobs: true,
  });
  return { id, answer: choices[0]?.message.content ?? '' };
}

/** In the chat window words appear as they come. */
async function inChat(question: string): Promise<Reply> {
  const stream = await openai.chat.completions.create({
    model: MODEL,
    messages: messages(question),
    logprobs: true,
    stream: true,
    stream_options: { include_usage: true },
  });
  let id = '';
  let answer = '';
  for await (const chunk of stream) {
    id = chunk.id;
    answer += chunk.choices[0]?.delta.content ?? '';
  }
  return { id, answer };
}

const server = createServer(async (request, response) => {
  const reply = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.method !== 'POST' || request.url !== '/ask') return reply(404, { error: 'POST /ask' });
  try {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const { question, channel } = JSON.parse(Buffer.concat(parts).toString('utf8'));
    if (typeof question !== 'string') return reply(400, { error: 'question is a text' });
    reply(200, await (channel === 'chat' ? inChat : byMail)(question));
  } catch (error) {
    if (error instanceof OpenAI.APIError) reply(502, { error: `provider: ${error.status ?? error.name}` });
    else reply(400, { error: 'the body is JSON: {"question": "..."}' });
  }
});

server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`help desk on http://127.0.0.1:${port}/ask`);
});
