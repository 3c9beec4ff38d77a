/** A message that went into a call. */
export interface MessageText {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
}

/**
 * The words of a call, for evaluation inside the process. Handed over once and dropped after it; it never goes on a span, into
 * a log, a metric, a file or a page: content that was asked for takes another way, through redaction. Only text parts are in it: no tool-call JSON, no images.
 */
export interface CallText {
  readonly input: readonly MessageText[];
  /** One a choice, in the order of the choices. */
  readonly output: readonly string[];
  /** True when the request asked for a JSON answer. */
  readonly jsonRequested?: boolean;
  /** Natural logarithms of the probabilities of the first choice's tokens, where the reply has them. */
  readonly logprobs?: readonly number[];
}

/** The last thing the user said; empty if there is none. */
export function lastUserText(text: CallText): string {
  for (let i = text.input.length - 1; i >= 0; i--) {
    const message = text.input[i] as MessageText;
    if (message.role === 'user') return message.text;
  }
  return '';
}

/** Characters in all messages and answers: what a queue must hold for it. */
export function textSize(text: CallText): number {
  let size = 0;
  for (const message of text.input) size += message.text.length;
  for (const answer of text.output) size += answer.length;
  return size;
}

/** Characters at each end of a long text that its hash is made of. */
const HASHED_END = 2048;

function fold(hash: number, text: string, from: number, to: number): number {
  let folded = hash;
  for (let i = from; i < to; i++) folded = Math.imul(folded ^ text.charCodeAt(i), 0x01000193);
  return folded;
}

/**
 * 32-bit FNV-1a hash of a text as eight hexadecimal digits: names a prompt template without holding a word of it. Of a text
 * beyond 4096 characters only the first and the last 2048 and the length are hashed, so that a prompt of a megabyte costs the
 * call that carries it no more than a short one; two long texts of one length that differ only between those ends share a name.
 * @see Fowler, Noll, Vo: draft-eastlake-fnv
 */
export function hashText(text: string): string {
  const { length } = text;
  let hash = 0x811c9dc5;
  if (length <= 2 * HASHED_END) hash = fold(hash, text, 0, length);
  else {
    hash = fold(hash, text, 0, HASHED_END);
    hash = fold(hash, text, length - HASHED_END, length);
    hash = fold(hash, String(length), 0, String(length).length);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Where message content goes besides the evaluators: nowhere, onto the span of its call, into a log event, or both. */
export const CAPTURE_MODES = ['none', 'span', 'event', 'both'] as const;
export type CaptureMode = (typeof CAPTURE_MODES)[number];

/** The standard variable that asks for message content. */
export const CAPTURE_VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';
export const CAPTURE_ACCEPTED = 'true, false, NO_CONTENT, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT';

const CAPTURE_WORDS: Readonly<Record<string, CaptureMode>> = {
  false: 'none',
  no_content: 'none',
  none: 'none',
  true: 'span',
  span_only: 'span',
  span: 'span',
  event_only: 'event',
  event: 'event',
  span_and_event: 'both',
  both: 'both',
};

/** Reads what the variable or code says, in either of the spellings that instrumentations use; undefined for anything else. */
export function captureMode(value: unknown): CaptureMode | undefined {
  const word = String(value).trim().toLowerCase();
  return Object.hasOwn(CAPTURE_WORDS, word) ? CAPTURE_WORDS[word] : undefined;
}

/** Makes a text fit to leave the process; `off`, and only that word, lets it out as it is. */
export type Redaction = ((text: string) => string) | 'off';
