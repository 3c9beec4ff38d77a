import { type Completion, completionsUrl, readCompletion } from '../../core/openai-endpoint.js';
import { readRetryAfter } from './backoff.js';
import type { AskJudge, JudgeRequest } from './options.js';
import { post } from './post.js';

/** What became of a question to a model. */
export type Asked =
  | { readonly completion: Completion }
  | {
      readonly completion?: undefined;
      /** Whether the model may have worked, and somebody pays for it. */
      readonly worked: boolean;
      /** Milliseconds that the server asked to be left alone. */
      readonly pause: number;
      /** Another question would fare no better. */
      readonly lasting: boolean;
    };

/** Asks a model once. Never rejects. */
export type Asker = (request: JudgeRequest, signal: AbortSignal) => Promise<Asked>;

/** Refusals that hold for every question. */
const LASTING: ReadonlySet<number> = new Set([401, 403, 404]);

function refused(status: number, retryAfter: string | null | undefined, now: number): Asked {
  return { worked: false, pause: readRetryAfter(retryAfter, now), lasting: LASTING.has(status) };
}

/** What may have reached a model that then went on without us. */
function unanswered(signal: AbortSignal): Asked {
  return { worked: signal.aborted, pause: 0, lasting: false };
}

const NO_COMPLETION: Asked = { worked: true, pause: 0, lasting: false };

/** @param now milliseconds since the epoch */
export function endpointAsker(endpoint: URL, apiKey: string | undefined, now: () => number): Asker {
  const url = completionsUrl(endpoint);
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  return async (request, signal) => {
    try {
      const { status, body, retryAfter } = await post(url, headers, JSON.stringify(request), signal);
      if (status < 200 || status > 299) return refused(status, retryAfter, now());
      const completion = body === undefined ? undefined : readCompletion(JSON.parse(body));
      return completion === undefined ? NO_COMPLETION : { completion };
    } catch (error) {
      return error instanceof SyntaxError ? NO_COMPLETION : unanswered(signal);
    }
  };
}

/** Asks by a function of the user, whose errors may have `status` and `headers`, as those of OpenAI's clients have. */
export function functionAsker(ask: AskJudge, now: () => number): Asker {
  return async (request, signal) => {
    try {
      const completion = readCompletion(await ask(request, { signal }));
      return completion === undefined ? NO_COMPLETION : { completion };
    } catch (error) {
      const { status, headers } = (typeof error === 'object' && error !== null ? error : {}) as {
        readonly status?: unknown;
        readonly headers?: unknown;
      };
      if (typeof status !== 'number') return unanswered(signal);
      return refused(status, headers instanceof Headers ? headers.get('retry-after') : undefined, now());
    }
  };
}
