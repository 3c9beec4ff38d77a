import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashId, IdFilter } from '../../../processor/state/id-filter.js';

for (const [name, id] of [
  ['counted', (n: number) => `call-${n}`],
  ['hexadecimal', (n: number) => n.toString(16).padStart(32, '0')],
  ['alike but for their beginning', (n: number) => `${n}${'x'.repeat(60)}`],
  ['one character', (n: number) => String.fromCodePoint(n + 1)],
] as const)
  test(`a filter knows what was added, and next to nothing else: identifiers that are ${name}`, () => {
    const filter = new IdFilter();
    for (let n = 0; n < 12_288; n++) filter.add(hashId(id(n)));
    for (let n = 0; n < 12_288; n++) assert.ok(filter.has(hashId(id(n))));
    let wrong = 0;
    for (let n = 12_288; n < 300_000; n++) if (filter.has(hashId(id(n)))) wrong++;
    assert.ok(wrong <= 3, `${wrong} of 287,712 others`);
  });
