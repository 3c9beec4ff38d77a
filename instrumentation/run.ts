import { context, isSpanContextValid, type Span, trace } from '@opentelemetry/api';
import type { Outcome } from '../core/call.js';
import type { MessageText } from '../core/content.js';
import { fieldsOf } from '../core/fields.js';
import { LIGHT_CONTEXT } from '../core/light-context.js';
import type { UpDownHandle } from '../core/sink.js';
import { forget } from './abandoned.js';
import { type AttemptCount, beginAttempts, endAttempts } from './attempts.js';
import { ChunkGaps } from './chunk-gaps.js';
import { type ContentGatherer, gatherContent } from './content/gather.js';
import { type CallContext, currentCallContext } from './context.js';
import type { Endpoint, Provider } from './readers/provider.js';
import { type ErrorFacts, NO_REQUEST, type RequestFacts, type ResponseFacts } from './readers/wire-reader.js';
import type { OpenCall, Recorder } from './recorder.js';
import { report } from './report.js';
import type { Target } from './site.js';

const ABORTED: Outcome = { kind: 'aborted', by: 'caller' };
const TIMED_OUT: ErrorFacts = {
  errorType: 'timeout',
  convention: 'timeout',
  status: undefined,
  aborted: false,
  sent: false,
};

/**
 * One call, from its start to its one outcome. It is told what happens and never asks: it holds no promise, no stream and no
 * chunk, so that it keeps nothing of the app alive. Whatever it does wrong is counted and goes no further.
 */
export class Call implements OpenCall {
  readonly #recorder: Recorder;
  readonly #target: Target;
  readonly #request: RequestFacts;
  #body: unknown;
  #text: readonly MessageText[] | undefined;
  readonly #context: CallContext | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #attempts: AttemptCount | undefined;
  readonly #inFlight: UpDownHandle;
  readonly #alone: boolean;
  readonly #span: Span | undefined;
  #content: ContentGatherer | undefined;
  readonly #startedAt: number;
  readonly #start: number;
  #state: unknown;
  #firstChunk: number | undefined;
  #lastChunk = 0;
  #gaps: ChunkGaps | undefined;
  #answered = false;
  #asked = false;
  #rawAt: number | undefined;
  #ended = false;

  /**
   * @param signal of the request's options: tells a deadline of the caller from a wish to stop
   * @param alone false where another instrumentation writes the conventions' span and metrics of this call
   */
  constructor(
    recorder: Recorder,
    row: Provider,
    endpoint: Endpoint,
    client: unknown,
    body: unknown,
    signal: unknown,
    alone: boolean,
  ) {
    const site = recorder.site(row, client);
    const { wiring } = recorder;
    let request = NO_REQUEST;
    let text: readonly MessageText[] | undefined;
    try {
      request = endpoint.reader.readRequest(body);
      // What was sent is read now: an app may add to its messages before the answer is there.
      if (wiring.calls.active) text = endpoint.reader.readText(body);
    } catch {
      recorder.fault();
    }
    this.#recorder = recorder;
    this.#request = request;
    this.#text = text;
    this.#body = body;
    this.#target = site.target(endpoint, request.model ?? site.model);
    this.#context = currentCallContext();
    this.#signal = typeof signal === 'object' && signal !== null ? (signal as AbortSignal) : undefined;
    this.#startedAt = wiring.clock.now();
    this.#start = performance.now();
    this.#alone = alone;
    this.#span = recorder.spans && alone ? this.#startSpan() : undefined;
    this.#content = alone ? gatherContent(recorder, endpoint, body, this.#span) : undefined;
    this.#attempts = site.countsAttempts ? beginAttempts(body) : undefined;
    this.#inFlight = this.#target.inFlight(wiring.store, wiring.models.label(this.#target.model ?? ''));
    this.#inFlight.add(1);
    recorder.open.add(this);
  }

