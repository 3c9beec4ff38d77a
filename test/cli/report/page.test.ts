import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gatherer } from '../../../cli/report/gather.js';
import { renderPage } from '../../../cli/report/page.js';
import { readReportLine } from '../../../cli/report/record.js';
import { callLine, driftLine, HEADER, labelLine, START } from './recording.js';

function factsOf(lines: readonly string[], positive?: string) {
  const gatherer = new Gatherer(positive);
  lines.forEach((line, i) => {
    gatherer.add(readReportLine(line, i + 1));
  });
  return gatherer.finish('Week <47> & "more"', 0);
}

/** Forty calls of two models, labelled but for the last ten; every fifth label says wrong. */
function recording(): string[] {
  const lines = [HEADER];
  for (let i = 0; i < 40; i++) {
    lines.push(
      callLine(i, {
        model: i % 2 === 0 ? 'small' : '<script>alert(1)</script>',
        context: { tier: '"><img src=x onerror=alert(1)>' },
        evaluations: {
          pii: i < 4 ? { score: 0.9, flagged: true, reason: 'email' } : { score: 0, flagged: false },
          confidence: { score: 0.8, flagged: false },
          json_validity: { skipped: 'not_asked' },
        },
        findings: [
          { detector: 'combined', score: i / 40, flagged: i === 39, ...(i === 39 ? { feature: 'latency' } : {}) },
        ],
      }),
    );
    if (i < 30) lines.push(labelLine(i, { actual: 'a', predicted: i % 5 === 0 ? 'b' : 'a', score: 0.7 }));
  }
  lines.push(driftLine(20));
  return lines;
}

