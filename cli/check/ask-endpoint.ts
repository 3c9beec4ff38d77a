import { setTimeout as sleep } from 'node:timers/promises';
import { MonitorError } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { type Completion, completionsUrl, isApiKey, readCompletion, readEndpoint } from '../../core/openai-endpoint.js';
import type { Asker, Reply } from './asker.js';
import { MAX_LINE } from './lines.js';
import { type Answer, type Row, RowProblem } from './row.js';

export interface EndpointOptions {
  /** Base address, as an OpenAI client takes it: with `/v1`. */
  readonly endpoint: URL;
  readonly model: string;
  readonly apiKey?: string;
  /** Goes before each row's messages. */
  readonly system?: string;
  /** Further fields of the request. */
  readonly body?: Readonly<Record<string, Json>>;
  /** Milliseconds an attempt may take. */
  readonly timeout: number;
  /** Attempts beyond the first. */
  readonly retries: number;
  readonly fetch?: typeof fetch;
  /** Waits; resolves early when the signal aborts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Milliseconds: the first wait, doubled with each, and the longest one, also where the server asks for more. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 60_000;
/** Refusals that hold for every row. */
const FATAL: ReadonlySet<number> = new Set([401, 403, 404]);

/** @throws MonitorError INVALID_ARGUMENT; the message never shows a password */
export function parseEndpoint(text: string): URL {
  const read = readEndpoint(text);
  if (read instanceof URL) return read;
  throw new MonitorError('INVALID_ARGUMENT', `--endpoint ${read.problem} (the key comes from OPENAI_API_KEY)`);
}

/** @throws MonitorError INVALID_ARGUMENT that does not show it */
export function parseApiKey(text: string | undefined): string | undefined {
  const key = text?.trim() ?? '';
  if (key !== '' && !isApiKey(key))
    throw new MonitorError(
      'INVALID_ARGUMENT',
      'OPENAI_API_KEY has characters that no key has; expected printable ASCII without blanks',
    );
  return key === '' ? undefined : key;
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** The text of a body; undefined where it is too long. */
async function readBody(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_LINE) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What a chat completion says; undefined where it is none. */
function readAnswer(text: string): Answer | undefined {
  let completion: Completion | undefined;
  try {
    completion = readCompletion(JSON.parse(text));
  } catch {
    return undefined;
  }
  if (completion === undefined) return undefined;
  const { output, finishReason } = completion;
  return { output, ...(finishReason === undefined ? {} : { finishReason }) };
}

function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 ? seconds * 1000 : 0;
}

interface Attempt {
  readonly reply: Reply;
  /** Milliseconds the server asked to wait; absent where another attempt would fare no better. */
  readonly retryIn?: number;
}

/** Asks a model behind an OpenAI-compatible endpoint. Network and server failures, 408 and 429 are tried again. */
export function endpointAsker(options: EndpointOptions): Asker {
  const { endpoint, model, apiKey, system, body, timeout, retries, wait = waitFor, fetch: send = fetch } = options;
  const url = completionsUrl(endpoint);
  const headers = {
    'content-type': 'application/json',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  let retried = 0;

  const requestOf = ({ input }: Row): string => {
    if (input === undefined) throw new RowProblem('input is missing');
    const asked = typeof input === 'string' ? [{ role: 'user', content: input }] : (input as readonly Json[]);
    const messages = system === undefined ? asked : [{ role: 'system', content: system }, ...asked];
    try {
      return JSON.stringify({ ...body, model, messages });
    } catch {
      throw new RowProblem('input nests too deeply to be sent');
    }
  };

  const attempt = async (request: string, signal: AbortSignal): Promise<Attempt> => {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    const timer = setTimeout(abort, timeout);
    signal.addEventListener('abort', abort);
    try {
      const response = await send(url, {
        method: 'POST',
        headers,
        body: request,
        redirect: 'manual',
        signal: controller.signal,
      });
      if (response.ok) {
        const text = await readBody(response);
        const answer = text === undefined ? undefined : readAnswer(text);
        return {
          reply: answer === undefined ? { reason: 'the endpoint answered with no chat completion' } : { answer },
        };
      }
      await response.body?.cancel();
      const { status } = response;
      const reply = { reason: `the endpoint answered ${status}`, fatal: FATAL.has(status) };
      return status === 408 || status === 429 || status >= 500 ? { reply, retryIn: retryAfter(response) } : { reply };
    } catch (error) {
      // What fetch says may hold the address and the headers.
      const code = record(record(error)['cause'])['code'];
      const late = controller.signal.aborted && !signal.aborted;
      const why = late
        ? `no answer within ${timeout / 1000} s`
        : typeof code === 'string'
          ? code
          : 'the connection failed';
      return { reply: { reason: `the endpoint cannot be reached: ${why}` }, retryIn: 0 };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  };

  return {
    name: `endpoint ${url.href}`,
    get retries() {
      return retried;
    },
    question: requestOf,
    async ask(request, _row, signal): Promise<Reply> {
      for (let tries = 0; ; tries++) {
        if (signal.aborted) return { reason: 'was given up' };
        const { reply, retryIn } = await attempt(request, signal);
        if (retryIn === undefined || tries >= retries || signal.aborted) return reply;
        retried++;
        await wait(Math.min(LONGEST_WAIT, Math.max(retryIn, FIRST_WAIT * 2 ** tries)), signal);
      }
    },
    close: async () => undefined,
  };
}
