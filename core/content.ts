/** A message that went into a call. */
export interface MessageText {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
}

/**
 * The words of a call, for evaluation inside the process. Handed over once and dropped after it; it never goes on a span, into
 * a log, a metric, a file or a page. Only text parts are in it: no tool-call JSON, no images.
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

/**
 * 32-bit FNV-1a hash of a text as eight hexadecimal digits: names a prompt template without holding a word of it.
 * @see Fowler, Noll, Vo: draft-eastlake-fnv
 */
export function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
