import type { ServerResponse } from 'node:http';

/** Sent with every answer: it is what it says it is, and it is only true now. */
const COMMON = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

/** Answers once; a client that has gone, or an answer that has begun, is left alone. */
export function reply(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...COMMON, ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.end(body);
}

export function replyJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  reply(response, status, `${JSON.stringify(value)}\n`, {
    'content-type': 'application/json; charset=utf-8',
    ...headers,
  });
}

/** Why a request is not served: a stable word for programs, a sentence for people. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function refuse(response: ServerResponse, { status, error, message, headers }: Refusal): void {
  replyJson(response, status, { error, message }, headers);
}
