import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Incidents } from '../../../processor/drift/incidents.js';
import type { Scope } from '../../../processor/drift/places.js';
import type { DriftSignal } from '../../../processor/drift/signals.js';

const HOUR = 3_600_000;
const ALL: Scope = { kind: 'all', name: 'all' };
const model = (name: string): Scope => ({ kind: 'model', name });
const attribute = (name: string): Scope => ({ kind: 'attribute', name });

/** Changes that begin, in order: signal, scope, calls since the start (a minute each), and whether it is told. */
const ROWS: readonly (readonly [string, readonly (readonly [DriftSignal, Scope, number, boolean])[]])[] = [
  [
    'a further part of the traffic is the same incident',
    [
      ['errors', model('a'), 0, true],
      ['errors', ALL, 20, false],
    ],
  ],
  [
    'what comes back soon is the same incident',
    [
      ['errors', ALL, 0, true],
      ['errors', ALL, 150, false],
    ],
  ],
  [
    'what comes back late is another one',
    [
      ['errors', ALL, 0, true],
      ['errors', ALL, 500, true],
    ],
  ],
  [
    'another signal is another incident',
    [
      ['errors', ALL, 0, true],
      ['pii', ALL, 10, true],
    ],
  ],
  [
    'longer prompts explain cost',
    [
      ['input_tokens', ALL, 0, true],
      ['cost', ALL, 20, false],
    ],
  ],
  [
    'cost explains no errors',
    [
      ['cost', ALL, 0, true],
      ['errors', ALL, 20, true],
    ],
  ],
  [
    'refusals of one model explain no other one',
    [
      ['refusals', model('a'), 0, true],
      ['behaviour', model('b'), 20, true],
    ],
  ],
  [
    'refusals of a feature may be those of a model',
    [
      ['refusals', attribute('f=x'), 0, true],
      ['behaviour', model('b'), 20, false],
    ],
  ],
  [
    'another model explains wrong answers that are known much later',
    [
      ['behaviour', model('a'), 0, true],
      ['accuracy', ALL, 600, false],
    ],
  ],
  [
    'slowness explains what follows at once only',
    [
      ['latency', ALL, 0, true],
      ['time_to_first_chunk', ALL, 600, true],
    ],
  ],
  [
    'accuracy is one incident at a time',
    [
      ['accuracy', model('a'), 0, true],
      ['accuracy', ALL, 600, false],
    ],
  ],
];

for (const [name, changes] of ROWS) {
  test(name, () => {
    const incidents = new Incidents();
    for (const [signal, scope, calls, told] of changes)
      assert.equal(incidents.hear(signal, scope, true, calls, calls * 60_000), told, `${signal} at ${calls}`);
  });
}

test('the end of a change is told to nobody, and holds what follows it', () => {
  const incidents = new Incidents();
  incidents.hear('errors', ALL, true, 0, 0);
  assert.equal(incidents.hear('errors', ALL, false, 1000, HOUR), false);
  assert.equal(incidents.hear('errors', model('a'), true, 1100, 2 * HOUR), false);
});

test('under much traffic half an hour counts, not two hundred calls', () => {
  const incidents = new Incidents();
  incidents.hear('errors', ALL, true, 0, 0);
  assert.equal(incidents.hear('errors', ALL, true, 50_000, HOUR / 4), false);
  assert.equal(incidents.hear('errors', ALL, true, 100_000, HOUR), true);
});

test('what is over and long ago is forgotten; what is left is saved', () => {
  const incidents = new Incidents();
  for (let i = 0; i < 1000; i++) {
    incidents.hear('errors', model(`m${i}`), true, i * 1000, i * HOUR);
    incidents.hear('errors', model(`m${i}`), false, i * 1000 + 100, i * HOUR);
  }
  assert.ok(JSON.stringify(incidents.save()).length < 1000);
  const copy = new Incidents();
  copy.restore(JSON.parse(JSON.stringify(incidents.save())));
  assert.deepEqual(copy.save(), incidents.save());
});
