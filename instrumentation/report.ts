import { randomBytes } from 'node:crypto';
import { type Attributes, isSpanContextValid, type Span, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { cleanCall, inputTokens, type LlmCall, type Outcome, outputTokens, present } from '../core/call.js';
import { type CallText, hashText, type MessageText } from '../core/content.js';
import type { ModelNames } from '../core/model-names.js';
import type { ExemplarRef } from '../core/sink.js';
import type { ChunkGaps } from './chunk-gaps.js';
import type { CallContent } from './content/render.js';
import type { CallContext } from './context.js';
import { estimateTokens } from './estimate.js';
import type { ErrorFacts, RequestFacts, ResponseFacts } from './readers/wire-reader.js';
import type { Recorder } from './recorder.js';
import type { Target } from './site.js';
import { endAttributes } from './span-attributes.js';

/** All that is known of a call when it has ended. */
export interface Ending {
  readonly recorder: Recorder;
  readonly target: Target;
  readonly request: RequestFacts;
  /** The request itself, for its length where nobody reads its words. */
  readonly body: unknown;
  /** The words that went in; undefined when nobody reads them. */
  readonly text: readonly MessageText[] | undefined;
  readonly context: CallContext | undefined;
  readonly span: Span | undefined;
  /** What was said, where it is to leave the process. */
  readonly content: CallContent | undefined;
  /** False where another instrumentation writes the metrics of the conventions. */
  readonly alone: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Seconds. */
  readonly duration: number;
  /** Of `performance.now()`. */
  readonly endedAt: number;
  readonly firstChunk: number | undefined;
  readonly gaps: ChunkGaps | undefined;
  readonly attempts: number | undefined;
  readonly outcome: Outcome;
  readonly facts: ResponseFacts | undefined;
  readonly error: ErrorFacts | undefined;
}

const NO_MESSAGES: readonly MessageText[] = [];

let prefix: string | undefined;
let serial = 0;

/** An id no other call of any process has: 48 random bits for the process, then a count. */
function nextId(): string {
  prefix ??= randomBytes(6).toString('hex');
  serial++;
  return `${prefix}-${serial.toString(36)}`;
}

/**
 * Writes a call that has ended: the metrics of the conventions, its span, and the record for who scores it. Never throws; each of
 * the three is written even if another fails, and a failure is counted.
 */
export function report(ending: Ending): void {
  const { recorder, target, context, facts } = ending;
  try {
    const spanContext = ending.span?.spanContext();
    const traced = spanContext !== undefined && isSpanContextValid(spanContext) ? spanContext : undefined;
    const { call, rejected } = cleanCall(
      {
        id: nextId(),
        responseId: facts?.id,
        traceId: traced?.traceId,
        spanId: traced?.spanId,
        provider: target.provider,
        operation: target.operation,
        model: { requested: target.model, answered: facts?.model },
        startedAt: ending.startedAt,
        duration: ending.duration,
        timeToFirstChunk: ending.firstChunk,
        attempts: ending.attempts,
        serviceTier: facts?.serviceTier,
        usage: usageOf(ending),
        template: context?.template ?? templateOf(ending.text ?? NO_MESSAGES),
        context: context?.attributes,
        prediction: context?.prediction,
        outcome: ending.outcome,
      },
      recorder.wiring.clock.now(),
    );
    if (ending.alone) measure(ending, call);
    endSpan(ending, call);
    const exemplar: ExemplarRef | undefined =
      traced !== undefined && (traced.traceFlags & TraceFlags.SAMPLED) !== 0
        ? { traceId: traced.traceId, spanId: traced.spanId }
        : undefined;
    recorder.wiring.calls.publish({ call, rejected, ...present({ text: wordsOf(ending), exemplar }) });
  } catch {
    recorder.fault();
  }
}

function usageOf({ recorder, target, text, body, firstChunk, facts }: Ending): unknown {
  if (facts?.usage !== undefined) {
    if (facts.usage.clamped) recorder.fault('usage');
    const { input_uncached, cache_read, cache_write, output, reasoning } = facts.usage;
    return { input_uncached, cache_read, cache_write, output, reasoning, source: 'reported' };
  }
  // Only a stream may end without a count and still have been an answer.
  if (facts === undefined || firstChunk === undefined) return undefined;
  try {
    let length = 0;
    for (const message of text ?? target.endpoint.reader.readText(body)) length += message.text.length;
    const output = estimateTokens(facts.outputLength);
    return { input_uncached: estimateTokens(length), output, source: 'estimated' };
  } catch {
    recorder.fault();
    return undefined;
  }
}

function templateOf(messages: readonly MessageText[]): string | undefined {
  let system: string | undefined;
  for (const { role, text } of messages)
    if (role === 'system') system = system === undefined ? text : `${system}\n${text}`;
  return system === undefined ? undefined : hashText(system);
}

function wordsOf({ request, text, facts }: Ending): CallText | undefined {
  if (text === undefined) return undefined;
  const words: CallText = {
    input: text,
    output: facts?.output ?? [],
    jsonRequested: request.outputType === 'json',
  };
  return facts?.logprobs === undefined ? words : { ...words, logprobs: facts.logprobs };
}

function measure({ recorder, target, gaps, error }: Ending, call: LlmCall): void {
  try {
    const { models, answeredModels } = recorder.wiring;
    const { requested, answered } = call.model;
    // A name becomes a label by an answer under it: what nobody answered may be a slip of the pen.
    const label = (names: ModelNames, name: string): string =>
      call.outcome.kind === 'ok' ? names.admit(name) : names.label(name);
    const sets = target.labels(
      label(models, requested),
      answered === undefined ? undefined : label(answeredModels, answered),
    );
    const reported = call.usage?.source === 'reported' ? call.usage : undefined;
    recorder.instruments.record(sets, {
      duration: call.duration,
      errorType: error?.convention,
      firstChunk: call.timeToFirstChunk,
      gaps,
      input: inputTokens(reported),
      output: outputTokens(reported),
    });
  } catch {
    recorder.fault();
  }
}

/** Ends the span of a call; with content, that is put off until the content is on it. */
function endSpan(ending: Ending, call: LlmCall): void {
  const { recorder, target, span, content, error } = ending;
  const attributes = attributesOf(ending, call);
  try {
    if (span?.isRecording() === true) {
      span.setAttributes(attributes);
      // An exception's message may hold words of a user: only its kind is written.
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error.convention });
    }
  } catch {
    recorder.fault();
  }
  if (content !== undefined && recorder.content !== undefined) {
    const { endedAt, startedAt, duration } = ending;
    const endedAtEpoch = startedAt + duration * 1000;
    recorder.content.write({
      content,
      span,
      endedAt,
      endedAtEpoch,
      attributes: () => ({ ...target.spanOptions.attributes, ...attributes }),
    });
    return;
  }
  try {
    span?.end();
  } catch {
    recorder.fault();
  }
}

function attributesOf({ recorder, request, span, content, facts, error }: Ending, call: LlmCall): Attributes {
  if (content === undefined && span?.isRecording() !== true) return {};
  try {
    return endAttributes(call, request, facts, error?.convention, recorder.semconv, text => recorder.redacted(text));
  } catch {
    recorder.fault();
    return {};
  }
}
