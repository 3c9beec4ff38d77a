import type { Attributes, Span } from '@opentelemetry/api';
import { ATTR } from '../../core/attributes.js';
import type { CaptureMode, Redaction } from '../../core/content.js';
import type { Json } from '../../core/json.js';
import type { Wiring } from '../../core/wiring.js';
import type { Semconv } from '../instruments.js';
import type { InputContent, Message } from '../readers/content.js';
import { Backlog } from './backlog.js';
import { Cleaner, type Steps } from './cleaner.js';
import { ContentEvents, type LoggerProvider } from './events.js';
import { type CallContent, type RenderedContent, render } from './render.js';

export interface ContentWriterOptions {
  readonly wiring: Wiring;
  readonly capture: Exclude<CaptureMode, 'none'>;
  readonly redaction: Redaction;
  readonly semconv: Semconv;
  readonly loggerProvider: () => LoggerProvider | undefined;
}

/** A call that has ended, whose content is still to be written. */
export interface Unwritten {
  readonly content: CallContent;
  readonly span: Span | undefined;
  /** When the call ended: of `performance.now()`, and in milliseconds since the epoch. */
  readonly endedAt: number;
  readonly endedAtEpoch: number;
  /** The attributes of the call, for its event; asked for later, and only if there is one. */
  readonly attributes: () => Attributes;
}

const NAMES = {
  system: ATTR.systemInstructions,
  input: ATTR.inputMessages,
  output: ATTR.outputMessages,
  tools: ATTR.toolDefinitions,
} as const satisfies Record<keyof RenderedContent, string>;

/**
 * Writes the content of calls after their callers have gone on: cleaned in later turns of the event loop, then put on the span,
 * which ends only then but with the time the call ended, and into an event. Whatever fails, the span ends, and a fault is counted.
 */
export class ContentWriter {
  readonly #wiring: Wiring;
  readonly #onSpan: boolean;
  readonly #events: ContentEvents | undefined;
  readonly #cleaner: Cleaner;
  readonly #backlog: Backlog;

  constructor({ wiring, capture, redaction, semconv, loggerProvider }: ContentWriterOptions) {
    this.#wiring = wiring;
    this.#onSpan = capture !== 'event';
    this.#events = capture === 'span' ? undefined : new ContentEvents(loggerProvider, semconv !== '1.41');
    this.#cleaner = new Cleaner(redaction);
    this.#backlog = new Backlog(wiring.clock);
    wiring.calls.putsOff(() => this.#backlog.drain());
    wiring.store.counter('selfErrors', { component: 'content' }).add(0);
  }

  /** Whether the content of a call under this span has anywhere to go. */
  wants(span: Span | undefined): boolean {
    return (this.#onSpan && span?.isRecording() === true) || this.#events?.enabled === true;
  }

  /** Takes the call, and with it the duty to end its span. Never throws. */
  write(call: Unwritten): void {
    const taken = this.#backlog.push({ weight: weigh(call.content), run: () => this.#write(call) });
    if (taken) return;
    this.#wiring.store.counter('selfRejected', { field: 'content', reason: 'queue_full' }).add(1);
    this.#end(call);
  }

  *#write(call: Unwritten): Steps<void> {
    try {
      const rendered = yield* render(call.content, this.#cleaner);
      const content: Record<string, Json> = {};
      for (const [key, value] of Object.entries(rendered)) content[NAMES[key as keyof RenderedContent]] = value;
      // Spans hold no objects: the text of the JSON stands for it.
      if (this.#onSpan)
        for (const [name, value] of Object.entries(content)) call.span?.setAttribute(name, JSON.stringify(value));
      const { span, endedAtEpoch: at } = call;
      this.#events?.emit({ span, at, attributes: call.attributes(), content });
    } catch {
      this.#fault();
    } finally {
      this.#end(call);
    }
  }

  #end({ span, endedAt }: Unwritten): void {
    try {
      span?.end(endedAt);
    } catch {
      this.#fault();
    }
  }

  #fault(): void {
    this.#wiring.store.counter('selfErrors', { component: 'content' }).add(1);
  }
}

/** Characters that content holds on to; what is no text counts as a little. */
function weigh({ input, output }: CallContent): number {
  return weighInput(input) + weighMessages(output);
}

const weighInput = ({ system, messages, tools }: InputContent): number =>
  weighMessages([{ role: 'system', parts: system }]) + weighMessages(messages) + 500 * tools.length;

function weighMessages(messages: readonly Message[]): number {
  let weight = 100 * messages.length;
  for (const { parts } of messages)
    for (const part of parts)
      for (const value of Object.values(part)) weight += typeof value === 'string' ? value.length : 10;
  return weight;
}
