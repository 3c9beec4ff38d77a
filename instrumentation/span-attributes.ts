import type { Attributes } from '@opentelemetry/api';
import { ATTR } from '../core/attributes.js';
import { inputTokens, type LlmCall, outputTokens } from '../core/call.js';
import type { Semconv } from './instruments.js';
import type { RequestFacts, ResponseFacts } from './readers/wire-reader.js';

/** What is known of a call before it starts. */
export interface CallFacts {
  readonly operation: string;
  readonly provider: string;
  readonly model: string | undefined;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly apiType: string | undefined;
}

/** The attributes a sampler may want to see. */
export function startAttributes(facts: CallFacts): Attributes {
  const out: Attributes = { [ATTR.operation]: facts.operation, [ATTR.provider]: facts.provider };
  set(out, ATTR.requestModel, facts.model);
  set(out, ATTR.serverAddress, facts.address);
  set(out, ATTR.serverPort, facts.port);
  set(out, ATTR.openaiApiType, facts.apiType);
  return out;
}

function set(out: Attributes, name: string, value: string | number | undefined): void {
  if (value !== undefined) out[name] = value;
}

/** An id, or a word of an enumeration. What has blanks or odd characters in it is something else, and might be text. */
const NAME = /^[\w.:/+=-]{1,256}$/;

function setName(out: Attributes, name: string, value: string | undefined): void {
  if (value !== undefined && NAME.test(value)) out[name] = value;
}

function setRequest(
  out: Attributes,
  request: RequestFacts,
  latest: boolean,
  redact: (text: string) => string | undefined,
): void {
  set(out, ATTR.maxTokens, request.maxTokens);
  set(out, ATTR.temperature, request.temperature);
  set(out, ATTR.topP, request.topP);
  set(out, ATTR.frequencyPenalty, request.frequencyPenalty);
  set(out, ATTR.presencePenalty, request.presencePenalty);
  set(out, ATTR.seed, request.seed);
  set(out, ATTR.outputType, request.outputType);
  setName(out, ATTR.conversationId, request.conversationId);
  set(out, ATTR.dimensionCount, request.dimensions);
  if (request.stream) out[ATTR.stream] = true;
  if (request.choiceCount !== 1) set(out, ATTR.choiceCount, request.choiceCount);
  const stop = request.stop?.map(redact).filter(text => text !== undefined) ?? [];
  if (stop.length > 0) out[ATTR.stopSequences] = stop;
  if (request.encodingFormat !== undefined && NAME.test(request.encodingFormat))
    out[ATTR.encodingFormats] = [request.encodingFormat];
  if (request.serviceTier !== 'auto') setName(out, ATTR.openaiRequestTier, request.serviceTier);
  if (!latest) return;
  setName(out, ATTR.reasoningLevel, request.reasoningLevel);
  setName(out, ATTR.previousResponseId, request.previousResponseId);
}

function setUsage(out: Attributes, call: LlmCall, old: boolean, latest: boolean): void {
  const usage = call.usage;
  if (usage === undefined) return;
  out[ATTR.usageSource] = usage.source;
  // The conventions allow only what a provider counted.
  if (usage.source === 'estimated') return;
  set(out, ATTR.inputTokens, inputTokens(usage));
  set(out, ATTR.outputTokens, outputTokens(usage));
  set(out, ATTR.cacheReadTokens, usage.cache_read);
  set(out, ATTR.reasoningTokens, usage.reasoning);
  if (old) set(out, ATTR.cacheCreationTokens, usage.cache_write);
  if (latest) set(out, ATTR.cacheWriteTokens, usage.cache_write);
}

/**
 * The attributes of a finished call: the conventions' in the asked-for profile, then ours. None holds a word of a message.
 * @param errorType the conventions' `error.type`; undefined when the call did not fail
 * @param redact for stop sequences, the one setting that may be words of a user; undefined leaves one out
 */
export function endAttributes(
  call: LlmCall,
  request: RequestFacts,
  response: ResponseFacts | undefined,
  errorType: string | undefined,
  semconv: Semconv,
  redact: (text: string) => string | undefined,
): Attributes {
  const old = semconv !== 'latest';
  const latest = semconv !== '1.41';
  const out: Attributes = { [ATTR.callId]: call.id, [ATTR.outcome]: call.outcome.kind };
  setRequest(out, request, latest, redact);
  setName(out, ATTR.responseId, call.responseId);
  set(out, ATTR.responseModel, call.model.answered);
  setName(out, ATTR.openaiResponseTier, response?.serviceTier);
  setName(out, ATTR.openaiFingerprint, response?.fingerprint);
  set(out, ATTR.timeToFirstChunk, call.timeToFirstChunk);
  setUsage(out, call, old, latest);
  const reasons = response?.reasons ?? [];
  if (reasons.length > 0) out[ATTR.finishReasons] = reasons.map(reason => (NAME.test(reason) ? reason : 'other'));
  else if (latest && call.outcome.kind !== 'ok') out[ATTR.finishReasons] = ['error'];
  set(out, ATTR.errorType, errorType);
  if (call.outcome.kind === 'aborted') out[ATTR.abortedBy] = call.outcome.by;
  set(out, ATTR.template, call.template);
  set(out, ATTR.attempts, call.attempts);
  return out;
}