  #startSpan(): Span | undefined {
    try {
      return this.#recorder.tracer.startSpan(this.#target.spanName, this.#target.spanOptions, context.active());
    } catch {
      this.#recorder.fault();
      return undefined;
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Runs the SDK's method with the span as the active one, so that spans of its requests stand below it. */
  within<T>(method: (this: unknown, ...args: unknown[]) => T, self: unknown, args: unknown[]): T {
    const span = this.#span;
    return span !== undefined && isSpanContextValid(span.spanContext())
      ? context.with(trace.setSpan(context.active(), span).setValue(LIGHT_CONTEXT, true), method, self, ...args)
      : method.apply(self, args);
  }

  /** The answer of a call that is not streamed. */
  answer(value: unknown): void {
    if (this.#ended) return;
    this.#answered = true;
    let facts: ResponseFacts | undefined;
    try {
      facts = this.#target.endpoint.reader.readResponse(value, this.#text !== undefined);
    } catch {
      this.#recorder.fault();
    }
    this.#content?.answer(value);
    if (facts?.failure !== undefined) this.#fail(facts.failure, facts);
    else this.#end({ kind: 'ok', finishReasons: facts?.finishReasons ?? [] }, facts, undefined);
  }

  /** The caller asks for the parsed answer. */
  asked(): void {
    this.#asked = true;
  }

  /**
   * The caller got the raw response. Unless it asks for the parsed answer as well, by the end of this turn of the event loop, the
   * call ended here, and that there was a response is all that is known of it.
   */
  raw(): void {
    if (this.#ended || this.#asked || this.#rawAt !== undefined) return;
    this.#answered = true;
    this.#rawAt = performance.now();
    setImmediate(() => {
      if (!this.#asked) this.#endRaw();
    });
  }

  #endRaw(): void {
    this.#end({ kind: 'ok', finishReasons: [] }, undefined, undefined, this.#rawAt);
  }

  /** The call failed, or its stream did. */
  failed(error: unknown): void {
    if (this.#ended) return;
    const gathered = this.#gathered();
    let facts: ErrorFacts | undefined;
    try {
      facts = this.#target.endpoint.reader.readError(error);
    } catch {
      this.#recorder.fault();
    }
    if (facts?.aborted === true) this.#abort(gathered);
    else this.#fail(facts ?? { ...TIMED_OUT, errorType: 'other', convention: '_OTHER' }, gathered);
  }

  /** A chunk of a stream arrived. */
  chunk(value: unknown): void {
    if (this.#ended) return;
    const now = performance.now();
    if (this.#firstChunk === undefined) {
      this.#firstChunk = (now - this.#start) / 1000;
      this.#answered = true;
    } else {
      this.#gaps ??= new ChunkGaps();
      this.#gaps.add((now - this.#lastChunk) / 1000);
    }
    this.#lastChunk = now;
    this.#content?.chunk(value);
    try {
      this.#state = this.#target.endpoint.reader.foldChunk(this.#state, value, this.#text !== undefined);
    } catch {
      this.#recorder.fault();
    }
  }

  /** A stream ended by itself. @param cancelled whether its controller or the request's signal was aborted */
  streamEnded(cancelled: boolean): void {
    if (this.#ended) return;
    const facts = this.#gathered();
    if (facts !== undefined && facts.finishReasons.length > 0 && facts.failure === undefined)
      this.#end({ kind: 'ok', finishReasons: facts.finishReasons }, facts, undefined);
    else if (cancelled) this.#abort(facts);
    else if (facts?.failure !== undefined) this.#fail(facts.failure, facts);
    else this.#end({ kind: 'ok', finishReasons: [] }, facts, undefined);
  }

  /** The caller left a stream before its end. What had already stopped is a finished answer. */
  left(by: 'caller' | 'abandoned' | 'shutdown'): void {
    if (this.#ended) return;
    if (this.#rawAt !== undefined && !this.#asked) {
      this.#endRaw();
      return;
    }
    const facts = this.#firstChunk === undefined ? undefined : this.#gathered();
    if (facts !== undefined && facts.finishReasons.length > 0 && facts.failure === undefined)
      this.#end({ kind: 'ok', finishReasons: facts.finishReasons }, facts, undefined);
    else this.#end({ kind: 'aborted', by }, facts, undefined);
  }

  stop(): void {
    this.left('shutdown');
  }

  /** Takes the call back: the SDK answered with something we do not know. */
  discard(): void {
    if (this.#ended) return;
    this.#close();
    try {
      this.#span?.end();
    } catch {
      this.#recorder.fault();
    }
  }

  #gathered(): ResponseFacts | undefined {
    try {
      return this.#target.endpoint.reader.finish(this.#state as undefined);
    } catch {
      this.#recorder.fault();
      return undefined;
    }
  }

  #abort(facts: ResponseFacts | undefined): void {
    // A deadline that the caller set is a timeout, whoever kept the watch.
    if (fieldsOf(this.#signal?.reason)['name'] === 'TimeoutError') this.#fail(TIMED_OUT, facts);
    else this.#end(ABORTED, facts, undefined);
  }

  #fail(error: ErrorFacts, facts: ResponseFacts | undefined): void {
    this.#end({ kind: 'error', errorType: error.errorType }, facts, error);
  }

  #close(): number | undefined {
    this.#ended = true;
    this.#recorder.open.delete(this);
    forget(this);
    this.#inFlight.add(-1);
    return this.#attempts === undefined ? undefined : endAttempts(this.#attempts);
  }

  #end(
    outcome: Outcome,
    facts: ResponseFacts | undefined,
    error: ErrorFacts | undefined,
    at: number = performance.now(),
  ): void {
    if (this.#ended) return;
    const duration = (at - this.#start) / 1000;
    const built = this.#close();
    report({
      recorder: this.#recorder,
      target: this.#target,
      request: this.#request,
      body: this.#body,
      text: this.#text,
      context: this.#context,
      span: this.#span,
      content: this.#content?.finish(),
      alone: this.#alone,
      startedAt: this.#startedAt,
      duration,
      endedAt: at,
      firstChunk: this.#firstChunk,
      gaps: this.#gaps,
      // A request that was built was sent only if there was an answer to it or a failure on the wire.
      attempts: this.#answered || error?.sent === true ? built : undefined,
      outcome,
      facts,
      error,
    });
    // The app may keep its promise or stream, which know the call; the words end here.
    this.#body = undefined;
    this.#text = undefined;
    this.#state = undefined;
    this.#content = undefined;
  }
}
