import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { cleanCall, type LlmCall, type Outcome } from '../../core/call.js';
import type { Evaluation, Evaluations } from '../../processor/evaluators/evaluator.js';
import type { CallExtras } from '../../processor/features.js';
import type { CallRecord, LabelRecordLine } from '../../processor/recording/record.js';

/** A finished call of a recorded stream, as the processor would see it. */
export interface StreamCall {
  readonly kind: 'call';
  /** Its number by start time; a label names the call by it. */
  readonly i: number;
  /** When it ended, milliseconds since the epoch. */
  readonly ts: number;
  readonly call: LlmCall;
  readonly evaluations: Evaluations;
  readonly extras: CallExtras;
}

/** A late verdict on a call. */
export interface StreamFeedback {
  readonly kind: 'feedback';
  /** The `i` of its call; the id of that call is `String(ref)`. */
  readonly ref: number;
  /** When it came, milliseconds since the epoch. */
  readonly ts: number;
  readonly correct: boolean;
}

export type StreamRow = StreamCall | StreamFeedback;

/** A line of a stream file. */
interface CallLine {
  readonly k: 'call';
  readonly i: number;
  readonly start: number;
  readonly ts: number;
  readonly tenant: string;
  readonly op: string;
  readonly model: string;
  readonly provider: string;
  readonly tmpl: string;
  readonly latency_ms: number;
  readonly ttft_ms: number | null;
  readonly in_tok: number;
  readonly out_tok: number;
  readonly cost_usd: number;
  readonly finish: 'stop' | 'length' | 'error';
  readonly error: 'rate_limit' | 'server' | 'timeout' | 'abort' | 'bad_request' | null;
  readonly retry: number;
  readonly refusal: number;
  readonly pii: number;
  readonly tox: number;
  readonly rep: number;
  readonly ttr: number;
  readonly chars: number;
  readonly json_ok: number | null;
}

interface FeedbackLine {
  readonly k: 'feedback';
  readonly ref: number;
  readonly ts: number;
  readonly correct: number;
}

/** Words of which a text has too few for its variety to mean anything (`type_token_ratio`), and words a token is. */
const LEAST_WORDS = 10;
const WORDS_A_TOKEN = 0.75;
/** `repetition` scores 0.5 where so much of an answer is repeated. */
const LOOP_SHARE = 0.25;
/** How sure `pii` is of one finding. */
const SURE = 0.9;

/**
 * Reads a stream (`NAME.jsonl.gz` or `NAME.jsonl`) row by row, in the order in which each became known.
 * @throws SyntaxError for a line that is no JSON
 */
export function* readStream(path: string): Generator<StreamRow> {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    if (line.trim() === '') continue;
    const row = JSON.parse(line) as CallLine | FeedbackLine;
    if (row.k === 'feedback') yield { kind: 'feedback', ref: row.ref, ts: row.ts, correct: row.correct === 1 };
    else yield { kind: 'call', i: row.i, ts: row.ts, ...read(row) };
  }
}

/** A row as a monitor would have recorded it. */
export function recordOf(row: StreamRow): CallRecord | LabelRecordLine {
  const { ts: at } = row;
  if (row.kind === 'feedback') {
    const correct = row.correct ? 1 : 0;
    return {
      kind: 'label',
      at,
      call: String(row.ref),
      task: 'default',
      taskKind: 'binary',
      correct,
      replaced: false,
    };
  }
  const { cost, characters } = row.extras;
  return {
    kind: 'call',
    at,
    call: row.call,
    ...(cost === undefined ? {} : { cost }),
    ...(characters === undefined ? {} : { characters }),
    evaluations: row.evaluations,
    findings: [],
  };
}

function read(row: CallLine): { call: LlmCall; evaluations: Evaluations; extras: CallExtras } {
  const outcome = outcomeOf(row);
  // What a provider refuses comes back without figures; what was cut short has those that were counted on the way.
  const counted = row.error === null || row.error === 'timeout' || row.error === 'abort';
  const whole = outcome.kind === 'ok';
  const { call } = cleanCall(
    {
      id: String(row.i),
      provider: row.provider,
      operation: 'chat',
      model: { requested: row.model },
      startedAt: row.start,
      duration: row.latency_ms / 1000,
      ...(row.ttft_ms === null ? {} : { timeToFirstChunk: row.ttft_ms / 1000 }),
      attempts: 1 + row.retry,
      ...(counted
        ? { usage: { input_uncached: row.in_tok, output: row.out_tok, source: whole ? 'reported' : 'estimated' } }
        : {}),
      template: row.tmpl,
      context: { op: row.op, tenant: row.tenant },
      outcome,
    },
    row.ts,
  );
  return {
    call,
    evaluations: whole ? evaluationsOf(row) : new Map(),
    extras: { cost: counted ? row.cost_usd : undefined, characters: whole ? row.chars : undefined },
  };
}

function outcomeOf({ error, finish }: CallLine): Outcome {
  if (error === 'abort') return { kind: 'aborted', by: 'caller' };
  if (error !== null) return { kind: 'error', errorType: error };
  return { kind: 'ok', finishReasons: [finish === 'error' ? 'other' : finish] };
}

/** What the evaluators of the default set, and `profanity`, would say of an answer with these statistics. */
function evaluationsOf(row: CallLine): Evaluations {
  const empty = row.chars === 0;
  const spoken = (evaluation: Evaluation): Evaluation => (empty ? { skipped: 'no_output' } : evaluation);
  const loop = row.rep / LOOP_SHARE;
  const fewWords = row.out_tok * WORDS_A_TOKEN < LEAST_WORDS;
  return new Map<string, Evaluation>([
    ['completion_status', { score: row.finish === 'length' ? 0 : 1, flagged: row.finish === 'length' }],
    ['response_length', { score: Math.min(1, Math.log1p(row.chars) / Math.log1p(100_000)), flagged: empty }],
    ['refusal', spoken({ score: row.refusal, flagged: row.refusal === 1 })],
    ['repetition', spoken({ score: loop / (1 + loop), flagged: loop >= 1 })],
    ['pii', spoken({ score: 1 - (1 - SURE) ** row.pii, flagged: row.pii > 0 })],
    ['type_token_ratio', spoken(fewWords ? { skipped: 'too_short' } : { score: row.ttr, flagged: false })],
    [
      'json_validity',
      row.json_ok === null ? { skipped: 'not_asked' } : { score: row.json_ok, flagged: row.json_ok < 1 },
    ],
    ['profanity', spoken({ score: row.tox, flagged: row.tox >= 0.5 })],
  ]);
}
