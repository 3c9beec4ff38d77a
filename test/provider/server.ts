import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const FIXTURES = new URL('../../../test/fixtures/openai/', import.meta.url);

/** A reply as it was recorded, or made in the shape of one. */
export function fixture<T = unknown>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FIXTURES), 'utf8')) as T;
}

export interface SeenRequest {
  readonly path: string;
  readonly body: string;
  /** True once the client left before the reply was complete. */
  left: boolean;
}

type Handler = (body: Readonly<Record<string, unknown>>, response: ServerResponse, attempt: number) => void;

const TURN = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

function json(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_1', ...headers });
  response.end(JSON.stringify(value));
}

function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_1' });
}

function event(value: unknown): string {
  const type = (value as { type?: unknown }).type;
  return `${typeof type === 'string' ? `event: ${type}\n` : ''}data: ${JSON.stringify(value)}\n\n`;
}

/** Events one after the other, each in a write of its own. */
async function events(response: ServerResponse, values: readonly unknown[]): Promise<void> {
  startStream(response);
  for (const value of values) {
    response.write(event(value));
    await TURN();
  }
}

function streamOf(name: string, after: (response: ServerResponse) => void = done, count?: number): Handler {
  return (_body, response) => {
    void events(response, fixture<unknown[]>(name).slice(0, count)).then(() => after(response));
  };
}

function done(response: ServerResponse): void {
  response.end('data: [DONE]\n\n');
}

function reply(name: string, status = 200): Handler {
  return (_body, response) => json(response, status, fixture(name), { 'retry-after-ms': '1' });
}

/** What the server does, by the first part of the path. */
const SCENARIOS: Readonly<Record<string, Handler>> = {
  chat: (body, response, attempt) =>
    (body['stream'] === true ? streamOf('chat-stream') : reply('chat'))(body, response, attempt),
  two: reply('chat-two'),
  json: reply('chat-json'),
  cut: reply('chat-cut'),
  tool: reply('chat-tool'),
  toolloop: (body, response, attempt) => {
    const stream = body['stream'] === true;
    if (attempt === 1) (stream ? streamOf('chat-stream-tool') : reply('chat-tool'))(body, response, attempt);
    else (stream ? streamOf('chat-stream') : reply('chat'))(body, response, attempt);
  },
  usage: streamOf('chat-stream-usage'),
  completion: (body, response, attempt) =>
    (body['stream'] === true ? streamOf('completion-stream') : reply('completion'))(body, response, attempt),
  embeddings: (body, response, attempt) =>
    reply(body['encoding_format'] === 'base64' ? 'embeddings-base64' : 'embeddings')(body, response, attempt),
  responses: (body, response, attempt) =>
    (body['stream'] === true ? streamOf('response-stream', at => at.end()) : reply('response'))(
      body,
      response,
      attempt,
    ),
  responsetool: reply('response-tool'),
  responsefailed: reply('response-failed'),
  responseincomplete: reply('response-incomplete'),
  responseerror: (_body, response) => {
    void events(response, [
      ...fixture<unknown[]>('response-stream').slice(0, 5),
      { type: 'error', sequence_number: 5, code: 'server_error', message: 'no', param: null },
    ]).then(() => response.end());
  },
  unauthorized: reply('error-401', 401),
  limited: reply('error-429', 429),
  broken: reply('error-500', 500),
  toolong: reply('error-context', 400),
  missing: reply('error-404', 404),
  flaky: (body, response, attempt) => (attempt < 3 ? reply('error-500', 500) : reply('chat'))(body, response, attempt),
  html: (_body, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html>sign in</html>');
  },
  notjson: (_body, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"id": "chatcmpl');
  },
  odd: (_body, response) => json(response, 200, { id: 7, choices: 'none', usage: 'lots' }),
  clamped: (_body, response) =>
    json(response, 200, {
      ...fixture<object>('chat'),
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 12 },
        completion_tokens_details: { reasoning_tokens: 9 },
      },
    }),
  errorbody: (_body, response) => json(response, 200, { error: { message: 'no', code: 'rate_limit_exceeded' } }),
  /** Answers after a while, and chat only. */
  slow: (body, response, attempt) => {
    setTimeout(() => SCENARIOS[body['messages'] === undefined ? 'broken' : 'chat']?.(body, response, attempt), 60);
  },
  hang: () => {},
  streamhold: streamOf('chat-stream', () => {}, 3),
  streamdie: streamOf('chat-stream', response => response.destroy(), 3),
  streamerror: streamOf(
    'chat-stream',
    response => {
      response.write(event({ error: { message: 'no', type: 'server_error', code: null, param: null } }));
      done(response);
    },
    3,
  ),
  streambadjson: streamOf('chat-stream', response => response.end('data: {"id":\n\n'), 3),
  streamempty: (_body, response) => {
    startStream(response);
    done(response);
  },
};

/** A server on 127.0.0.1 that answers as the API does, and as it should not. */
export class ModelServer {
  readonly #server: Server;
  readonly #requests = new Map<string, SeenRequest[]>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => this.#answer(request, response));
  }

  static async start(): Promise<ModelServer> {
    const server = createServer();
    const made = new ModelServer(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** @param run requests of one run are kept apart from those of another */
  baseURL(scenario: string, run: string): string {
    return `${this.origin}/${scenario}/${run}/v1`;
  }

  requests(run: string): readonly SeenRequest[] {
    return this.#requests.get(run) ?? [];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [, scenario = '', run = '', ...rest] = (request.url ?? '').split('/');
      const body = Buffer.concat(chunks).toString();
      const seen: SeenRequest = { path: `/${rest.join('/')}`, body, left: false };
      const list = this.#requests.get(run) ?? [];
      list.push(seen);
      this.#requests.set(run, list);
      response.on('close', () => {
        seen.left = !response.writableFinished;
      });
      const parsed = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
      (SCENARIOS[scenario] ?? SCENARIOS['chat'])?.(parsed, response, list.length);
    });
  }
}
