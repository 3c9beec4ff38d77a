import type { Span } from '@opentelemetry/api';
import type { ContentReader, InputContent, Message } from '../readers/content.js';
import type { Endpoint } from '../readers/provider.js';
import type { Recorder } from '../recorder.js';
import type { CallContent } from './render.js';

/**
 * Keeps what is said in one call while it runs: strings as they are, nothing is read in them here. After a fault nothing more is
 * kept: a call has its whole content or none.
 */
export class ContentGatherer {
  readonly #reader: ContentReader;
  readonly #onFault: () => void;
  #input: InputContent | undefined;
  #output: readonly Message[] | undefined;
  #state: unknown;

  constructor(reader: ContentReader, body: unknown, onFault: () => void) {
    this.#reader = reader;
    this.#onFault = onFault;
    try {
      this.#input = reader.readInput(body);
    } catch {
      onFault();
    }
  }

  /** The answer of a call that is not streamed. */
  answer(value: unknown): void {
    this.#keep(() => {
      this.#output = this.#reader.readOutput(value);
    });
  }

  chunk(value: unknown): void {
    this.#keep(() => {
      this.#state = this.#reader.foldChunk(this.#state, value);
    });
  }

  /** @returns what was said; undefined where it could not be read */
  finish(): CallContent | undefined {
    this.#keep(() => {
      this.#output ??= this.#reader.finish(this.#state);
    });
    return this.#input === undefined ? undefined : { input: this.#input, output: this.#output ?? [] };
  }

  #keep(read: () => void): void {
    if (this.#input === undefined) return;
    try {
      read();
    } catch {
      this.#input = undefined;
      this.#onFault();
    }
  }
}

/** Starts to keep the content of a call, if it was asked for and has somewhere to go. */
export function gatherContent(
  recorder: Recorder,
  { content: reader }: Endpoint,
  body: unknown,
  span: Span | undefined,
): ContentGatherer | undefined {
  const { content } = recorder;
  if (reader === undefined || content === undefined || !content.wants(span)) return undefined;
  return new ContentGatherer(reader, body, () => recorder.fault('content'));
}
