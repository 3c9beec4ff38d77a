/** What a part holds that is no text, as far as it is told. */
export type Modality = 'image' | 'video' | 'audio' | 'document';

/**
 * A part of a message in the shapes of the conventions (v1.41.0, docs/gen-ai/gen-ai-input-messages.json), as it was on the wire:
 * nothing is masked or cut. Bytes are never in it: `omitted` stands for them.
 */
export type Part =
  | { readonly type: 'text'; readonly content: string }
  | { readonly type: 'reasoning'; readonly content: string }
  | { readonly type: 'tool_call'; readonly id?: string; readonly name: string; readonly arguments?: unknown }
  | { readonly type: 'tool_call_response'; readonly id?: string; readonly response: unknown }
  | {
      readonly type: 'server_tool_call';
      readonly id?: string;
      readonly name: string;
      readonly server_tool_call: unknown;
    }
  | { readonly type: 'server_tool_call_response'; readonly id?: string; readonly server_tool_call_response: unknown }
  | { readonly type: 'uri'; readonly modality: Modality; readonly uri: string }
  | { readonly type: 'file'; readonly modality: Modality; readonly file_id: string }
  | {
      readonly type: 'omitted';
      readonly modality?: Modality;
      readonly mime_type?: string;
      /** Bytes, where they are known. */
      readonly size?: number;
      /** The format's own word for a part that this version does not know. */
      readonly kind?: string;
    };

export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly name?: string;
  readonly parts: readonly Part[];
  /** Of answers only: why it stopped. */
  readonly finish_reason?: string;
}

/** What went into a call. */
export interface InputContent {
  /** Instructions that the format takes apart from the messages. */
  readonly system: readonly Part[];
  readonly messages: readonly Message[];
  /** The tools the model may call: what they are named, described and take. */
  readonly tools: readonly unknown[];
}

/**
 * Reads the words of a wire format for who asked for content. Pure and total as a `WireReader` is; what it gives shares strings,
 * and arguments of tools, with what it read. `State` is what a stream has told so far.
 */
export interface ContentReader<State = unknown> {
  readInput(request: unknown): InputContent;
  /** One message a choice. */
  readOutput(response: unknown): readonly Message[];
  /** Adds a chunk to the state; O(1) amortised. */
  foldChunk(state: State | undefined, chunk: unknown): State;
  finish(state: State | undefined): readonly Message[];
}

/** Characters a message keeps. */
export const MAX_MESSAGE = 64 * 1024;
/** Characters read beyond a cut, so that what stands across it is masked as a whole: a private key is shorter. */
export const MARGIN = 8 * 1024;

/** A text of a stream with a piece more; it stops growing once it is sure to be cut. */
export function grown(text: string, piece: string): string {
  return text.length > MAX_MESSAGE + MARGIN ? text : text + piece;
}
