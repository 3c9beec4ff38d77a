import type { MessageText } from '../../core/content.js';
import type { ErrorType, FinishReason } from '../../core/labels.js';

/** What a request says of itself. Numbers and words only; `readText` reads the messages. */
export interface RequestFacts {
  readonly model: string | undefined;
  readonly stream: boolean;
  /** What the request asked for: 'json' or 'text', where it did. */
  readonly outputType: 'json' | 'text' | undefined;
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly frequencyPenalty: number | undefined;
  readonly presencePenalty: number | undefined;
  readonly seed: number | undefined;
  readonly choiceCount: number | undefined;
  readonly stop: readonly string[] | undefined;
  readonly reasoningLevel: string | undefined;
  readonly previousResponseId: string | undefined;
  readonly conversationId: string | undefined;
  readonly serviceTier: string | undefined;
  readonly encodingFormat: string | undefined;
  readonly dimensions: number | undefined;
}

/** Tokens by exclusive class as the provider said them: `cleanCall` judges the values. An absent class was not reported. */
export interface UsageFacts {
  readonly input_uncached?: unknown;
  readonly cache_read?: unknown;
  readonly cache_write?: unknown;
  readonly output?: unknown;
  readonly reasoning?: unknown;
  /** True when a part was larger than its whole and the difference was set to 0. */
  readonly clamped: boolean;
}

/** What a failure says. */
export interface ErrorFacts {
  readonly errorType: ErrorType;
  /** The value of the conventions' `error.type`: a known code, a status, or the name of a class. */
  readonly convention: string;
  readonly status: number | undefined;
  /** True when the caller cancelled: not a failure. */
  readonly aborted: boolean;
  /** True when the request was surely sent: only then do attempts count. */
  readonly sent: boolean;
}

/** What an answer says, whole or gathered from its chunks. */
export interface ResponseFacts {
  readonly id: string | undefined;
  readonly model: string | undefined;
  readonly serviceTier: string | undefined;
  readonly fingerprint: string | undefined;
  /** The provider's own words for why it stopped, one a choice. */
  readonly reasons: readonly string[];
  readonly finishReasons: readonly FinishReason[];
  readonly usage: UsageFacts | undefined;
  /** One text a choice; empty unless asked for. */
  readonly output: readonly string[];
  readonly logprobs: readonly number[] | undefined;
  /** Characters of all the model wrote, tool arguments included: what an estimate of tokens starts from. */
  readonly outputLength: number;
  /** Set when the answer is none: malformed, or an error in the place of an answer. */
  readonly failure: ErrorFacts | undefined;
}

/**
 * What a wire format says. Pure and total: odd input gives empty facts, never an exception, and nothing that is read is
 * changed or kept. `State` is what a stream has told so far.
 */
export interface WireReader<State = unknown> {
  readRequest(request: unknown): RequestFacts;
  /** The text parts of the messages, in order. */
  readText(request: unknown): readonly MessageText[];
  /** @param words whether to gather the texts and the probabilities of their tokens */
  readResponse(response: unknown, words: boolean): ResponseFacts;
  readError(error: unknown): ErrorFacts;
  /** Adds a chunk to the state; O(1) amortised. */
  foldChunk(state: State | undefined, chunk: unknown, words: boolean): State;
  /** What the chunks said together; without any, an answer that is none. */
  finish(state: State | undefined): ResponseFacts;
}

/** A request of which nothing is known. */
export const NO_REQUEST: RequestFacts = Object.freeze({
  model: undefined,
  stream: false,
  outputType: undefined,
  maxTokens: undefined,
  temperature: undefined,
  topP: undefined,
  frequencyPenalty: undefined,
  presencePenalty: undefined,
  seed: undefined,
  choiceCount: undefined,
  stop: undefined,
  reasoningLevel: undefined,
  previousResponseId: undefined,
  conversationId: undefined,
  serviceTier: undefined,
  encodingFormat: undefined,
  dimensions: undefined,
});

/** An answer that does not have the shape of one. */
export const MALFORMED: ErrorFacts = Object.freeze({
  errorType: 'malformed_response',
  convention: 'malformed_response',
  status: undefined,
  aborted: false,
  sent: true,
});

/** An answer of which nothing is known. */
export const NO_RESPONSE: ResponseFacts = Object.freeze({
  id: undefined,
  model: undefined,
  serviceTier: undefined,
  fingerprint: undefined,
  reasons: Object.freeze([]),
  finishReasons: Object.freeze([]),
  usage: undefined,
  output: Object.freeze([]),
  logprobs: undefined,
  outputLength: 0,
  failure: undefined,
});
