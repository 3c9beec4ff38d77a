import type { Token } from '../model/llama.js';

/** What all chunks of an answer, or the one whole answer, have in common. */
export interface ReplyHead {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
}

export type FinishReason = 'stop' | 'length';

export type Piece = Token & { readonly text: string };

interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly never[];
}

interface Logprobs {
  readonly content: readonly TokenLogprob[];
  readonly refusal: null;
}

/** Log-probabilities as the API gives them: of the tokens that have text, so not of the end mark. */
export function logprobsOf(pieces: readonly Piece[]): Logprobs {
  const content = pieces
    .filter(piece => !piece.end)
    .map(({ text, logprob }) => ({ token: text, logprob, bytes: [...Buffer.from(text)], top_logprobs: [] }));
  return { content, refusal: null };
}

export function usageOf(promptTokens: number, completionTokens: number): Readonly<Record<string, unknown>> {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

/** A whole chat completion. */
export function completion(
  head: ReplyHead,
  pieces: readonly Piece[],
  finish: FinishReason,
  promptTokens: number,
  withLogprobs: boolean,
): Readonly<Record<string, unknown>> {
  const content = pieces.map(piece => piece.text).join('');
  return {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: withLogprobs ? logprobsOf(pieces) : null,
        finish_reason: finish,
      },
    ],
    usage: usageOf(promptTokens, pieces.length),
  };
}

interface Delta {
  readonly role?: 'assistant';
  readonly content?: string;
}

/** A chunk with one choice. `usage` is null on it when the last chunk will carry the usage, and absent otherwise. */
export function chunk(
  head: ReplyHead,
  delta: Delta,
  more: { readonly finish?: FinishReason; readonly logprobs?: Logprobs; readonly includeUsage: boolean },
): Readonly<Record<string, unknown>> {
  return {
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: more.logprobs ?? null, finish_reason: more.finish ?? null }],
    ...(more.includeUsage ? { usage: null } : {}),
  };
}

/** The chunk after the last choice, asked for with `stream_options.include_usage`. */
export function usageChunk(
  head: ReplyHead,
  promptTokens: number,
  completionTokens: number,
): Readonly<Record<string, unknown>> {
  return { ...head, object: 'chat.completion.chunk', choices: [], usage: usageOf(promptTokens, completionTokens) };
}
