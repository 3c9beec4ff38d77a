import { randomBytes } from 'node:crypto';
import { context, isSpanContextValid, type Span, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { cleanCall, inputTokens, type LlmCall, type Outcome, outputTokens, present } from '../core/call.js';
import { type CallText, hashText, type MessageText } from '../core/content.js';
import type { ExemplarRef, UpDownHandle } from '../core/sink.js';
import { forget } from './abandoned.js';
import { type AttemptCount, beginAttempts, endAttempts } from './attempts.js';
import { ChunkGaps } from './chunk-gaps.js';
import { type CallContext, currentCallContext } from './context.js';
import { estimateTokens } from './estimate.js';
import { fieldsOf } from './readers/fields.js';
import type { Endpoint, ProviderRow } from './readers/table.js';
import { type ErrorFacts, NO_REQUEST, type RequestFacts, type ResponseFacts } from './readers/wire-reader.js';
import type { OpenCall, Recorder } from './recorder.js';
import type { Target } from './site.js';
import { endAttributes } from './span-attributes.js';

const NO_MESSAGES: readonly MessageText[] = [];
const ABORTED: Outcome = { kind: 'aborted', by: 'caller' };
const TIMED_OUT: ErrorFacts = {
  errorType: 'timeout',
  convention: 'timeout',
  status: undefined,
  aborted: false,
  sent: true,
};

let prefix: string | undefined;
let serial = 0;

/** An id no other call of any process has: 48 random bits for the process, then a count. */
function nextId(): string {
  prefix ??= randomBytes(6).toString('hex');
  serial++;
  return `${prefix}-${serial.toString(36)}`;
}

/**
 * One call, from its start to its one outcome. It is told what happens and never asks: it holds no promise, no stream and no
 * chunk, so that it keeps nothing of the app alive. Whatever it does wrong is counted and goes no further.
 */
export class Call implements OpenCall {
  readonly #recorder: Recorder;
  readonly #target: Target;
  readonly #request: RequestFacts;
  readonly #body: unknown;
  readonly #text: readonly MessageText[] | undefined;
  readonly #context: CallContext | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #attempts: AttemptCount | undefined;
  readonly #inFlight: UpDownHandle;
  readonly #span: Span | undefined;
  readonly #startedAt: number;
  readonly #start: number;
  #state: unknown;
  #firstChunk: number | undefined;
  #lastChunk = 0;
  #gaps: ChunkGaps | undefined;
  #answered = false;
  #ended = false;

  /** @param signal of the request's options: tells a deadline of the caller from a wish to stop */
  constructor(
    recorder: Recorder,
    row: ProviderRow,
    endpoint: Endpoint,
    client: unknown,
    body: unknown,
    signal: unknown,
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
    this.#span = recorder.spans ? this.#startSpan() : undefined;
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
      ? context.with(trace.setSpan(context.active(), span), method, self, ...args)
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
    if (facts?.failure !== undefined) this.#fail(facts.failure, facts);
    else this.#end({ kind: 'ok', finishReasons: facts?.finishReasons ?? [] }, facts, undefined);
  }

  /** The caller took the raw response: that it was one is all that is known. */
  raw(): void {
    this.#answered = true;
    this.#end({ kind: 'ok', finishReasons: [] }, undefined, undefined);
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
    this.#span?.end();
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

  #end(outcome: Outcome, facts: ResponseFacts | undefined, error: ErrorFacts | undefined): void {
    if (this.#ended) return;
    const duration = (performance.now() - this.#start) / 1000;
    const built = this.#close();
    const recorder = this.#recorder;
    try {
      const spanContext = this.#span?.spanContext();
      const traced = spanContext !== undefined && isSpanContextValid(spanContext) ? spanContext : undefined;
      const { call, rejected } = cleanCall(
        {
          id: nextId(),
          responseId: facts?.id,
          traceId: traced?.traceId,
          spanId: traced?.spanId,
          provider: this.#target.provider,
          operation: this.#target.operation,
          model: { requested: this.#target.model, answered: facts?.model },
          startedAt: this.#startedAt,
          duration,
          timeToFirstChunk: this.#firstChunk,
          // A request that was built was sent only if there was an answer to it or a failure on the wire.
          attempts: this.#answered || error?.sent === true ? built : undefined,
          usage: this.#usage(facts),
          template: this.#template(),
          context: this.#context?.attributes,
          prediction: this.#context?.prediction,
          outcome,
        },
        recorder.wiring.clock.now(),
      );
      this.#measure(call, error?.convention);
      this.#endSpan(call, facts, error);
      const exemplar: ExemplarRef | undefined =
        traced !== undefined && (traced.traceFlags & TraceFlags.SAMPLED) !== 0
          ? { traceId: traced.traceId, spanId: traced.spanId }
          : undefined;
      recorder.wiring.calls.publish({ call, rejected, ...present({ text: this.#words(facts), exemplar }) });
    } catch {
      recorder.fault();
    }
  }

  #usage(facts: ResponseFacts | undefined): unknown {
    if (facts?.usage !== undefined) {
      if (facts.usage.clamped) this.#recorder.fault('usage');
      const { input_uncached, cache_read, cache_write, output, reasoning } = facts.usage;
      return { input_uncached, cache_read, cache_write, output, reasoning, source: 'reported' };
    }
    if (facts === undefined || this.#firstChunk === undefined) return undefined;
    let length = 0;
    for (const message of this.#text ?? this.#target.endpoint.reader.readText(this.#body))
      length += message.text.length;
    return {
      input_uncached: estimateTokens(length),
      output: estimateTokens(facts.outputLength),
      source: 'estimated',
    };
  }

  #template(): string | undefined {
    if (this.#context?.template !== undefined) return this.#context.template;
    let system: string | undefined;
    for (const message of this.#text ?? NO_MESSAGES)
      if (message.role === 'system') system = system === undefined ? message.text : `${system}\n${message.text}`;
    return system === undefined ? undefined : hashText(system);
  }

  #words(facts: ResponseFacts | undefined): CallText | undefined {
    if (this.#text === undefined) return undefined;
    const words: CallText = {
      input: this.#text,
      output: facts?.output ?? [],
      jsonRequested: this.#request.outputType === 'json',
    };
    return facts?.logprobs === undefined ? words : { ...words, logprobs: facts.logprobs };
  }

  #measure(call: LlmCall, errorType: string | undefined): void {
    const { models } = this.#recorder.wiring;
    const ok = call.outcome.kind === 'ok';
    const answered = call.model.answered;
    const model = ok ? models.admit(call.model.requested) : models.label(call.model.requested);
    const answeredLabel = answered === undefined ? undefined : ok ? models.admit(answered) : models.label(answered);
    const reported = call.usage?.source === 'reported' ? call.usage : undefined;
    try {
      this.#recorder.instruments.record(this.#target.labels(model, answeredLabel), {
        duration: call.duration,
        errorType,
        firstChunk: call.timeToFirstChunk,
        gaps: this.#gaps,
        input: inputTokens(reported),
        output: outputTokens(reported),
      });
    } catch {
      this.#recorder.fault();
    }
  }

  #endSpan(call: LlmCall, facts: ResponseFacts | undefined, error: ErrorFacts | undefined): void {
    const span = this.#span;
    if (span === undefined) return;
    try {
      if (span.isRecording()) {
        span.setAttributes(endAttributes(call, this.#request, facts, error?.convention, this.#recorder.semconv));
        // An exception's message may hold words of a user: only its kind is written.
        if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error.convention });
      }
      span.end();
    } catch {
      this.#recorder.fault();
    }
  }
}
