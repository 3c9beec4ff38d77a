import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the loopback provider answers, chosen by the name of the model that is asked for. */
export type Behaviour =
  | 'plain'
  | 'empty-object'
  | 'not-json'
  | 'null-choices'
  | 'odd-usage'
  | 'error-500'
  | 'error-429';

/** A loopback provider that speaks chat completions, plain and streamed. */
export interface OpenAiServer {
  readonly baseURL: string;
  /** Bodies that were asked, in order. */
  readonly asked: readonly { readonly model: string; readonly stream?: boolean }[];
  close(): Promise<void>;
}

const json = (body: unknown): { type: string; text: string } => ({
  type: 'application/json',
  text: JSON.stringify(body),
});

function completion(model: string, content: string): Record<string, unknown> {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: `${model}-2026-01-01`,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 12, completion_tokens: 4, total_tokens: 16 },
  };
}

function answer(model: string, content: string): { status: number; type: string; text: string } {
  switch (model as Behaviour) {
    case 'empty-object':
      return { status: 200, ...json({}) };
    case 'not-json':
      return { status: 200, type: 'text/plain', text: 'this is no JSON' };
    case 'null-choices':
      return { status: 200, ...json({ ...completion(model, content), choices: null, model: 7 }) };
    case 'odd-usage':
      return {
        status: 200,
        ...json({ ...completion(model, content), usage: { prompt_tokens: -5, completion_tokens: 'many' } }),
      };
    case 'error-500':
      return { status: 500, ...json({ error: { message: 'broken', type: 'server_error', code: null } }) };
    case 'error-429':
      return {
        status: 429,
        ...json({ error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' } }),
      };
    default:
      return { status: 200, ...json(completion(model, content)) };
  }
}

function events(model: string, content: string): string {
  const base = {
    id: 'chatcmpl-2',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: `${model}-2026-01-01`,
  };
  const words = content.split(/(?<= )/);
  const chunks = [
    { ...base, choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] },
    ...words.map(word => ({ ...base, choices: [{ index: 0, delta: { content: word }, finish_reason: null }] })),
    { ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ];
  return `${chunks.map(chunk => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;
}

/** @param content what the model answers to everything */
export async function startOpenAiServer(content: string): Promise<OpenAiServer> {
  const asked: { model: string; stream?: boolean }[] = [];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as { model: string; stream?: boolean };
      asked.push(body);
      if (body.stream === true) {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events(body.model, content));
        return;
      }
      const { status, type, text } = answer(body.model, content);
      response.writeHead(status, { 'content-type': type }).end(text);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}
