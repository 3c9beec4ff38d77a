import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Random } from '../../core/random.js';
import type { Checkpoint } from '../assets.js';
import type { TinyLlama } from '../model/llama.js';
import { behave, type Incident } from './incidents.js';
import {
  invalidRequest,
  missingKey,
  type Refusal,
  serverFailed,
  tooLarge,
  unknownModel,
  unknownPath,
} from './refusal.js';
import { chunk, completion, logprobsOf, type Piece, type ReplyHead, usageChunk } from './reply.js';
import { type ChatRequest, readChatRequest } from './request.js';

/** The one model on offer, whichever checkpoint answers. */
export const MODEL = 'bankbot';
const CREATED = 1_785_542_400;
const FINGERPRINT = 'fp_bankbot';
const MAX_BODY = 1 << 20;

export interface ModelServerOptions {
  readonly models: Readonly<Record<Checkpoint, TinyLlama>>;
  readonly random: Random;
}

export interface ModelServer {
  readonly http: Server;
  /** Starts an incident, or ends it. */
  setIncident(incident: Incident | undefined): void;
}

/**
 * The model behind OpenAI's chat completions: plain and streamed, usage, log-probabilities, errors, list of models. Answers
 * under way share the thread token by token.
 */
export function createModelServer(options: ModelServerOptions): ModelServer {
  const { models, random } = options;
  let incident: Incident | undefined;

  const complete = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    if (body === undefined) return refuse(response, tooLarge(MAX_BODY));
    const chat = readChatRequest(body);
    if ('error' in chat) return refuse(response, chat);
    if (chat.model !== MODEL) return refuse(response, unknownModel(chat.model));
    const behaviour = behave(incident, random);
    if (behaviour.refusal !== undefined) return refuse(response, behaviour.refusal);
    const llama = models[behaviour.checkpoint];
    const promptTokens = llama.promptIds(chat.question).length;
    if (promptTokens >= llama.context) return refuse(response, contextExceeded(llama.context, promptTokens));
    if (behaviour.delay > 0) await sleep(behaviour.delay);
    await (chat.stream ? stream : whole)(
      response,
      chat,
      promptTokens,
      generate(llama, chat, behaviour.pause, response),
    );
  };

  /** Pieces of the answer, with a turn of the event loop between two; ends early when the caller has gone. */
  async function* generate(
    llama: TinyLlama,
    chat: ChatRequest,
    pause: number,
    response: ServerResponse,
  ): AsyncGenerator<Piece, void, void> {
    const { maxTokens, temperature } = chat;
    for (const piece of llama.pieces(chat.question, { maxTokens, temperature, random })) {
      if (response.destroyed) return;
      yield piece;
      await (pause > 0 ? sleep(pause) : turn());
    }
  }

  const http = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    const route = `${request.method} ${path}`;
    if (!/^Bearer \S/.test(request.headers.authorization ?? '')) refuse(response, missingKey());
    else if (route === 'POST /v1/chat/completions')
      complete(request, response).catch(() => {
        if (response.headersSent) response.destroy();
        else refuse(response, serverFailed());
      });
    else if (route === 'GET /v1/models') send(response, 200, { object: 'list', data: [MODEL_ENTRY] });
    else if (route === `GET /v1/models/${MODEL}`) send(response, 200, MODEL_ENTRY);
    else if (route.startsWith('GET /v1/models/')) refuse(response, unknownModel(path.slice('/v1/models/'.length)));
    else refuse(response, unknownPath(request.method ?? '', path));
  });

  return {
    http,
    setIncident: next => {
      incident = next;
    },
  };
}

const MODEL_ENTRY = { id: MODEL, object: 'model', created: CREATED, owned_by: 'demo' };

const contextExceeded = (limit: number, tokens: number): Refusal =>
  invalidRequest(
    `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${tokens} tokens.`,
    'messages',
    'context_length_exceeded',
  );

const head = (): ReplyHead => ({
  id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
  created: Math.floor(Date.now() / 1000),
  model: MODEL,
  system_fingerprint: FINGERPRINT,
});

async function whole(
  response: ServerResponse,
  chat: ChatRequest,
  promptTokens: number,
  pieces: AsyncIterable<Piece>,
): Promise<void> {
  const all: Piece[] = [];
  for await (const piece of pieces) all.push(piece);
  const finish = all.at(-1)?.end === true ? 'stop' : 'length';
  send(response, 200, completion(head(), all, finish, promptTokens, chat.logprobs));
}

async function stream(
  response: ServerResponse,
  chat: ChatRequest,
  promptTokens: number,
  pieces: AsyncIterable<Piece>,
): Promise<void> {
  const { includeUsage } = chat;
  const common = head();
  const event = (data: unknown): void => {
    response.write(`data: ${JSON.stringify(data)}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  let count = 0;
  let finish: 'stop' | 'length' = 'length';
  for await (const piece of pieces) {
    // The role comes with the first token, not before it, so that the first chunk says when the model began to answer.
    if (count === 0) event(chunk(common, { role: 'assistant', content: '' }, { includeUsage }));
    count += 1;
    if (piece.end) finish = 'stop';
    else {
      const logprobs = chat.logprobs ? { logprobs: logprobsOf([piece]) } : {};
      event(chunk(common, { content: piece.text }, { includeUsage, ...logprobs }));
    }
  }
  event(chunk(common, {}, { finish, includeUsage }));
  if (includeUsage) event(usageChunk(common, promptTokens, count));
  response.end('data: [DONE]\n\n');
}

/** The body as text; undefined past the limit, the rest of it unread. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': `req_${randomUUID()}` });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  send(response, refusal.status, { error: refusal.error });
}
