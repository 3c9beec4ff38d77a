import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { VERSION } from '../../core/version.js';

export interface Posted {
  readonly status: number;
  /** Undefined where it is longer than anybody needs, or was cut off. */
  readonly body: string | undefined;
  readonly retryAfter: string | undefined;
}

/** Bytes of a body that are read. */
const MAX_BODY = 262_144;

/**
 * Posts JSON. Not by `fetch`, whose connection keeps the process alive until the server has answered: this one lets it end.
 * Follows no redirect. Rejects where no answer comes, and when the signal aborts.
 */
export function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': `otel-llm-monitor/${VERSION}`,
        ...headers,
      },
      agent: false,
      signal,
    });
    request.on('socket', socket => socket.unref());
    request.on('error', reject);
    request.on('response', response => {
      const chunks: Buffer[] = [];
      let size = 0;
      const end = (text: string | undefined): void =>
        resolve({ status: response.statusCode ?? 0, body: text, retryAfter: response.headers['retry-after'] });
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_BODY) chunks.push(chunk);
        else {
          end(undefined);
          response.destroy();
        }
      });
      response.on('end', () => end(Buffer.concat(chunks).toString('utf8')));
      // Its beginning says what somebody pays for: a cut answer is not the same as none.
      response.on('error', () => end(undefined));
      response.on('close', () => end(undefined));
    });
    request.end(body);
  });
}
