import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readStream, type StreamCall, type StreamRow } from './stream-file.js';

const LINE = {
  k: 'call',
  i: 7,
  start: 1_772_409_601_000,
  ts: 1_772_409_604_000,
  tenant: 'ten-3',
  op: 'rag',
  model: 'model-b',
  provider: 'prov-1',
  tmpl: 'rag@2',
  latency_ms: 3000,
  ttft_ms: 400,
  in_tok: 1600,
  out_tok: 400,
  cost_usd: 0.0008,
  finish: 'stop',
  error: null,
  retry: 0,
  refusal: 0,
  pii: 1,
  tox: 0.03,
  rep: 0.25,
  ttr: 0.5,
  chars: 1900,
  json_ok: null,
};

function rows(lines: readonly object[], name = 'a.jsonl.gz'): StreamRow[] {
  const folder = mkdtempSync(join(tmpdir(), 'streams-'));
  try {
    const text = lines.map(line => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
    return [...readStream(join(folder, name))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const one = (change: object): StreamCall => rows([{ ...LINE, ...change }])[0] as StreamCall;

test('a row becomes the call that was made, and what the evaluators say of it', () => {
  const { i, ts, call, evaluations, extras } = one({});
  assert.equal(i, 7);
  assert.equal(ts, LINE.ts);
  assert.equal(call.id, '7');
  assert.deepEqual([call.duration, call.timeToFirstChunk, call.attempts], [3, 0.4, 1]);
  assert.deepEqual(call.usage, { source: 'reported', input_uncached: 1600, output: 400 });
  assert.deepEqual(call.outcome, { kind: 'ok', finishReasons: ['stop'] });
  assert.deepEqual([call.operation, call.model.requested, call.template], ['chat', 'model-b', 'rag@2']);
  assert.deepEqual({ ...call.context }, { op: 'rag', tenant: 'ten-3' });
  assert.deepEqual(evaluations.get('repetition'), { score: 0.5, flagged: true });
  assert.deepEqual(evaluations.get('json_validity'), { skipped: 'not_asked' });
  assert.deepEqual(evaluations.get('completion_status'), { score: 1, flagged: false });
  assert.deepEqual(extras, { cost: 0.0008, characters: 1900 });
});

test('what failed has no answer to evaluate, and no figures where a provider gives none', () => {
  const limited = one({ error: 'rate_limit', finish: 'error', out_tok: 0, ttft_ms: null, retry: 1 });
  assert.deepEqual(limited.call.outcome, { kind: 'error', errorType: 'rate_limit' });
  assert.equal(limited.call.usage, undefined);
  assert.equal(limited.call.attempts, 2);
  assert.equal(limited.evaluations.size, 0);
  assert.deepEqual(limited.extras, { cost: undefined, characters: undefined });
  const left = one({ error: 'abort', finish: 'error' });
  assert.deepEqual(left.call.outcome, { kind: 'aborted', by: 'caller' });
  assert.equal(left.call.usage?.source, 'estimated');
});

test('an empty answer and one of a few words have no figures of words', () => {
  assert.deepEqual(one({ out_tok: 0, chars: 0 }).evaluations.get('repetition'), { skipped: 'no_output' });
  assert.deepEqual(one({ out_tok: 9, chars: 40 }).evaluations.get('type_token_ratio'), { skipped: 'too_short' });
});

test('feedback keeps its place among the calls; plain files are read too', () => {
  const kinds = rows([LINE, { k: 'feedback', ref: 7, ts: LINE.ts + 1, correct: 0 }, { ...LINE, i: 8 }], 'a.jsonl');
  assert.deepEqual(kinds[1], { kind: 'feedback', ref: 7, ts: LINE.ts + 1, correct: false });
  assert.deepEqual(
    kinds.map(row => row.kind),
    ['call', 'feedback', 'call'],
  );
});
