import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A question that reached the server. */
export interface Question {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly [field: string]: unknown;
  };
}

/** How it answers one question; a text is what the model says. */
export type Answering = string | ((response: ServerResponse, question: Question) => void);

/** A model server on loopback that answers as it is told. */
export interface JudgeServer {
  readonly endpoint: string;
  readonly questions: readonly Question[];
  /** Of the next questions, until it is told otherwise. */
  answer: Answering;
  /** Resolves with the next question that arrives. */
  next(): Promise<Question>;
  close(): Promise<void>;
}

export const USAGE = { prompt_tokens: 100, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 40 } };

/** A chat completion with these words. */
export function completion(content: string, usage: unknown = USAGE): string {
  return JSON.stringify({
    id: 'chatcmpl-judge',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'served-model',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage,
  });
}

export function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

export async function startJudgeServer(answer: Answering = '{"score": 5, "reason": "good"}'): Promise<JudgeServer> {
  const questions: Question[] = [];
  const waiting: ((question: Question) => void)[] = [];
  const http = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const question: Question = {
        path: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(Buffer.concat(parts).toString()),
      };
      questions.push(question);
      const how = server.answer;
      if (typeof how === 'string') send(response, 200, completion(how));
      else how(response, question);
      for (const resolve of waiting.splice(0)) resolve(question);
    });
  });
  const server: JudgeServer = {
    endpoint: '',
    questions,
    answer,
    next: () => new Promise(resolve => waiting.push(resolve)),
    close: () => {
      http.closeAllConnections();
      return new Promise(resolve => http.close(() => resolve()));
    },
  };
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1` });
}
