import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCall } from '../../../core/call.js';
import { MonitorError } from '../../../core/errors.js';
import { type CallRecord, type RecordLine, readRecords, writeLine } from '../../../processor/recording/record.js';

const AT = 1_790_000_000_000;

function call(change: object = {}): CallRecord {
  const raw = {
    id: 'c-1',
    provider: 'openai',
    operation: 'chat',
    model: { requested: 'm-1' },
    startedAt: AT - 1250,
    duration: 1.2345678901234567,
    usage: { input_uncached: 10, output: 20, source: 'reported' },
    context: { team: 'search' },
    outcome: { kind: 'ok', finishReasons: ['stop'] },
    ...change,
  };
  return {
    kind: 'call',
    at: AT,
    call: cleanCall(raw, AT).call,
    cost: 0.1 + 0.2,
    evaluations: new Map<string, { score: number; flagged: boolean; reason?: string } | { skipped: 'not_asked' }>([
      ['pii', { score: 0.9, flagged: true, reason: 'email' }],
      ['json_validity', { skipped: 'not_asked' }],
    ]),
    findings: [{ detector: 'combined', score: 1 / 3, flagged: false }],
  };
}

const LINES: readonly RecordLine[] = [
  { kind: 'header', version: 1, service: null, startedAt: AT },
  call(),
  { kind: 'label', at: AT, call: 'c-1', task: 'default', taskKind: 'binary', actual: 'a', correct: 1, replaced: false },
  {
    kind: 'drift',
    state: 'detected',
    signal: 'latency',
    direction: 'up',
    scope: { kind: 'all', name: 'all' },
    pages: true,
    at: AT,
    calls: 12,
    evidence: 9.5,
  },
];

test('what is written is read again, to the last bit', () => {
  assert.deepEqual([...readRecords(LINES.map(writeLine))], LINES);
});

test('a duration that nobody knows stays unknown', () => {
  const [read] = readRecords([writeLine(call({ duration: Number.NaN }))]);
  assert.ok(read?.kind === 'call' && Number.isNaN(read.call.duration));
});

test('spans and predictions that are texts are left out; a class and a number stay', () => {
  const line = (value: string | number): string => {
    const record = call({ prediction: { value } });
    const spans = [{ start: 3, end: 9, kind: 'email' }];
    return writeLine({ ...record, evaluations: new Map([['pii', { score: 1, flagged: true, spans }]]) });
  };
  assert.doesNotMatch(line('write to ann@example.org'), /ann|spans|prediction/);
  assert.match(line('spam'), /"prediction":\{"value":"spam"\}/);
  assert.match(line(0.25), /"prediction":\{"value":0.25\}/);
});

const changed = (index: number, change: object): string =>
  JSON.stringify({ ...JSON.parse(writeLine(LINES[index] as RecordLine)), ...change });

for (const [name, line, told] of [
  ['no JSON', 'secret words', /^line 2 is not JSON/],
  ['a list', '[]', /^line 2: the line is wrong; expected an object/],
  ['no kind', '{"kind":"secret"}', /^line 2: kind is wrong; expected header, call, label or drift$/],
  ['another version', changed(0, { version: 2 }), /^line 2: version/],
  ['no call', changed(1, { call: 'secret' }), /^line 2: call is wrong/],
  ['a negative duration', changed(1, { call: { ...call().call, duration: -1 } }), /^line 2: call\.duration/],
  ['no start', changed(1, { call: { ...call().call, startedAt: null } }), /^line 2: call\.startedAt/],
  ['a time that is no date', changed(1, { at: 1e300 }), /^line 2: at is wrong; expected milliseconds/],
  ['a time before all', changed(3, { at: -1 }), /^line 2: at is wrong/],
  ['a score beyond 1', changed(1, { evaluations: { pii: { score: 2 } } }), /^line 2: evaluations\.pii\.score/],
  ['an unknown reason', changed(1, { evaluations: { pii: { skipped: 'secret' } } }), /evaluations\.pii\.skipped/],
  ['a finding of text', changed(1, { findings: ['secret'] }), /^line 2: findings\[0\] is wrong/],
  ['no list of findings', changed(1, { findings: null }), /^line 2: findings is wrong/],
  ['a label half right', changed(2, { correct: 'secret' }), /^line 2: correct/],
  ['a task of no kind', changed(2, { taskKind: 'secret' }), /^line 2: taskKind/],
  ['drift sideways', changed(3, { direction: 'secret' }), /^line 2: direction is wrong; expected up, down$/],
] as const)
  test(`${name}: the line and the field are named, and not what stands there`, () => {
    assert.throws(
      () => [...readRecords([writeLine(LINES[0] as RecordLine), line])],
      error =>
        MonitorError.is(error) &&
        error.code === 'INVALID_ARGUMENT' &&
        told.test(error.message) &&
        !error.message.includes('secret'),
    );
  });
