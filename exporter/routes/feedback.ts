import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../core/clock.js';
import { describeError } from '../../core/errors.js';
import { type FeedbackSink, parseFeedback } from '../../core/feedback.js';
import type { MetricStore } from '../../core/store.js';
import { readBody } from '../body.js';
import { type Refusal, refuse, replyJson } from '../reply.js';
import type { Route } from '../router.js';

/** What one process takes of `POST /v1/feedback`. */
export const FEEDBACK_LIMITS = {
  /** Bytes of a body. */
  body: 1024 * 1024,
  /** Records in one body, and as many in one go after a pause. */
  batch: 10_000,
  /** Records a second that may follow without a pause. */
  perSecond: 1_000,
} as const;

/** Records between two turns of the event loop. */
const RECORDS_PER_TURN = 500;

export interface FeedbackRoute {
  readonly sink: FeedbackSink;
  readonly store: MetricStore;
  readonly clock: Clock;
}

interface Rejection {
  readonly index: number;
  readonly error: string;
}

/** A record as it was written, or why its line is not one. */
type Entry = { readonly value: unknown } | { readonly error: string };

/** A bucket that refills at `perSecond` up to `batch`: short bursts pass, a flood does not. */
function createQuota(clock: Clock): (records: number) => number {
  let left: number = FEEDBACK_LIMITS.batch;
  let at = clock.now();
  /** 0 when the records are admitted, else the seconds until they would be. */
  return records => {
    const now = clock.now();
    left = Math.min(FEEDBACK_LIMITS.batch, left + (Math.max(0, now - at) / 1000) * FEEDBACK_LIMITS.perSecond);
    at = now;
    if (records <= left) {
      left -= records;
      return 0;
    }
    return Math.ceil((records - left) / FEEDBACK_LIMITS.perSecond);
  };
}

function mediaType(request: IncomingMessage): 'json' | 'ndjson' | Refusal {
  const [type = '', ...params] = (request.headers['content-type'] ?? '')
    .split(';')
    .map(part => part.trim().toLowerCase());
  const charset = params
    .find(param => param.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if ((charset === undefined || charset === 'utf-8' || charset === 'utf8') && encoding === 'identity') {
    if (type === 'application/json') return 'json';
    if (type === 'application/x-ndjson') return 'ndjson';
  }
  const message = 'expected application/json or application/x-ndjson in UTF-8, not compressed';
  return { status: 415, error: 'unsupported_media_type', message };
}

function parseJson(text: string): readonly Entry[] {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new TypeError('neither an object nor an array');
  return (Array.isArray(parsed) ? parsed : [parsed]).map((value: unknown) => ({ value }));
}

function parseLines(text: string): readonly Entry[] {
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map((line): Entry => {
      try {
        return { value: JSON.parse(line) as unknown };
      } catch {
        // The parser's own words quote the line, which may be a person's text.
        return { error: 'the line is not JSON' };
      }
    });
}

function entriesOf(body: Buffer, type: 'json' | 'ndjson'): readonly Entry[] | Refusal {
  const malformed = (message: string): Refusal => ({ status: 400, error: 'malformed', message });
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const entries = type === 'json' ? parseJson(text) : parseLines(text);
    return entries.length === 0 ? malformed('the body holds no record') : entries;
  } catch {
    return malformed('the body is not one JSON object, an array of them, or one a line');
  }
}

const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'status' in value && 'message' in value;

async function acceptAll(entries: readonly Entry[], { sink, store }: FeedbackRoute) {
  const rejected: Rejection[] = [];
  let accepted = 0;
  for (const [index, entry] of entries.entries()) {
    if (index > 0 && index % RECORDS_PER_TURN === 0) await setImmediate();
    try {
      if ('error' in entry) throw new Error(entry.error);
      sink.accept(parseFeedback(entry.value));
      accepted++;
    } catch (error) {
      rejected.push({ index, error: describeError(error) });
      // Its task cannot be trusted: a wrong record must not make series.
      store.counter('truthLabels', { task: 'other', result: 'rejected' }).add(1);
    }
  }
  return { accepted, rejected };
}

/** `POST /v1/feedback`: one record, an array or one a line. A wrong record is answered for by its index; the others count. */
export function feedbackRoute(parts: FeedbackRoute): Route {
  const quota = createQuota(parts.clock);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const stop = (refusal: Refusal): void => {
      if (!request.complete) response.setHeader('connection', 'close');
      refuse(response, refusal);
    };
    const type = mediaType(request);
    if (typeof type !== 'string') return stop(type);
    const body = await readBody(request, FEEDBACK_LIMITS.body);
    if (body === undefined) {
      const message = `the body is larger than ${FEEDBACK_LIMITS.body} bytes`;
      return stop({ status: 413, error: 'too_large', message });
    }
    const entries = entriesOf(body, type);
    if (isRefusal(entries)) return stop(entries);
    const { batch, perSecond } = FEEDBACK_LIMITS;
    if (entries.length > batch) {
      // No wait would make room for it: a 429 would have the client try for ever.
      const message = `the body holds ${entries.length} records, at most ${batch} are taken in one; nothing of it was taken`;
      return stop({ status: 413, error: 'too_large', message });
    }
    const wait = quota(entries.length);
    if (wait > 0) {
      const message = `more than ${perSecond} records a second or ${batch} in one go; nothing of this body was taken`;
      return stop({ status: 429, error: 'too_many', message, headers: { 'retry-after': String(wait) } });
    }
    replyJson(response, 202, await acceptAll(entries, parts));
  };
  return { path: '/v1/feedback', method: 'POST', access: 'guarded', handle };
}