/** Follows the tags of a page; what HTML leaves open by rule is passed over. */
function checkWellFormed(page: string): void {
  const open: string[] = [];
  const ids = new Set<string>();
  for (const [, close, name, attributes = ''] of page.matchAll(
    /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9-]*(?:="[^"<>]*")?)*)\s*\/?>/g,
  )) {
    const id = /\sid="([^"]*)"/.exec(attributes)?.[1];
    if (id !== undefined) assert.ok(!ids.has(id), `id ${id} twice`);
    ids.add(id ?? '');
    if (['meta', 'br', 'line', 'rect', 'circle', 'polyline', 'polygon'].includes(name as string)) continue;
    if (close === '') open.push(name as string);
    else assert.equal(open.pop(), name, `</${name}> closes nothing`);
  }
  assert.deepEqual(open, []);
  const rest = page
    .replace(/<style>[^<]*<\/style>/, '')
    .replace(/<!DOCTYPE html>/, '')
    .replace(/<\/?[a-zA-Z][a-zA-Z0-9]*(?:\s+[a-zA-Z][a-zA-Z0-9-]*(?:="[^"<>]*")?)*\s*\/?>/g, '');
  assert.doesNotMatch(rest, /[<>]/, 'a sign of markup that is no tag');
  for (const [, target] of page.matchAll(/href="#([^"]*)"/g))
    assert.ok(ids.has(target as string), `#${target} is nowhere`);
}

const PAGES: readonly (readonly [string, readonly string[]])[] = [
  ['a full recording', recording()],
  ['an empty one', []],
  ['only a header', [HEADER]],
  [
    'only errors',
    Array.from({ length: 5 }, (_, i) =>
      callLine(i, { outcome: { kind: 'error', errorType: 'timeout' }, usage: null, cost: null }),
    ),
  ],
  ['a single call', [callLine(0, {})]],
  ['only labels', [labelLine(1, { actual: 'a', predicted: 'a' })]],
  ['numbers', [labelLine(1, { taskKind: 'number', error: 2 }), labelLine(2, { taskKind: 'number', error: -4 })]],
  ['texts', [labelLine(1, { taskKind: 'text', correct: 0.5 })]],
  ['classes with odd names', [labelLine(1, { actual: '__proto__', predicted: 'constructor', task: '<b>' })]],
];

for (const [name, lines] of PAGES) {
  test(`the page of ${name} is well-formed, self-contained and says nothing that is not a figure`, () => {
    const page = renderPage(factsOf(lines));
    checkWellFormed(page);
    assert.doesNotMatch(page, /<script|<img|<link|<iframe|<[a-z][^>]*\s(?:src|on[a-z]+)=|url\(|@import|https?:/i);
    assert.doesNotMatch(page, /NaN|undefined|Infinity|\[object/);
    assert.match(page, /Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-/);
  });
}

test('what a recording names is text on the page, never markup', () => {
  const page = renderPage(factsOf(recording()));
  assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.match(page, /tier = &quot;&gt;&lt;img src=x/);
  assert.match(page, /<h1>Week &lt;47&gt; &amp; &quot;more&quot;<\/h1>/);
});

test('golden figures of a small recording', () => {
  const facts = factsOf(recording());
  assert.equal(facts.service, 'help-desk');
  assert.deepEqual(facts.period, { from: START, to: START + 39_000 });
  assert.deepEqual(
    facts.models.map(({ name, calls }) => [name, calls]),
    [
      ['small', 20],
      ['<script>alert(1)</script>', 20],
    ],
  );
  assert.equal(facts.all?.errors.hits, 0);
  assert.ok(Math.abs((facts.all?.cost?.per1000 ?? 0) - 2) < 1e-9);
  assert.ok(Math.abs((facts.all?.latency?.p50 ?? 0) - 1.5) < 1.5 * 0.025);
  const [task] = facts.tasks;
  const accuracy = task?.measures.find(({ measure }) => measure === 'accuracy');
  assert.equal(accuracy?.value, 0.8);
  // Wilson, 24 of 30.
  assert.deepEqual(
    accuracy?.interval?.map(end => end.toFixed(4)),
    ['0.6269', '0.9049'],
  );
  assert.deepEqual(task?.confusion?.classes, ['a', 'b']);
  assert.deepEqual(task?.confusion?.rows, [
    [24, 6],
    [0, 0],
  ]);
  assert.ok(Math.abs((task?.reliability?.ece ?? 0) - 0.1) < 1e-9);
  assert.ok(Math.abs(task?.confidence?.ece ?? 1) < 1e-9);
  assert.deepEqual(
    task?.slices.map(({ attribute, labels }) => [attribute, labels]),
    [['tier', 30]],
  );
  const pii = facts.evaluators.find(({ name }) => name === 'pii');
  assert.deepEqual([pii?.flagged?.hits, pii?.flagged?.of, pii?.bad, pii?.reasons], [4, 40, 'high', { email: 4 }]);
  assert.deepEqual([facts.harmful?.hits, facts.harmful?.of], [4, 40]);
  assert.equal(facts.evaluators.find(({ name }) => name === 'json_validity')?.flagged, undefined);
  assert.deepEqual(
    facts.anomalies.top.map(({ id, feature }) => [id, feature]),
    [['call-39', 'latency']],
  );
  assert.equal(facts.drift.length, 1);
  assert.equal(
    facts.curve.points.reduce((sum, { calls }) => sum + calls, 0),
    40,
  );
});

test('what nobody knows is absent and said in words, never 0', () => {
  const facts = factsOf([callLine(0, { cost: null, usage: null, evaluations: {}, findings: [] })]);
  assert.equal(facts.all?.cost, undefined);
  assert.equal(facts.all?.tokens, undefined);
  assert.equal(facts.harmful, undefined);
  assert.equal(facts.anomalies.flagged, undefined);
  assert.deepEqual(facts.tasks, []);
  const page = renderPage(facts);
  assert.match(page, /No label says what would have been right/);
  assert.match(page, /No call has a price/);
  assert.match(page, /A missing price is no price of 0/);
  assert.match(page, /No detector was ready/);
  assert.doesNotMatch(page, /\$0/);
});

test('a corrected label replaces the first one everywhere', () => {
  const before = labelLine(0, { actual: 'a', predicted: 'b' });
  const after = labelLine(0, { actual: 'b', predicted: 'b', replaced: true });
  const corrected = factsOf([callLine(0, {}), before, after]);
  const plain = factsOf([callLine(0, {}), labelLine(0, { actual: 'b', predicted: 'b' })]);
  assert.equal(corrected.tasks[0]?.labels, 1);
  assert.equal(corrected.tasks[0]?.replaced, 1);
  assert.equal(corrected.tasks[0]?.measures.find(({ measure }) => measure === 'accuracy')?.value, 1);
  assert.deepEqual(corrected.tasks[0]?.confidence, plain.tasks[0]?.confidence);
  assert.deepEqual(corrected.curve.points[0]?.right, plain.curve.points[0]?.right);
});

test('the worst slice is surely worse, not unluckier: fewer than 20 labels are no slice', () => {
  const lines: string[] = [];
  const add = (tier: string, cases: number, wrong: number): void => {
    for (let i = 0; i < cases; i++) {
      const id = lines.length;
      lines.push(callLine(id, { context: { tier } }));
      lines.push(labelLine(id, { actual: 'a', predicted: i < wrong ? 'b' : 'a' }));
    }
  };
  add('few', 19, 19);
  add('bad', 200, 60);
  add('unlucky', 20, 7);
  const slices = factsOf(lines).tasks[0]?.slices.filter(({ attribute }) => attribute === 'tier');
  assert.deepEqual(
    slices?.map(({ value }) => value),
    ['bad', 'unlucky'],
  );
});

test('a slice counts each label once, whether it comes before its call or after; a label without a call knows its model alone', () => {
  const lines: string[] = [];
  for (let i = 0; i < 20; i++) {
    const label = labelLine(i, { actual: 'a', predicted: 'a' });
    const call = callLine(i, { context: { tier: 'pro' } });
    lines.push(...(i % 2 === 0 ? [label, call] : [call, label]));
  }
  const slices = (of: readonly string[]) =>
    factsOf(of).tasks[0]?.slices.map(({ attribute, value, labels }) => [attribute, value, labels]);
  assert.deepEqual(slices(lines), [
    ['model', 'small', 20],
    ['tier', 'pro', 20],
  ]);
  assert.equal(factsOf(lines).labelsWithoutCall, 0);
  assert.deepEqual(slices(new Array(20).fill('{"prediction":"a","label":"a","model":"small"}')), [
    ['model', 'small', 20],
  ]);
});

test('binary tasks have calibration only where the positive class is known', () => {
  const label = (actual: string) =>
    labelLine(Number(actual === 'yes'), { taskKind: 'binary', actual, predicted: 'yes', score: 0.9 });
  const lines = [label('yes'), label('no')];
  assert.equal(factsOf(lines).tasks[0]?.reliability, undefined);
  assert.ok(Math.abs((factsOf(lines, 'yes').tasks[0]?.reliability?.ece ?? 0) - 0.4) < 1e-9);
});

test('rows of check count as labels; the text of an output never becomes a class', () => {
  const facts = factsOf([
    '{"prediction":"a","label":"a","model":"small"}',
    '{"prediction":"b","label":["a","c"]}',
    '{"task":"text","output":"my name is Jo","label":"my name is Jo"}',
    '{"task":"size","prediction":3,"label":5}',
  ]);
  assert.deepEqual(
    facts.tasks.map(({ name, kind, labels }) => [name, kind, labels]),
    [
      ['default', 'multiclass', 2],
      ['text', 'text', 1],
      ['size', 'number', 1],
    ],
  );
  assert.doesNotMatch(JSON.stringify(facts), /Jo/);
  assert.deepEqual(facts.curve.points, []);
});
